"""Exact numbers and typed equality of JSON values.

Owns:      numbers as exact decimals, equality as JSON Schema means it (1 equals 1.0, true is not 1), bounds
           on the size of a document.
Never:     trusts Python's `==` between JSON values.
"""

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from contracts.canonical import JSON

Exact = int | Fraction

MAX_NESTING: Final = 128
MAX_NODES: Final = 200_000


def is_number(value: JSON) -> bool:
    """A finite JSON number."""
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


def exact(value: int | float) -> Exact:
    """The decimal that the shortest form of the number shows; 0.1 is one tenth."""
    if isinstance(value, int):
        return int(value)
    if value.is_integer() and abs(value) < 2**53:
        return int(value)
    return simplified(Fraction(repr(value)))


def simplified(value: Exact) -> Exact:
    return value.numerator if value.denominator == 1 else value


def as_json_number(value: Exact) -> int | float | None:
    """The JSON number that is exactly this, or None when no int64 or finite double is."""
    if isinstance(value, int):
        if abs(value) < 2**63:
            return value
        number = _float(Fraction(value))
    else:
        number = _float(value)
    return number if number is not None and Fraction(repr(number)) == value else None


def _float(value: Fraction) -> float | None:
    try:
        return float(value)
    except OverflowError:
        return None


def is_equal(left: JSON, right: JSON) -> bool:
    """Equality of JSON values: typed, numbers by value, order of keys without meaning."""
    if isinstance(left, bool) or isinstance(right, bool) or left is None or right is None:
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return _is_equal_number(left, right)
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(is_equal, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(is_equal(left[key], right[key]) for key in left)
    return False


def _is_equal_number(left: int | float, right: int | float) -> bool:
    if is_number(left) and is_number(right):
        return exact(left) == exact(right)
    return repr(left) == repr(right)


def oversize(document: JSON) -> str | None:
    """Why a document is too large to judge, or None. Reads without recursion, so any depth is safe."""
    level: list[JSON] = [document]
    nodes = 0
    for _ in range(MAX_NESTING + 1):
        level = [item for item in level if isinstance(item, dict | list)]
        if not level:
            return None
        nodes += sum(map(len, level))
        if nodes > MAX_NODES:
            return f"holds more than {MAX_NODES} values"
        level = [child for item in level for child in children(item)]
    return f"is nested deeper than {MAX_NESTING} levels"


def children(value: JSON) -> Iterable[JSON]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
