"""What an expression knows of a value: the kinds it may have and the schema it satisfies.

Owns:      reading fields and items out of a schema.
Promises:  over-approximates: a value of the schema has one of the kinds, its field satisfies the answer.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from contracts.canonical import JSON
from contracts.expressions.functions import ANY, Kind, kind_of

_KINDS: Final = {
    "null": {"null"}, "boolean": {"bool"}, "integer": {"int"}, "number": {"int", "double"},
    "string": {"text"}, "array": {"list"}, "object": {"map"},
}  # fmt: skip
_TYPES: Final = {
    "null": "null", "bool": "boolean", "int": "integer", "double": "number", "text": "string",
    "list": "array", "map": "object", "timestamp": "string", "duration": "string",
}  # fmt: skip
JSON_KINDS: Final = ANY - {"timestamp", "duration"}
_BRANCHES: Final = 32


@dataclass(frozen=True, slots=True)
class Shape:
    """`is_exact`: every value of the schema can come about, so that one which does not fit is a real one."""

    kinds: frozenset[Kind]
    schema: JSON
    is_exact: bool = False

    @property
    def is_unknown(self) -> bool:
        return self.kinds >= JSON_KINDS


UNKNOWN: Final = Shape(ANY, True)


class Absent(Exception):
    """The schema says that such a field or item cannot be there."""


def of_kinds(kinds: frozenset[Kind]) -> Shape:
    if kinds >= JSON_KINDS:
        return UNKNOWN
    types = {_TYPES[kind] for kind in kinds}
    names = sorted(types - {"integer"} if "number" in types else types)
    return Shape(kinds, {"type": names[0] if len(names) == 1 else names} if names else True)


def of_schema(schema: JSON, root: JSON, *, is_exact: bool = True) -> Shape:
    return Shape(_kinds(schema, root, 16) or JSON_KINDS, schema, is_exact)


def _kinds(schema: JSON, root: JSON, steps: int) -> frozenset[Kind]:
    if not isinstance(schema, dict) or steps == 0:
        return JSON_KINDS
    found = JSON_KINDS
    if "type" in schema:
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        found &= frozenset(kind for name in types for kind in _KINDS.get(name, JSON_KINDS))
    if "const" in schema:
        found &= _kinds_of_values([schema["const"]])
    if "enum" in schema:
        found &= _kinds_of_values(schema["enum"])
    if "$ref" in schema:
        found &= _kinds(_target(schema["$ref"], root), root, steps - 1)
    for part in schema.get("allOf", ()):
        found &= _kinds(part, root, steps - 1)
    for key in ("anyOf", "oneOf"):
        if key in schema:
            found &= frozenset().union(*(_kinds(part, root, steps - 1) for part in schema[key]))
    return found


def _kinds_of_values(values: Iterable[JSON]) -> frozenset[Kind]:
    kinds = {kind_of(value) for value in values}
    # 1 and 1.0 are one JSON value, whichever of them the author wrote.
    return frozenset(kinds | {"int", "double"} if kinds & {"int", "double"} else kinds)


def _target(reference: str, root: JSON) -> JSON:
    """What a local reference points at; anything, where it points nowhere."""
    target = root
    for part in reference[1:].split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(target, list) and key.isdecimal() and int(key) < len(target):
            target = target[int(key)]
        elif isinstance(target, dict) and key in target:
            target = target[key]
        else:
            return True
    return target


def union(shapes: Iterable[Shape]) -> Shape:
    found = list(shapes)
    if not found:
        return UNKNOWN
    kinds = frozenset().union(*(shape.kinds for shape in found))
    return Shape(kinds, any_of([shape.schema for shape in found]))


def any_of(schemas: Iterable[JSON]) -> JSON:
    distinct: list[JSON] = []
    for schema in schemas:
        if schema is True or schema == {}:
            return True
        if not any(_same(schema, other) for other in distinct):
            distinct.append(schema)
    if len(distinct) > _BRANCHES:
        return True
    return distinct[0] if len(distinct) == 1 else {"anyOf": distinct}


def _same(first: JSON, second: JSON) -> bool:
    # True == 1 in Python, so constants are compared by their text.
    return repr(first) == repr(second)


def field(shape: Shape, name: str, root: JSON) -> Shape:
    """Raises `Absent` where no value of the schema has the field."""

    def select(schema: JSON) -> JSON:
        properties = schema.get("properties", {})
        if name in properties:
            if properties[name] is False:
                raise Absent
            return properties[name]
        if "patternProperties" in schema:
            return True
        rest = schema.get("additionalProperties", True)
        if rest is False:
            raise Absent
        return rest

    return of_schema(_drilled(shape.schema, root, select, 16), root, is_exact=shape.is_exact)


def item(shape: Shape, index: int | None, root: JSON) -> Shape:
    """The item at a position, or at any. Raises `Absent` where no list of the schema has it."""

    def select(schema: JSON) -> JSON:
        first, rest = schema.get("prefixItems", []), schema.get("items", True)
        if index is None:
            return (
                any_of([*first, *([] if rest is False else [rest])]) if first or rest is not False else True
            )
        if index >= schema.get("maxItems", index + 1):
            raise Absent
        if index < len(first):
            return first[index]
        if rest is False:
            raise Absent
        return rest

    return of_schema(_drilled(shape.schema, root, select, 16), root, is_exact=shape.is_exact)


def entries(shape: Shape, root: JSON) -> Shape:
    """Any value of an object read by a computed name."""

    def select(schema: JSON) -> JSON:
        if "patternProperties" in schema:
            return True
        rest = schema.get("additionalProperties", True)
        return any_of([*schema.get("properties", {}).values(), *([] if rest is False else [rest])] or [True])

    return of_schema(_drilled(shape.schema, root, select, 16), root, is_exact=False)


def _drilled(schema: JSON, root: JSON, select: Callable[[JSON], JSON], steps: int) -> JSON:
    """What `select` finds in a schema and in everything that it refers to or combines."""
    if not isinstance(schema, dict) or steps == 0:
        return True
    constraints = [select(schema)]
    if "$ref" in schema:
        constraints.append(_drilled(_target(schema["$ref"], root), root, select, steps - 1))
    constraints += [_drilled(part, root, select, steps - 1) for part in schema.get("allOf", ())]
    constraints += [
        _any_drilled(schema[key], root, select, steps) for key in ("anyOf", "oneOf") if key in schema
    ]
    found = [constraint for constraint in constraints if constraint is not True and constraint != {}]
    if not found:
        return True
    return found[0] if len(found) == 1 else {"allOf": found}


def _any_drilled(branches: list[JSON], root: JSON, select: Callable[[JSON], JSON], steps: int) -> JSON:
    found = []
    for branch in branches:
        try:
            found.append(_drilled(branch, root, select, steps - 1))
        except Absent:
            continue
    if not found:
        raise Absent
    return any_of(found)


def has_references(value: JSON) -> bool:
    """Whether anything in it may be a reference; a text that only looks like one costs a copy, no more."""
    if isinstance(value, dict):
        return "$ref" in value or any(map(has_references, value.values()))
    return isinstance(value, list) and any(map(has_references, value))


def required_names(schema: JSON, root: JSON) -> list[str]:
    """The declared names that are always there."""
    while isinstance(schema, dict) and "$ref" in schema and "required" not in schema:
        schema = _target(schema["$ref"], root)
    required = schema.get("required", []) if isinstance(schema, dict) else []
    return [name for name in field_names(schema, root) if name in required]


def field_names(schema: JSON, root: JSON) -> list[str]:
    """The declared names, for messages."""
    names: set[str] = set()
    pending, steps = [schema], 64
    while pending and steps:
        part, steps = pending.pop(), steps - 1
        if isinstance(part, dict):
            names.update(part.get("properties", {}))
            pending.extend(part.get(key, []) for key in ("allOf", "anyOf", "oneOf"))
            if "$ref" in part:
                pending.append(_target(part["$ref"], root))
        elif isinstance(part, list):
            pending.extend(part)
    return sorted(names)
