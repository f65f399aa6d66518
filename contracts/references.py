"""Local `$ref`s of a schema that moves to another place.

Owns:      `moved` and `has_references`; knows which keywords of JSON Schema hold schemas.
Promises:  what `#/…` meant before, it means after; constants, defaults and examples stay as they are.
"""

from collections.abc import Callable
from typing import Final

from contracts.canonical import JSON

_ONE: Final = frozenset(
    {"items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"}
    | {"unevaluatedItems", "unevaluatedProperties"}
)
_LISTS: Final = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_MAPS: Final = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})


def moved(schema: JSON, place: str) -> JSON:
    """A self-contained schema as it must read when it stands at the pointer `place` of another document."""
    if not has_references(schema):
        return schema
    return rewritten(schema, lambda reference: f"#{place}{reference[1:]}")


def rewritten(schema: JSON, change: Callable[[str], str]) -> JSON:
    """The schema with each local `$ref` changed; remote ones stay."""
    if not isinstance(schema, dict):
        return schema
    result: dict[str, JSON] = {}
    for key, value in schema.items():
        if key == "$ref" and isinstance(value, str) and value.startswith("#"):
            result[key] = change(value)
        elif key in _ONE:
            result[key] = rewritten(value, change)
        elif key in _LISTS and isinstance(value, list):
            result[key] = [rewritten(entry, change) for entry in value]
        elif key in _MAPS and isinstance(value, dict):
            result[key] = {name: rewritten(entry, change) for name, entry in value.items()}
        else:
            result[key] = value
    return result


def has_references(value: JSON) -> bool:
    """Whether anything in it may be a reference; a text that only looks like one costs a copy, no more."""
    if isinstance(value, dict):
        return "$ref" in value or any(
            has_references(entry) for entry in value.values() if isinstance(entry, dict | list)
        )
    if isinstance(value, list):
        return any(has_references(entry) for entry in value if isinstance(entry, dict | list))
    return False


def resolved(reference: str, root: JSON) -> JSON:
    """What a local reference points at. Raises `KeyError` where it points nowhere."""
    target = root
    for part in reference[1:].split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(target, list) and key.isdigit() and int(key) < len(target):
            target = target[int(key)]
        elif isinstance(target, dict) and key in target:
            target = target[key]
        else:
            raise KeyError(reference)
    return target
