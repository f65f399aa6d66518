"""How much a schema becomes where every reference stands for what it leads to."""

from typing import Final

from contracts.canonical import JSON
from contracts.schema.documents import Document, Unresolved, subschemas

MAX_UNFOLDED: Final = 100_000
MAX_STEPS: Final = 400


class TooDeep(ValueError):
    """More than `MAX_STEPS` schemas, each inside of the last or referred to by it."""

    code = "too_deep"


def unfolded_size(schema: JSON, document: Document) -> int:
    """The number of schemas, each counted as often as it is reached; one that leads back to itself, once.

    Raises `TooDeep`.
    """
    return _Counting(document).of(schema, 0)


class _Counting:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._known: dict[int, int] = {}

    def of(self, schema: JSON, steps: int) -> int:
        if not isinstance(schema, dict):
            return 1
        if steps > MAX_STEPS:
            raise TooDeep(f"more than {MAX_STEPS} schemas deep")
        if id(schema) not in self._known:
            self._known[id(schema)] = size = 1
            parts = [child for path, child in subschemas(schema) if path[0] != "$defs"]
            for part in (*parts, *self._referred(schema)):  # a loop: one frame of the stack for each step
                size += self.of(part, steps + 1)
            self._known[id(schema)] = size
        return self._known[id(schema)]

    def _referred(self, schema: dict[str, JSON]) -> list[JSON]:
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            return []
        try:
            return [self._document.resolve(reference, self._document.start)[0]]
        except Unresolved:
            return []
