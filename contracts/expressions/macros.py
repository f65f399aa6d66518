"""The macros that go over lists and the keys of objects, and the frame they bind their variable in.

Promises:  every item costs fuel; `all` and `exists` absorb faults that a deciding item makes irrelevant.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from contracts.expressions.operations import words


class Refused(Exception):
    """A fault with the offset of the node that raised it."""

    def __init__(self, at: int, message: str) -> None:
        super().__init__(message)
        self.at = at
        self.message = message


class OutOfFuel(Exception):
    """Never absorbed: the whole evaluation ends."""


class Frame:
    """The variables in sight and what may still be spent."""

    __slots__ = ("fuel", "variables")

    def __init__(self, variables: Mapping[str, Any], fuel: int) -> None:
        self.variables: dict[str, Any] = dict(variables)
        self.fuel = fuel

    def spend(self, amount: int) -> None:
        self.fuel -= amount
        if self.fuel < 0:
            raise OutOfFuel


Step = Callable[[Frame], Any]


def _truth(value: Any, at: int) -> bool:
    if not isinstance(value, bool):
        raise Refused(at, f"The expression inside must be a boolean, not {words(value)}.")
    return value


def _fold_map(
    frame: Frame, items: Any, variable: str, condition: Step | None, body: Step, at: int
) -> list[Any]:
    found = []
    for entry in items:
        frame.spend(1)
        frame.variables[variable] = entry
        if condition is None or _truth(condition(frame), at):
            found.append(body(frame))
    return found


def _fold_filter(
    frame: Frame, items: Any, variable: str, _condition: Step | None, body: Step, at: int
) -> list[Any]:
    found = []
    for entry in items:
        frame.spend(1)
        frame.variables[variable] = entry
        if _truth(body(frame), at):
            found.append(entry)
    return found


def _fold_one(frame: Frame, items: Any, variable: str, _condition: Step | None, body: Step, at: int) -> bool:
    return len(_fold_filter(frame, items, variable, None, body, at)) == 1


def _until(decisive: bool) -> Callable[..., bool]:
    def fold(frame: Frame, items: Any, variable: str, _condition: Step | None, body: Step, at: int) -> bool:
        absorbed: Refused | None = None
        for entry in items:
            frame.spend(1)
            frame.variables[variable] = entry
            try:
                if _truth(body(frame), at) is decisive:
                    return decisive
            except Refused as refused:
                absorbed = absorbed or refused
        if absorbed is not None:
            raise absorbed
        return not decisive

    return fold


FOLDS: Final[Mapping[str, Callable[..., Any]]] = {
    "map": _fold_map,
    "filter": _fold_filter,
    "exists_one": _fold_one,
    "all": _until(False),
    "exists": _until(True),
}
