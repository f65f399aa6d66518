"""The words of a `no`: where the value breaks, what refuses it, what allows it."""

from dataclasses import dataclass

from contracts.canonical import JSON
from contracts.problems import pointer
from contracts.schema.documents import Document, Place, Unresolved
from contracts.schema.referee import Referee


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What a validator says of a value that it refuses."""

    at: tuple[str | int, ...]
    pointer: str
    keyword: str
    message: str


def refusal_of(referee: Referee, value: JSON) -> Refusal:
    """The first reason why the schema refuses the value."""
    error = referee.refusal(value)
    if error is None:
        return Refusal(at=(), pointer="", keyword="", message="the value is refused")
    path = [str(part) for part in error.schema_path]
    keyword = next((part for part in reversed(path) if not part.isdecimal()), "")
    return Refusal(
        at=tuple(error.instance_path),
        pointer=pointer(*error.schema_path),
        keyword=keyword,
        message=str(error.message),
    )


def allowing(document: Document, at: tuple[str | int, ...]) -> str:
    """The pointer of the part of a schema that speaks of the value at this path; the nearest one above it."""
    schema, place = document.root, document.start
    for step in at:
        schema, place = _followed(document, schema, place)
        below = _below(schema, step)
        if below is None:
            break
        schema = below
    return document.pointer_of(schema)


def _followed(document: Document, schema: JSON, place: Place) -> tuple[JSON, Place]:
    for _ in range(20):
        if not isinstance(schema, dict) or not isinstance(schema.get("$ref"), str):
            break
        try:
            schema, place = document.resolve(schema["$ref"], place)
        except Unresolved:
            break
    return schema, place


def _below(schema: JSON, step: str | int) -> JSON | None:
    if not isinstance(schema, dict):
        return None
    if isinstance(step, str):
        fields = schema.get("properties")
        if isinstance(fields, dict) and step in fields:
            return fields[step]
        below = schema.get("additionalProperties")
    else:
        first = schema.get("prefixItems")
        if isinstance(first, list) and step < len(first):
            return first[step]
        below = schema.get("items")
    return below if isinstance(below, dict) else None
