"""C1 and C2: whether a contract keeps to the port language, and whether a version claims enough.

Promises:  a version that claims less than its proven bump is refused, with the reasons and their witnesses.
"""

import json

from contracts.canonical import JSON
from contracts.evolution import Bump, Reason, derive_bump
from contracts.problems import Problem
from contracts.schema import check_port_schema, is_in_subset, localise
from contracts.versions import Version, bump_between
from modules_catalog.contract_file import schemas_of

_RANK = {"patch": 0, "minor": 1, "major": 2}


def check_schema_tier(contract: JSON) -> list[Problem]:
    """C1: problems of schemas outside the port language, by pointer into the contract document."""
    return [
        problem.within(path)
        for path, schema in schemas_of(contract)
        for problem in check_port_schema(schema, root=contract)
    ]


def undecided_schemas(contract: JSON) -> list[str]:
    """Pointers of the schemas about which the checker may have to answer "unknown"."""
    return [path for path, schema in schemas_of(contract) if not is_in_subset(localise(schema, contract))]


def check_bump(
    old_version: Version, old_contract: JSON, new_version: Version, new_contract: JSON
) -> tuple[Bump, list[Problem]]:
    """C2: the derived bump, and a problem for each proven reason that the version number does not cover.

    Reasons whose verdict is unknown are no problems: the bump says whether a reviewer must attest.
    """
    bump = derive_bump(old_contract, new_contract)
    if new_version <= old_version:
        message = f"{new_version} does not come after {old_version}. Choose a higher number."
        return bump, [Problem(code="version_order", path="", message=message)]
    claimed = bump_between(old_version, new_version)
    too_small = [
        reason
        for reason in bump.reasons
        if reason.verdict != "unknown" and _RANK[reason.level] > _RANK[claimed]
    ]
    return bump, [_problem(reason, claimed, new_version) for reason in too_small]


def _problem(reason: Reason, claimed: str, version: Version) -> Problem:
    witness = f" This value shows it: {json.dumps(reason.witness)[:200]}." if reason.has_witness else ""
    message = f"{reason.message}{witness} This is a {reason.level} change, {version} claims a {claimed} one."
    return Problem(code="bump", path=reason.path, message=message)
