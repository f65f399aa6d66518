"""Values between nodes: the envelope that describes the bytes (formats.md §c)."""

from typing import Literal

from msgspec import UNSET, UnsetType, convert

from contracts.canonical import JSON, Digest
from contracts.formats import Part, plain, require_structure

Media = Literal["json", "table", "binary"]


class Envelope(Part, frozen=True, kw_only=True):
    """One value in an event, a row or an answer: exactly one of `value`, `artifact`, `withheld`."""

    media: Media
    bytes: int
    value: JSON | UnsetType = UNSET
    artifact: Digest | UnsetType = UNSET
    withheld: bool = False
    type: str | UnsetType = UNSET
    rows: int | UnsetType = UNSET


def parse_envelopes(document: JSON) -> dict[str, Envelope]:
    """Port → envelope. Raises `ProblemsError`."""
    require_structure("value", document)
    return convert(document, dict[str, Envelope])


def envelopes_document(envelopes: dict[str, Envelope]) -> JSON:
    return plain(envelopes)
