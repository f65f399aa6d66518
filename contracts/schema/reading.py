"""What the readers of keywords share: the lens through which a schema sees a value, and what may go wrong.

Owns:      `Lens` (a schema applied after a rewriting), `Reading` (what keyword readers may ask),
           `NotASchema`.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from contracts.canonical import JSON
from contracts.schema.documents import Place
from contracts.schema.exact import Exact, exact, is_number
from contracts.schema.projection import Projection, Rewriting, Target
from contracts.schema.terms import Cells, Handle, Space, Term


class NotASchema(ValueError):
    """A keyword whose value JSON Schema does not allow."""

    code = "not_a_schema"

    def __init__(self, schema: JSON, keyword: str, message: str) -> None:
        self.schema = schema
        self.keyword = keyword
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Lens:
    """The rewriting that a value goes through before a schema judges it."""

    projection: Projection
    schema_key: int
    target_place: Place
    target: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lens) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[int, int, Place]:
        return (id(self.projection), self.schema_key, self.target_place)

    @property
    def rewriting(self) -> Rewriting:
        return self.projection.rewriting_of(self.target, self.target_place)

    def of(self, target: Target | None) -> "Lens | None":
        """The lens of a part, None where nothing is rewritten."""
        return None if target is None else lens_of(self.projection, *target)


def lens_of(projection: Projection, schema: JSON, place: Place) -> Lens | None:
    if not projection.changes(schema, place):
        return None
    return Lens(projection, id(schema), place, schema)


class Reading(Protocol):
    """What the reader of one keyword may ask of the whole."""

    space: Space

    def handle(self, schema: JSON, place: Place, lens: Lens | None) -> Handle:
        """The cells of a schema for a part of the value, perhaps deferred."""

    def names(self, schema: JSON, place: Place) -> Term | None:
        """The texts that a schema allows; None when it cannot be read yet."""

    def cells(self, schema: JSON, place: Place, lens: Lens | None) -> Cells:
        """The cells of a schema for the same value."""

    def opaque(self, schema: JSON, keyword: str, place: Place, lens: Lens | None, reason: str) -> Term:
        """A literal for a rule that is not modelled."""

    def accepts_text(self, keys: Term, name: str) -> bool | None:
        """Whether a text is in a term of the string kind, None when it cannot say."""

    def accepts(self, schema: JSON, place: Place, value: JSON) -> bool | None:
        """Whether a schema accepts a value, None when it cannot say."""


def counted(schema: dict[str, JSON], keyword: str) -> int | None:
    """The value of a keyword that counts, None where it is absent."""
    if keyword not in schema:
        return None
    value = schema[keyword]
    if not is_number(value) or value < 0 or exact(value) != int(value):
        raise NotASchema(schema, keyword, f"{keyword} must be a whole number from 0 on")
    return int(value)


def numeric(schema: dict[str, JSON], keyword: str) -> Exact | None:
    if keyword not in schema:
        return None
    if not is_number(schema[keyword]):
        raise NotASchema(schema, keyword, f"{keyword} must be a number")
    return exact(schema[keyword])


def mapping(schema: dict[str, JSON], keyword: str) -> dict[str, JSON]:
    value = schema.get(keyword, {})
    if not isinstance(value, dict):
        raise NotASchema(schema, keyword, f"{keyword} must be an object")
    return value


def listing(schema: dict[str, JSON], keyword: str, *, may_be_empty: bool = False) -> list[JSON]:
    value = schema[keyword]
    if not isinstance(value, list) or not (value or may_be_empty):
        raise NotASchema(schema, keyword, f"{keyword} must be a list with something in it")
    return value


def texts(schema: JSON, keyword: str, value: JSON) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise NotASchema(schema, keyword, f"{keyword} must be a list of texts")
    return value
