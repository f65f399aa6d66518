"""Values between nodes: the envelope that describes the bytes (formats.md §c)."""

from typing import Literal

from msgspec import UNSET, UnsetType, convert

from contracts.canonical import JSON, Digest, canonical_bytes
from contracts.formats import Part, plain, require_structure
from contracts.problems import Problem, ProblemsError, pointer

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


def value_bytes(value: JSON) -> bytes:
    """The canonical bytes of a value that somebody gives to a run.

    Raises `ProblemsError` for what may not travel between nodes; paths start at the value.
    """
    data = canonical_bytes(value)
    if b"\\u0000" in data and b"\\u0000" in data.replace(b"\\\\", b""):
        message = "A text holds the character NUL. Remove it."
        raise ProblemsError([Problem(code="nul", path=_place_of_nul(value), message=message)])
    return data


def _place_of_nul(value: JSON) -> str:
    pending: list[tuple[str, JSON]] = [("", value)]
    while pending:
        path, item = pending.pop()
        if isinstance(item, dict):
            pending.extend((path, key) for key in item)
            pending.extend((path + pointer(key), entry) for key, entry in item.items())
        elif isinstance(item, list):
            pending.extend((path + pointer(place), entry) for place, entry in enumerate(item))
        elif isinstance(item, str) and "\0" in item:
            return path
    return ""
