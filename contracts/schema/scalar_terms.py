"""Reads the keywords of numbers and texts, type, const and enum."""

from typing import Final

from contracts.canonical import JSON
from contracts.schema.automaton import why_not_regular
from contracts.schema.documents import Place
from contracts.schema.exact import exact, is_number
from contracts.schema.reading import Lens, NotASchema, Reading, counted, listing, numeric
from contracts.schema.terms import ARRAY, NUMBER, OBJECT, STRING, Cells, Space, Term

_TYPES: Final = {
    "null": (0,),
    "boolean": (1, 2),
    "number": (NUMBER,),
    "integer": (NUMBER,),
    "string": (STRING,),
    "array": (ARRAY,),
    "object": (OBJECT,),
}
_BOUNDS: Final = {
    "minimum": "at_least",
    "maximum": "at_most",
    "exclusiveMinimum": "above",
    "exclusiveMaximum": "below",
}
_OF_NUMBERS: Final = frozenset({*_BOUNDS, "multipleOf"})
_OF_TEXTS: Final = frozenset({"minLength", "maxLength", "pattern"})


def number_term(reading: Reading, schema: dict[str, JSON]) -> Term:
    """minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf."""
    space = reading.space
    if _OF_NUMBERS.isdisjoint(schema):
        return space.true
    parts = []
    for keyword, op in _BOUNDS.items():
        bound = numeric(schema, keyword)
        if bound is not None:
            parts.append(space.literal(op, bound))
    step = numeric(schema, "multipleOf")
    if step is not None:
        if step <= 0:
            raise NotASchema(schema, "multipleOf", "multipleOf must be above 0")
        parts.append(space.literal("multiple", step))
    return space.all_of(parts)


def string_term(reading: Reading, schema: dict[str, JSON], place: Place) -> Term:
    """minLength, maxLength, pattern."""
    space = reading.space
    if _OF_TEXTS.isdisjoint(schema):
        return space.true
    parts = []
    least, most = counted(schema, "minLength"), counted(schema, "maxLength")
    if least is not None:
        parts.append(space.literal("longer", least))
    if most is not None:
        parts.append(space.literal("shorter", most))
    if "pattern" in schema:
        parts.append(pattern_term(reading, schema, "pattern", schema["pattern"], place))
    return space.all_of(parts)


def pattern_term(reading: Reading, schema: JSON, keyword: str, pattern: JSON, place: Place) -> Term:
    """The texts that a pattern matches."""
    if not isinstance(pattern, str):
        raise NotASchema(schema, keyword, "a pattern must be a text")
    reason = why_not_regular(pattern)
    if reason is not None:
        words = f"the pattern {pattern} is outside of the regular subset: {reason}"
        return reading.opaque({"pattern": pattern}, keyword, place, None, words)
    return reading.space.literal("match", pattern)


def type_cells(space: Space, schema: dict[str, JSON]) -> Cells:
    names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    terms = [space.false] * 7
    if not names:
        raise NotASchema(schema, "type", "type must name a type")
    for name in names:
        if not isinstance(name, str) or name not in _TYPES:
            raise NotASchema(schema, "type", f"{name} is not a type")
        for kind in _TYPES[name]:
            whole = space.literal("multiple", 1) if name == "integer" else space.true
            terms[kind] = space.any_of((terms[kind], whole))
    return space.cells(tuple(terms))


def value_cells(reading: Reading, values: list[JSON], place: Place, lens: Lens | None) -> Cells:
    """Exactly these values, after the lens."""
    space = reading.space
    terms = [space.false] * 7
    numbers, strings = set(), set()
    for value in values:
        if isinstance(value, str):
            strings.add(value)
        elif is_number(value):
            numbers.add(exact(value))
        elif value is None or isinstance(value, bool):
            terms[0 if value is None else 2 if value else 1] = space.true
        elif isinstance(value, list | dict):
            kind = ARRAY if isinstance(value, list) else OBJECT
            cells = reading.cells(_shape(value), place, lens)
            terms[kind] = space.any_of((terms[kind], cells.terms[kind]))
        else:
            raise NotASchema(value, "const", "a number is not finite")
    terms[NUMBER] = space.literal("in", frozenset(numbers))
    terms[STRING] = space.literal("in", frozenset(strings))
    return space.cells(tuple(terms))


def _shape(value: JSON) -> dict[str, JSON]:
    """The schema that only this list or object fulfils."""
    if isinstance(value, list):
        items = {"prefixItems": [{"const": item} for item in value]} if value else {}
        return {"type": "array", **items, "items": False, "minItems": len(value)}
    fields = {key: {"const": item} for key, item in value.items()}
    return {"type": "object", "properties": fields, "required": list(value), "additionalProperties": False}


def enum_values(schema: dict[str, JSON]) -> list[JSON]:
    return listing(schema, "enum", may_be_empty=True)
