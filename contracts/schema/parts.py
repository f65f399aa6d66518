"""What a schema says of its items and fields, as self-contained schemas that may be too wide."""

from collections.abc import Callable

from contracts.canonical import JSON
from contracts.schema.documents import Document, Unresolved
from contracts.schema.exact import is_equal
from contracts.schema.localise import localise, nested

_Pick = Callable[[dict[str, JSON]], list[JSON]]


def item_schema(schema: JSON, index: int | None, *, first: int = 0) -> JSON:
    """The schema of one item, or with None of every item from `first` on."""

    def pick(node: dict[str, JSON]) -> list[JSON]:
        head = node.get("prefixItems", [])
        rest = node.get("items", True)
        if index is not None:
            return [head[index] if index < len(head) else rest]
        return [*head[first:], rest]

    return _picked(schema, pick)


def field_schema(schema: JSON, name: str) -> JSON:
    """The schema of one field."""

    def pick(node: dict[str, JSON]) -> list[JSON]:
        return [node.get("properties", {}).get(name, _others(node))]

    return _picked(schema, pick)


def other_field_schema(schema: JSON, declared: set[str]) -> JSON:
    """The schema of every field outside of `declared`."""

    def pick(node: dict[str, JSON]) -> list[JSON]:
        fields = [item for name, item in node.get("properties", {}).items() if name not in declared]
        return [*fields, _others(node)]

    return _picked(schema, pick)


def _others(node: dict[str, JSON]) -> JSON:
    """Fields by pattern are not told apart: anything may stand there."""
    return True if node.get("patternProperties") else node.get("additionalProperties", True)


def _picked(schema: JSON, pick: _Pick) -> JSON:
    document = Document(schema)
    found: list[JSON] = []
    for node in _alternatives(schema, document, 20):
        parts = pick(node) if isinstance(node, dict) else [node]
        found.extend(localise(_followed(part, document), schema) for part in parts)
    return _union([part for part in found if part is not False])


def _followed(schema: JSON, document: Document) -> JSON:
    """What a bare reference stands for: else a type that is handed on would be wrapped once more each time."""
    for _ in range(20):
        if not isinstance(schema, dict) or not schema.keys() <= {"$ref", "$defs"} or "$ref" not in schema:
            break
        try:
            schema, _ = document.resolve(schema["$ref"], document.start)
        except Unresolved:
            break
    return schema


def _alternatives(schema: JSON, document: Document, depth: int) -> list[JSON]:
    """The schemas among which a value chooses, references followed."""
    if not isinstance(schema, dict) or depth == 0:
        return [schema if isinstance(schema, bool) else True]
    if isinstance(schema.get("$ref"), str):
        try:
            target, _ = document.resolve(schema["$ref"], document.start)
        except Unresolved:
            return [True]
        return _alternatives(target, document, depth - 1)
    for keyword in ("anyOf", "oneOf"):
        if isinstance(schema.get(keyword), list):
            return [node for part in schema[keyword] for node in _alternatives(part, document, depth - 1)]
    return [schema]


def _union(schemas: list[JSON]) -> JSON:
    unique: list[JSON] = []
    for schema in schemas:
        if schema is True:
            return True
        if not any(is_equal(schema, known) for known in unique):
            unique.append(schema)
    if len(unique) < 2:
        return unique[0] if unique else False
    return {"anyOf": [nested(schema, f"/anyOf/{index}") for index, schema in enumerate(unique)]}
