"""What a change of one port may be called.

Owns:      inputs (what old callers send must still be accepted) and outputs (what is emitted must still be
           read).
Promises:  a type variable stays a type variable: a port must hold for its bound and for a type nobody knows.
"""

from collections.abc import Iterator
from enum import Enum
from typing import Any, Final

from contracts.canonical import JSON
from contracts.evolution.bump import Level, Reason
from contracts.problems import pointer
from contracts.schema import Verdict, contains, judge_columns, judge_edge, judge_media_type, localise
from contracts.schema.documents import subschemas
from contracts.schema.exact import is_equal
from contracts.schema.projection import Unknown

_MAX_BYTES: Final = {"json": 1 << 20, "table": 1 << 28, "binary": 1 << 28}
_SILENT: Final = frozenset(
    {"title", "description", "$comment", "examples", "deprecated", "readOnly", "writeOnly"}
)

Stated = tuple[JSON, JSON]  # a port or a schema, and the contract document that it stands in


class Side(Enum):
    """Which way values go: into the module, or out of it."""

    IN = "in"
    OUT = "out"

    @property
    def word(self) -> str:
        return "input" if self is Side.IN else "output"


def port_reasons(side: Side, path: str, old: Stated, new: Stated) -> Iterator[Reason]:
    """What changed in a port that both contracts have."""
    before, after = old[0], new[0]
    if before["media"] != after["media"]:
        message = f"The {side.word} carries {after['media']} instead of {before['media']}."
        yield Reason(level="major", path=path + "/media", message=message, verdict="no")
        return
    yield from _need_reasons(side, path, before, after)
    yield from _unknown_reasons(side, path, before, after)
    yield from _size_reasons(side, path, before, after)
    match after["media"]:
        case "json":
            what = f"the {side.word}"
            unknown: Unknown = after.get("unknown", "strip")
            schemas = (before["schema"], old[1]), (after["schema"], new[1])
            yield from schema_reasons(side, path + "/schema", what, *schemas, unknown=unknown)
        case "table":
            yield from _column_reasons(side, path + "/columns", before["columns"], after["columns"])
        case _:
            yield from _media_reasons(side, path + "/type", before["type"], after["type"])


def _media_reasons(side: Side, path: str, old: str, new: str) -> Iterator[Reason]:
    if old != new:
        verdict = judge_media_type(*_ordered(side, old, new))
        is_same = verdict.answer == judge_media_type(*_ordered(side, new, old)).answer == "yes"
        yield from _judged(side, path, "the media type", verdict, is_same=is_same)


def _ordered(side: Side, old: Any, new: Any) -> tuple[Any, Any]:
    """What flows, and where to: old values into a new input, new values to old readers."""
    return (old, new) if side is Side.IN else (new, old)


def _need_reasons(side: Side, path: str, old: JSON, new: JSON) -> Iterator[Reason]:
    """Cardinality, and the default of an input."""
    if side is Side.OUT:
        was, now = old.get("cardinality") == "optional", new.get("cardinality") == "optional"
        if now and not was:
            yield _no(path + "/cardinality", "The output may now be absent.")
        if was and not now:
            yield _yes("minor", path + "/cardinality", "The output is now always there.")
        return
    was, now = _is_needed(old), _is_needed(new)
    if now and not was:
        yield _no(path, "The input must now be wired.")
    if was and not now:
        yield _yes("minor", path, "The input need not be wired any more.")
    if not now and not was and not _is_same_default(old, new):
        yield _yes("minor", path + "/default", "The default changed: replay is required.")


def _is_needed(port: JSON) -> bool:
    return "default" not in port and port.get("cardinality", "one") == "one"


def _is_same_default(old: JSON, new: JSON) -> bool:
    if ("default" in old) != ("default" in new):
        return False
    return is_equal(old.get("default"), new.get("default"))


def _unknown_reasons(side: Side, path: str, old: JSON, new: JSON) -> Iterator[Reason]:
    was, now = old.get("unknown", "strip"), new.get("unknown", "strip")
    if side is Side.OUT or was == now:
        return
    if now == "reject":
        yield _no(
            path + "/unknown", "Undeclared fields were stripped and are now left to the schema to refuse."
        )
    else:
        yield _yes("minor", path + "/unknown", "Undeclared fields are now stripped.")


def _size_reasons(side: Side, path: str, old: JSON, new: JSON) -> Iterator[Reason]:
    was, now = (port.get("max_bytes", _MAX_BYTES[port["media"]]) for port in (old, new))
    is_stricter = now < was if side is Side.IN else now > was
    message = f"The {side.word} may have {now} bytes instead of {was}."
    if is_stricter:
        yield _no(path + "/max_bytes", message)
    elif now != was:
        yield _yes("minor", path + "/max_bytes", message)


