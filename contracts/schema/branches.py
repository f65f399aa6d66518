"""Unions rewritten so that what refuses them does not tell of every branch.

Owns:      `without_branches`, and `union_at`, which finds the union that an error speaks of.
Promises:  the schema accepts the same values; an error costs no more than judging, where a union of a recursive
           schema would hold the errors of each of its branches, of each of theirs, and so on.
"""

from collections.abc import Sequence

from contracts.canonical import JSON
from contracts.schema.documents import LIST_KEYWORDS, MAP_KEYWORDS, ONE_KEYWORDS

_UNIONS = ("anyOf", "oneOf")


def without_branches(schema: JSON) -> JSON:
    """A copy in which a union is the condition of an `if`, beside which nothing but `else: false` stands."""
    if not isinstance(schema, dict):
        return schema
    copy: dict[str, JSON] = {}
    unions: list[JSON] = []
    for key, value in schema.items():
        if key in ONE_KEYWORDS:
            value = without_branches(value)
        elif key in MAP_KEYWORDS and isinstance(value, dict):
            value = {name: without_branches(item) for name, item in value.items()}
        elif key in LIST_KEYWORDS and isinstance(value, list):
            value = [without_branches(item) for item in value]
        if key in _UNIONS:
            unions.append({"if": {key: value}, "else": False})
        else:
            copy[key] = value
    if unions:
        copy["allOf"] = [*copy.get("allOf", ()), *unions]
    return copy


def union_at(schema: JSON, path: Sequence[str | int]) -> list[str | int] | None:
    """Where the union stood that refuses a value at `path` of a rewritten schema; None where it is none."""
    if len(path) < 3 or path[-1] != "else" or path[-3] != "allOf":
        return None
    node = schema
    for part in path[:-1]:
        node = node[part]
    condition = node.get("if")
    if node.keys() != {"if", "else"} or not isinstance(condition, dict) or len(condition) != 1:
        return None
    (keyword,) = condition
    return [*path[:-3], keyword] if keyword in _UNIONS else None
