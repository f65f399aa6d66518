"""Left sides with finitely many values: settled by the two validators, whatever stands on the right."""

from typing import Final

from contracts.canonical import JSON
from contracts.schema.documents import Document, Place, Unresolved
from contracts.schema.exact import is_equal

MAX_VALUES: Final = 300


def finite_values(schema: JSON, document: Document, place: Place, depth: int = 20) -> list[JSON] | None:
    """Values among which all values of the schema are, read off const, enum, anyOf, oneOf, allOf and `$ref`.

    None when no such list can be read off.
    """
    if schema is False:
        return []
    if not isinstance(schema, dict) or depth == 0:
        return None
    place = document.place_of(schema, place)
    if "const" in schema:
        return [schema["const"]]
    if isinstance(schema.get("enum"), list):
        return list(schema["enum"]) if len(schema["enum"]) <= MAX_VALUES else None
    for keyword in ("anyOf", "oneOf"):
        values = _all_values(schema.get(keyword), document, place, depth)
        if values is not None:
            return values
    return _first_values(schema, document, place, depth)


def _all_values(parts: JSON, document: Document, place: Place, depth: int) -> list[JSON] | None:
    """The values of alternatives, when each has finitely many."""
    if not isinstance(parts, list) or not parts:
        return None
    result: list[JSON] = []
    for part in parts:
        values = finite_values(part, document, place, depth - 1)
        if values is None or len(result) + len(values) > MAX_VALUES:
            return None
        result.extend(values)
    return result


def _first_values(schema: dict[str, JSON], document: Document, place: Place, depth: int) -> list[JSON] | None:
    """The values of any one part that all values must fulfil."""
    parts = schema.get("allOf")
    for part in parts if isinstance(parts, list) else ():
        values = finite_values(part, document, place, depth - 1)
        if values is not None:
            return values
    if isinstance(schema.get("$ref"), str):
        try:
            target, target_place = document.resolve(schema["$ref"], place)
        except Unresolved:
            return None
        return finite_values(target, document, target_place, depth - 1)
    return None


def without_twins(values: list[JSON]) -> list[JSON]:
    """Each value once, smallest first."""
    result: list[JSON] = []
    for value in sorted(values, key=lambda item: (len(repr(item)), repr(item))):
        if not any(is_equal(value, known) for known in result):
            result.append(value)
    return result
