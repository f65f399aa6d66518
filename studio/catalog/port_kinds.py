"""The kinds by which ports are searched and drawn."""

from collections.abc import Iterator
from typing import Any, Final

from contracts.canonical import JSON
from contracts.module import ModuleContract, Port

KINDS: Final = ("any", "string", "number", "boolean", "object", "list", "table", "bytes")
_OF_TYPE: Final = {
    "string": "string",
    "number": "number",
    "integer": "number",
    "boolean": "boolean",
    "object": "object",
    "array": "list",
}
_MAX_STEPS: Final = 8


def kinds_of(port: Port, contract: ModuleContract) -> set[str]:
    """The kinds a port carries; a binary port also has its media type as a kind."""
    if port.media == "table":
        return {"table"}
    if port.media == "binary":
        return {"bytes", str(port.type)}
    return set(_kinds(port.schema, contract.defs, _MAX_STEPS)) or {"any"}


def _kinds(schema: JSON, defs: dict[str, JSON], steps: int) -> Iterator[str]:
    if not isinstance(schema, dict) or steps == 0:
        return
    types: Any = schema.get("type", ())
    for name in (types,) if isinstance(types, str) else types:
        if name in _OF_TYPE:
            yield _OF_TYPE[name]
    if not types:
        for value in [schema["const"]] if "const" in schema else schema.get("enum", ()):
            if kind := _kind_of_value(value):
                yield kind
        if isinstance(reference := schema.get("$ref"), str):
            yield from _kinds(defs.get(reference.removeprefix("#/$defs/")), defs, steps - 1)
        for keyword in ("anyOf", "oneOf"):
            for branch in schema.get(keyword, ()):
                yield from _kinds(branch, defs, steps - 1)


def _kind_of_value(value: JSON) -> str | None:
    match value:
        case bool():
            return "boolean"
        case str():
            return "string"
        case int() | float():
            return "number"
        case dict():
            return "object"
        case list():
            return "list"
        case _:
            return None