def _column_reasons(side: Side, path: str, old: Any, new: Any) -> Iterator[Reason]:
    if isinstance(old, str) or isinstance(new, str):
        if side is Side.IN and isinstance(new, str) and not isinstance(old, str):
            yield _yes("minor", path, f"Any table is accepted as {new}.")
        elif old != new:
            yield _no(path, "The columns are no longer those that the type variable stands for.")
        return
    verdict = judge_columns(*_ordered(side, old, new))
    is_same = judge_columns(*_ordered(side, new, old)).answer == "yes"
    if not is_equal(old, new):
        yield from _judged(side, path, "the columns", verdict, is_same=is_same)


def schema_reasons(
    side: Side, path: str, what: str, old: Stated, new: Stated, *, unknown: Unknown = "strip"
) -> Iterator[Reason]:
    """What changed in a schema that values go through in this direction."""
    if side is Side.IN:
        yield from _default_reasons(path, old[0], new[0])
    if is_equal(_pruned(old), _pruned(new)):
        return
    for is_generic in (True, False):
        before, after = (_concrete(stated, is_generic=is_generic) for stated in (old, new))
        verdict = _judged_schemas(side, before, after, unknown)
        is_same = verdict.answer == "yes" and _is_same_set(before, after)
        reasons = list(_judged(side, path, what, verdict, is_same=is_same))
        has_variables = bool(old[1].get("type_variables") or new[1].get("type_variables"))
        if verdict.answer != "yes" or not has_variables or not is_generic:
            yield from reasons
            return


def _judged_schemas(side: Side, old: JSON, new: JSON, unknown: Unknown) -> Verdict:
    if side is Side.IN:
        return judge_edge(old, new, unknown=unknown)
    # A reader strips what it does not know, but nobody fills the old output's defaults for it.
    return judge_edge(new, _without_defaults(old), unknown="strip")


def _is_same_set(old: JSON, new: JSON) -> bool:
    return contains(old, new).answer == "yes" and contains(new, old).answer == "yes"


def _pruned(stated: Stated) -> JSON:
    return _without(localise(*stated), _SILENT)


def _concrete(stated: Stated, *, is_generic: bool) -> JSON:
    """The schema as a document; a generic one holds a type nobody knows in place of each variable."""
    schema, contract = stated
    variables = contract.get("type_variables", [])
    if not is_generic or not variables:
        return localise(schema, contract)
    unknown_types = {name: {"const": {"type variable": name}} for name in variables}
    return localise(schema, {**contract, "$defs": {**contract.get("$defs", {}), **unknown_types}})


def _without_defaults(schema: JSON) -> JSON:
    return _without(schema, frozenset({"default"}))


def _without(schema: JSON, words: frozenset[str]) -> JSON:
    """A copy without these keywords, at every depth."""
    if not isinstance(schema, dict):
        return schema
    copy = {key: value for key, value in schema.items() if key not in words}
    for step, child in subschemas(schema):
        if len(step) == 1:
            copy[str(step[0])] = _without(child, words)
        else:
            holder = copy[str(step[0])]
            if holder is schema[str(step[0])]:
                holder = copy[str(step[0])] = dict(holder) if isinstance(holder, dict) else list(holder)
            holder[step[1]] = _without(child, words)
    return copy


def _default_reasons(path: str, old: JSON, new: JSON) -> Iterator[Reason]:
    before, after = dict(_defaults(old, path)), dict(_defaults(new, path))
    for at in sorted({*before, *after}):
        if at in before and at in after and not is_equal(before[at], after[at]):
            yield _yes("minor", at, "A default changed: replay is required.")
        elif (at in before) != (at in after):
            word = "added" if at in after else "removed"
            yield _yes("minor", at, f"A default is {word}: replay is required.")


def _defaults(schema: JSON, path: str) -> Iterator[tuple[str, JSON]]:
    if isinstance(schema, dict):
        if "default" in schema:
            yield path + "/default", schema["default"]
        for step, child in subschemas(schema):
            yield from _defaults(child, path + pointer(*step))


def _judged(side: Side, path: str, what: str, verdict: Verdict, *, is_same: bool) -> Iterator[Reason]:
    """The reason that a verdict makes."""
    if verdict.answer == "yes":
        message = "says the same in other words" if is_same else _WIDER[side]
        yield _yes("patch" if is_same else "minor", path, f"{what[:1].upper()}{what[1:]} {message}.")
        return
    if verdict.answer == "no":
        message = f"{what[:1].upper()}{what[1:]} {_NARROWER[side]}: {verdict.reason}"
    else:
        message = f"Nobody can prove that {what} stays compatible: {verdict.reason}"
    yield Reason(
        level="major",
        path=path,
        message=message,
        witness=verdict.witness,
        has_witness=verdict.has_witness,
        verdict=verdict.answer,
    )


_WIDER: Final = {
    Side.IN: "accepts all that it accepted, and more",
    Side.OUT: "emits nothing that old readers refuse",
}
_NARROWER: Final = {Side.IN: "refuses what old callers send", Side.OUT: "emits what old readers refuse"}


def _no(path: str, message: str) -> Reason:
    return Reason(level="major", path=path, message=message, verdict="no")


def _yes(level: Level, path: str, message: str) -> Reason:
    return Reason(level=level, path=path, message=message)
