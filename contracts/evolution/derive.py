"""Old contract and new contract: the smallest bump of the version, with reasons and witnesses.

Owns:      `derive_bump`, the table of what a change may be called.
Promises:  a major by schema comes with the value that shows it, or is marked unknown; equal contracts are a
           patch.
Inputs:    two contract documents `lamina/contract@1` as plain JSON, structurally valid.
"""

from collections.abc import Iterator
from typing import Any, Final

from contracts.canonical import JSON
from contracts.evolution.bump import Bump, Level, Reason, bump_of
from contracts.evolution.ports import Side, port_reasons, schema_reasons
from contracts.problems import pointer
from contracts.schema.exact import is_equal

_KINDS: Final = ("pure", "idempotent", "keyed", "effectful")
_LIMITS: Final = {
    "wall_seconds": 30,
    "cpu_seconds": 30,
    "memory_bytes": 256 << 20,
    "output_bytes": 16 << 20,
}
_NO_SETTINGS: Final[JSON] = {"type": "object", "additionalProperties": False}


def derive_bump(old: JSON, new: JSON) -> Bump:
    """The bump from the contract document `old` to `new`."""
    return bump_of(
        [
            *_port_changes(old, new),
            *_config_changes(old, new),
            *_error_changes(old, new),
            *_effect_changes(old["effects"], new["effects"]),
            *_capability_changes(old.get("capabilities", {}), new.get("capabilities", {})),
            *_limit_changes(old.get("limits", {}), new.get("limits", {})),
            *_comparator_changes(old.get("comparators", {}), new.get("comparators", {})),
        ]
    )


def _breaking(path: str, message: str) -> Reason:
    return Reason(level="major", path=path, message=message, verdict="no")


def _harmless(level: Level, path: str, message: str) -> Reason:
    return Reason(level=level, path=path, message=message)


def _port_changes(old: JSON, new: JSON) -> Iterator[Reason]:
    for side in (Side.IN, Side.OUT):
        before, after = old["ports"][side.value], new["ports"][side.value]
        for name in sorted({*before, *after}):
            path = pointer("ports", side.value, name)
            if name not in after:
                yield _breaking(path, f"The {side.word} {name} is removed.")
            elif name not in before:
                yield _added_port(side, path, name, after[name])
            else:
                yield from port_reasons(side, path, (before[name], old), (after[name], new))


def _added_port(side: Side, path: str, name: str, port: JSON) -> Reason:
    if side is Side.OUT:
        return _harmless("minor", path, f"The output {name} is added.")
    if "default" in port or port.get("cardinality") == "optional":
        return _harmless("minor", path, f"The input {name} is added; it need not be wired.")
    return _breaking(path, f"The input {name} is added without a default: old graphs do not wire it.")


def _config_changes(old: JSON, new: JSON) -> Iterator[Reason]:
    before, after = old.get("config", _NO_SETTINGS), new.get("config", _NO_SETTINGS)
    yield from schema_reasons(
        Side.IN, "/config", "the form of the settings", (before, old), (after, new), unknown="reject"
    )


def _error_changes(old: JSON, new: JSON) -> Iterator[Reason]:
    before, after = old.get("errors", {}), new.get("errors", {})
    was_open, is_open = old.get("errors_open", False), new.get("errors_open", False)
    if is_open and not was_open:
        yield _breaking("/errors_open", "Undeclared errors may now appear.")
    if was_open and not is_open:
        yield _harmless("minor", "/errors_open", "Undeclared errors no longer appear.")
    for name in sorted({*before, *after}):
        path = pointer("errors", name)
        if name not in after:
            yield _harmless("minor", path, f"The error {name} no longer appears.")
        elif name in before:
            yield from _error_change(path, name, (before[name], old), (after[name], new))
        elif was_open:
            yield _harmless("minor", path, f"The error {name} is added to an open set.")
        else:
            yield _breaking(path, f"The error {name} is added to a closed set: old callers do not handle it.")


def _error_change(path: str, name: str, old: tuple[JSON, JSON], new: tuple[JSON, JSON]) -> Iterator[Reason]:
    was, now = old[0].get("retryable", False), new[0].get("retryable", False)
    if was and not now:
        yield _breaking(path + "/retryable", f"The error {name} can no longer be retried.")
    if now and not was:
        yield _harmless("minor", path + "/retryable", f"The error {name} can be retried.")
    before, after = old[0].get("schema", True), new[0].get("schema", True)
    yield from schema_reasons(
        Side.OUT, path + "/schema", f"the data of the error {name}", (before, old[1]), (after, new[1])
    )


def _effect_changes(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Reason]:
    was, now = _KINDS.index(old["kind"]), _KINDS.index(new["kind"])
    if now > was:
        yield _breaking("/effects/kind", f"The effects move away from pure: {old['kind']} to {new['kind']}.")
    if now < was:
        yield _harmless(
            "minor", "/effects/kind", f"The effects move towards pure: {old['kind']} to {new['kind']}."
        )
    was_deterministic, is_deterministic = old.get("deterministic", False), new.get("deterministic", False)
    if was_deterministic and not is_deterministic:
        yield _breaking("/effects/deterministic", "Equal inputs may now give different outputs.")
    if is_deterministic and not was_deterministic:
        yield _harmless("minor", "/effects/deterministic", "Equal inputs now give equal outputs.")
    if old["kind"] == new["kind"] == "keyed":
        yield from _key_changes(old, new)


def _key_changes(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Reason]:
    if old.get("key") != new.get("key"):
        yield _breaking(
            "/effects/key", "The idempotency key is another one: a repeated call may count twice."
        )
    was, now = old.get("key_seconds", 0), new.get("key_seconds", 0)
    if now < was:
        yield _breaking("/effects/key_seconds", f"The key is remembered {now} s instead of {was} s.")
    if now > was:
        yield _harmless("minor", "/effects/key_seconds", f"The key is remembered {now} s instead of {was} s.")


def _capability_changes(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Reason]:
    for keyword in ("network", "secrets"):
        before, after = set(old.get(keyword, ())), set(new.get(keyword, ()))
        path = f"/capabilities/{keyword}"
        for name in sorted(after - before):
            yield _breaking(path, f"The capability {name} is added: it needs the security quorum.")
        for name in sorted(before - after):
            yield _harmless("patch", path, f"The capability {name} is given up.")
    for keyword in ("scratch_bytes", "gpus"):
        was, now = old.get(keyword, 0), new.get(keyword, 0)
        path = f"/capabilities/{keyword}"
        if now and not was:
            yield _breaking(path, f"The capability {keyword} is added: it needs the security quorum.")
        elif now > was:
            yield _harmless("minor", path, f"It needs more {keyword}: {now} instead of {was}.")
        elif now < was:
            yield _harmless("patch", path, f"It needs less {keyword}: {now} instead of {was}.")


def _limit_changes(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Reason]:
    for keyword, default in _LIMITS.items():
        was, now = old.get(keyword, default), new.get(keyword, default)
        if now > was:
            yield _harmless("minor", f"/limits/{keyword}", f"It needs more: {now} instead of {was}.")
        if now < was:
            yield _harmless("patch", f"/limits/{keyword}", f"It needs less: {now} instead of {was}.")


def _comparator_changes(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Reason]:
    for path in sorted({*old, *new}):
        if not is_equal(old.get(path), new.get(path)):
            message = f"The output {path} is compared in another way in replay and shadow."
            yield _harmless("minor", pointer("comparators", path), message)
