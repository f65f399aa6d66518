"""What can go wrong in the catalog."""

from collections.abc import Iterable

from contracts.canonical import Digest
from contracts.problems import Problem
from studio.refusals import Conflict, Invalid, NotFound, conflict, invalid


def number_is_fixed(version: str, *, state: str, bundle: Digest) -> Conflict:
    return conflict(
        "version_released",
        f"{version} is {state} and never changes. Publish under a higher number.",
        current=bundle,
    )


def other_bundle(version: str, *, bundle: Digest) -> Conflict:
    return conflict(
        "bundle_changed",
        f"{version} now carries another bundle than the one you looked at. Look at it again.",
        current=bundle,
    )


def wrong_state(version: str, *, state: str, wanted: str) -> Conflict:
    message = f"{version} is {state.replace('_', ' ')}; this needs it to be {wanted}."
    return conflict("version_state", message, current=state)


def unknown_owner(owner: str) -> NotFound:
    message = f"There is no team {owner!r}, or you are not in it. Change owner, or ask to be a member."
    return NotFound([Problem(code="owner", path="module.toml#/owner", message=message)])


def foreign_owner(owner: str, team: str) -> Invalid:
    message = f"The bundle says owner = {owner!r}, not {team!r}. Change one of them."
    return invalid("owner", "module.toml#/owner", message)


def foreign_name(name: str, owner: str) -> Invalid:
    message = f"A new module of team {owner} is called {owner}/…, not {name}. Rename it."
    return invalid("name", "module.toml#/name", message)


def build_metadata() -> Invalid:
    message = "Numbers that differ in build metadata alone have no order. Leave out the part behind +."
    return invalid("version", "module.toml#/version", message)


def bump_too_small(level: str, previous: str, reasons: Iterable[Problem]) -> Invalid:
    """With the changes that ask for more, and the values that show it."""
    message = f"Against {previous} the changes make this a {level} release. Raise the number."
    head = Problem(code="bump", path="module.toml#/version", message=message)
    return Invalid([head, *(reason.within("contract.json#") for reason in reasons)])
