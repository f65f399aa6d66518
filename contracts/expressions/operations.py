"""CEL's operators over JSON values, timestamps and durations.

Owns:      typed equality, order, arithmetic and reading by position or name.
Promises:  raises `TypeError` where an operator does not join its operands, `Fault` where there is no result.
"""

import math
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from contracts.expressions.functions import NUMBER, Fault, integer, kind_of

WORDS: Final = {
    "null": "null", "bool": "a boolean", "int": "an integer", "double": "a number", "text": "text",
    "list": "a list", "map": "an object", "timestamp": "an instant", "duration": "a duration",
}  # fmt: skip


def words(value: Any) -> str:
    return WORDS[kind_of(value)]


def item(value: Any, index: Any) -> Any:
    if isinstance(value, list | tuple):
        if isinstance(index, float) and index.is_integer():
            index = int(index)
        if type(index) is not int:
            raise Fault(f"A list is read by position, not by {words(index)}.")
        if not 0 <= index < len(value):
            raise Fault(f"There is no item {index} in a list of {len(value)}. Positions count from 0.")
        return value[index]
    if isinstance(value, Mapping):
        if not isinstance(index, str):
            raise Fault(f"An object is read by name, not by {words(index)}.")
        if index not in value:
            raise Fault(f"There is no field {index!r} here.")
        return value[index]
    raise Fault(f"{words(value)} cannot be read with [ ].")


def equal(first: Any, second: Any) -> bool:
    """JSON's typed equality: 1 equals 1.0, true is not 1."""
    kind, other = kind_of(first), kind_of(second)
    if kind in NUMBER:
        return other in NUMBER and bool(first == second)
    if kind != other:
        return False
    if kind == "list":
        return len(first) == len(second) and all(map(equal, first, second))
    if kind == "map":
        return first.keys() == second.keys() and all(equal(first[key], second[key]) for key in first)
    return bool(first == second)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def step(first: Any, second: Any) -> bool:
        kind, other = kind_of(first), kind_of(second)
        if kind != other and not (kind in NUMBER and other in NUMBER):
            raise TypeError
        if kind in ("null", "list", "map"):
            raise TypeError
        return compare(first, second)

    return step


def _contains(value: Any, container: Any) -> bool:
    if isinstance(container, Mapping):
        return isinstance(value, str) and value in container
    if isinstance(container, list | tuple):
        return any(equal(value, entry) for entry in container)
    raise TypeError


def _numeric(first: Any, second: Any) -> bool:
    """Whether both are numbers; integers stay integers, an integer meets a float as a float."""
    return kind_of(first) in NUMBER and kind_of(second) in NUMBER


def _number(result: Any) -> Any:
    return integer(result) if isinstance(result, int) else result


def _add(first: Any, second: Any) -> Any:
    if _numeric(first, second):
        return _number(first + second)
    kinds = {kind_of(first), kind_of(second)}
    if kinds in ({"text"}, {"list"}, {"duration"}, {"timestamp", "duration"}):
        return first + second
    raise TypeError


def _subtract(first: Any, second: Any) -> Any:
    if _numeric(first, second):
        return _number(first - second)
    if isinstance(first, datetime) and isinstance(second, datetime | timedelta):
        return first - second
    if isinstance(first, timedelta) and isinstance(second, timedelta):
        return first - second
    raise TypeError


def _multiply(first: Any, second: Any) -> Any:
    if _numeric(first, second):
        return _number(first * second)
    raise TypeError


def _divide(first: Any, second: Any) -> Any:
    if not _numeric(first, second):
        raise TypeError
    if isinstance(first, int) and isinstance(second, int):
        if second == 0:
            raise Fault("Division by zero. Test the divisor first.")
        quotient = abs(first) // abs(second)
        return integer(quotient if (first < 0) == (second < 0) else -quotient)
    if second == 0:
        return (
            math.nan
            if first == 0 or math.isnan(first)
            else math.copysign(math.inf, first) * math.copysign(1, second)
        )
    return first / second


def _remainder(first: Any, second: Any) -> Any:
    if not _numeric(first, second) or not float(first).is_integer() or not float(second).is_integer():
        raise TypeError
    first, second = int(first), int(second)
    if second == 0:
        raise Fault("Remainder by zero. Test the divisor first.")
    return first - second * _divide(first, second)


OPERATIONS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "==": equal,
    "!=": lambda first, second: not equal(first, second),
    "<": _ordered(lambda first, second: first < second),
    "<=": _ordered(lambda first, second: first <= second),
    ">": _ordered(lambda first, second: first > second),
    ">=": _ordered(lambda first, second: first >= second),
    "in": _contains,
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "%": _remainder,
}
