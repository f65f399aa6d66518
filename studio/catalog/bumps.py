"""The derived bump of a candidate, as it is kept with its check and shown.

A bump document: {level, previous, needs_attestation, reasons: [{level, path, message, verdict, witness?}]}.
"""

from typing import Any

from contracts.canonical import JSON
from contracts.evolution import Bump
from modules_catalog.checks import contract_checks
from studio.catalog.errors import bump_too_small
from studio.catalog.models import Module
from studio.catalog.queries import parse_number, previous_release


def check_bump(module: Module, number: str, contract: JSON) -> dict[str, Any] | None:
    """The bump from the release below `number` to this contract document; None for a first release.

    Raises `Invalid` where the number claims less than what is proven. What is unknown needs a reviewer's
    attestation, not a higher number.
    """
    base = previous_release(module, number)
    if base is None:
        return None
    bump, problems = contract_checks.check_bump(
        parse_number(base.number), base.contract.document, parse_number(number), contract
    )
    if problems:
        raise bump_too_small(bump.proven_level, base.number, problems)
    return _document(bump, base.number)


def _document(bump: Bump, previous: str) -> dict[str, Any]:
    reasons = [
        {
            "level": reason.level,
            "path": reason.path,
            "message": reason.message,
            "verdict": reason.verdict,
            **({"witness": reason.witness} if reason.has_witness else {}),
        }
        for reason in bump.reasons
    ]
    return {
        "level": bump.level,
        "previous": previous,
        "needs_attestation": bump.needs_attestation,
        "reasons": reasons,
    }
