"""Values worth a try when the search gives up: those that stand in the schemas, and simple ones."""

from collections.abc import Iterator
from typing import Final

from contracts.canonical import JSON
from contracts.schema.documents import subschemas

MAX_CANDIDATES: Final = 60
_SIMPLE: Final[tuple[JSON, ...]] = (
    None,
    False,
    True,
    0,
    1,
    -1,
    0.5,
    "",
    "a",
    [],
    [None],
    [0, 0],
    [0, 1],
    {},
    {"a": 0},
)


def candidate_values(*schemas: JSON) -> Iterator[JSON]:
    """At most `MAX_CANDIDATES` values; nobody knows whether they decide anything."""
    yield from _SIMPLE
    count = len(_SIMPLE)
    for schema in schemas:
        for value in _standing_in(schema):
            if count >= MAX_CANDIDATES:
                return
            count += 1
            yield value


def _standing_in(schema: JSON) -> Iterator[JSON]:
    pending: list[JSON] = [schema]
    while pending:
        item = pending.pop(0)
        if not isinstance(item, dict):
            continue
        for keyword in ("const", "default", "minimum", "maximum"):
            if keyword in item:
                yield item[keyword]
        for keyword in ("enum", "examples"):
            if isinstance(item.get(keyword), list):
                yield from item[keyword]
        names = item.get("properties")
        if isinstance(names, dict) and names:
            yield dict.fromkeys(names, 0)
            yield from ({name: 0} for name in names)
        pending.extend(child for _, child in subschemas(item))
