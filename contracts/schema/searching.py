"""What the searches for an array or an object may ask of the whole search."""

from collections.abc import Iterable
from typing import Protocol

from contracts.canonical import JSON
from contracts.schema.outcome import Fuel, Outcome
from contracts.schema.strings import Strings
from contracts.schema.terms import Cells, Handle, Space


class Searching(Protocol):
    """The search for values of parts."""

    space: Space
    strings: Strings
    fuel: Fuel

    def inhabit(self, handles: Iterable[Handle], path: str) -> Outcome:
        """A value that all these cells allow."""

    def exactly(self, value: JSON) -> Cells:
        """The cells that hold this value alone."""

    def refuted(self, path: str, kind: str, reason: str) -> Outcome:
        """Notes in the proof why there is no such value; the empty outcome."""
