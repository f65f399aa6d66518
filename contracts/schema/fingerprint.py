"""The name of a rule that is not modelled: equal names mean equal rules, whatever document they stand in."""

import json
from typing import Final

from contracts.canonical import JSON
from contracts.schema.documents import LIST_KEYWORDS, MAP_KEYWORDS, ONE_KEYWORDS, Document, Place, Unresolved
from contracts.schema.outcome import Fuel

_SILENT: Final = frozenset(
    {
        "$anchor",
        "$comment",
        "$defs",
        "$dynamicAnchor",
        "$id",
        "$schema",
        "contentEncoding",
        "contentMediaType",
        "contentSchema",
        "definitions",
        "deprecated",
        "description",
        "examples",
        "format",
        "readOnly",
        "title",
        "writeOnly",
    }
)

_Stack = tuple[tuple[int, Place], ...]


def fingerprint(document: Document, schema: JSON, place: Place, fuel: Fuel) -> str:
    """One text for the meaning of a schema: references are followed, words without meaning left out."""
    return json.dumps(_shape(document, schema, place, fuel, ()), sort_keys=True)


def _shape(document: Document, schema: JSON, place: Place, fuel: Fuel, stack: _Stack) -> JSON:
    if not isinstance(schema, dict):
        return schema
    fuel.spend(1)
    place = document.place_of(schema, place)
    key = (id(schema), place)
    if key in stack:
        return f"#{len(stack) - stack.index(key)}"
    inner = (*stack, key)
    shape: dict[str, JSON] = {}
    for word, value in schema.items():
        if word in ("$ref", "$dynamicRef") and isinstance(value, str):
            shape[word] = _followed(document, word, value, place, fuel, inner)
        elif word in ONE_KEYWORDS and word not in _SILENT:
            shape[word] = _shape(document, value, place, fuel, inner)
        elif word in MAP_KEYWORDS and word not in _SILENT and isinstance(value, dict):
            shape[word] = {name: _shape(document, item, place, fuel, inner) for name, item in value.items()}
        elif word in LIST_KEYWORDS and isinstance(value, list):
            shape[word] = [_shape(document, item, place, fuel, inner) for item in value]
        elif word not in _SILENT:
            shape[word] = value
    return shape


def _followed(document: Document, word: str, reference: str, place: Place, fuel: Fuel, stack: _Stack) -> JSON:
    resolve = document.resolve if word == "$ref" else document.resolve_dynamic
    try:
        target, target_place = resolve(reference, place)
    except Unresolved:
        return {"to": [place.base, reference]}
    return {"target": _shape(document, target, target_place, fuel, stack)}
