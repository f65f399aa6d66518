"""What the search for a value comes to, and the bound on its work.

Owns:      `Outcome` and `Fuel`. Fuel counts steps, never time, so answers repeat.
"""

from dataclasses import dataclass
from typing import Final

from contracts.canonical import JSON


class OutOfFuel(Exception):
    """The search was given up; the answer is `unknown`."""

    code = "out_of_fuel"


class Fuel:
    """Steps that are left."""

    __slots__ = ("left",)

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise OutOfFuel


@dataclass(frozen=True, slots=True)
class Outcome:
    """`found`: `value` is in the set; `maybe`: it may be; `stuck`: no rule; `empty`: there is none."""

    status: str
    value: JSON = None
    reason: str = ""

    @property
    def is_empty(self) -> bool:
        return self.status == "empty"

    @property
    def is_found(self) -> bool:
        return self.status == "found"

    @property
    def has_value(self) -> bool:
        return self.status in ("found", "maybe")

    def with_value(self, value: JSON) -> "Outcome":
        """As certain as this one, about a value that was built from such parts."""
        return Outcome(self.status, value, self.reason) if self.has_value else self


EMPTY: Final = Outcome("empty")
_RANK: Final = {"found": 0, "maybe": 1, "stuck": 2, "empty": 3}


def found(value: JSON) -> Outcome:
    return Outcome("found", value)


def maybe(value: JSON, reason: str) -> Outcome:
    return Outcome("maybe", value, reason)


def stuck(reason: str) -> Outcome:
    return Outcome("stuck", None, reason)


def better(left: Outcome, right: Outcome) -> Outcome:
    """The one that says more; the left one when they say as much."""
    return right if _RANK[right.status] < _RANK[left.status] else left


def worse(left: Outcome, right: Outcome) -> Outcome:
    """The one that says less; the left one when they say as little."""
    return right if _RANK[right.status] > _RANK[left.status] else left
