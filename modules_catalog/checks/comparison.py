"""Whether two outputs are the same under a contract's comparators; for examples, replay and shadows.

Owns:      the meaning of exact, ignore, unordered, absolute and relative.
Promises:  the comparator with the longest matching pointer decides; true is not 1, and 1 equals 1.0.
Never:     reads tables: they come as rows, and are compared column by column.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from contracts.canonical import JSON, canonical_bytes
from contracts.module import ModuleContract
from contracts.problems import pointer
from modules_catalog.contract_file import tokens_of

MAX_DIFFERENCES: Final = 100
_MAX_UNMATCHED: Final = 200
_ABSENT: Final = object()
Path = tuple[str | int, ...]
Rule = Any  # "exact" | "ignore" | "unordered" | {"absolute": number} | {"relative": number}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One place where two outputs differ. `expected` and `actual` are None where there is nothing."""

    path: str
    comparator: Rule
    message: str
    expected: JSON = None
    actual: JSON = None


def compare_outputs(
    contract: ModuleContract, expected: Mapping[str, Any], actual: Mapping[str, Any]
) -> list[Difference]:
    """Differences of two outputs by port, at most 100. Values are JSON, rows of tables, bytes of binaries."""
    comparison = _Comparison(contract.comparators)
    sides = [
        {
            name: _columns(value)
            if name in contract.ports.outputs and contract.ports.outputs[name].media == "table"
            else value
            for name, value in side.items()
        }
        for side in (expected, actual)
    ]
    return list(islice(comparison.differences(sides[0], sides[1], ()), MAX_DIFFERENCES))


def _columns(rows: Sequence[Mapping[str, JSON]]) -> dict[str, list[JSON]]:
    names = sorted({name for row in rows for name in row})
    return {name: [row.get(name) for row in rows] for name in names}


class _Comparison:
    def __init__(self, comparators: Mapping[str, Rule]) -> None:
        self._rules = [(tuple(tokens_of(place) or ()), rule) for place, rule in comparators.items()]

    def differences(self, expected: Any, actual: Any, path: Path) -> Iterator[Difference]:
        rule, is_last = self._rule(path)
        if rule == "ignore" and is_last:
            return
        if isinstance(expected, dict) and isinstance(actual, dict):
            yield from self._objects(expected, actual, path)
        elif isinstance(expected, list) and isinstance(actual, list):
            if rule == "unordered":
                yield from self._unordered(expected, actual, path)
            else:
                yield from self._lists(expected, actual, path)
        elif rule != "ignore" and not _is_same(rule, expected, actual):
            yield _difference(path, rule, expected, actual)

    def _rule(self, path: Path) -> tuple[Rule, bool]:
        """The rule at a place, and whether none stands below it."""
        best: tuple[int, int] = (-1, -1)
        rule: Rule = "exact"
        is_last = True
        for tokens, candidate in self._rules:
            shared = min(len(tokens), len(path))
            if any(step not in ("*", str(part)) for step, part in zip(tokens[:shared], path, strict=False)):
                continue
            if len(tokens) > len(path):
                is_last = False
            elif (rank := (len(tokens), sum(step != "*" for step in tokens))) > best:
                best, rule = rank, candidate
        return rule, is_last

    def _objects(self, expected: dict[str, Any], actual: dict[str, Any], path: Path) -> Iterator[Difference]:
        for key in sorted(expected.keys() | actual.keys()):
            place = (*path, key)
            left, right = expected.get(key, _ABSENT), actual.get(key, _ABSENT)
            if left is not _ABSENT and right is not _ABSENT:
                yield from self.differences(left, right, place)
            elif self._rule(place)[0] != "ignore":
                yield _difference(place, self._rule(place)[0], left, right)

    def _lists(self, expected: list[Any], actual: list[Any], path: Path) -> Iterator[Difference]:
        for index, (left, right) in enumerate(zip(expected, actual, strict=False)):
            yield from self.differences(left, right, (*path, index))
        yield from self._lengths(expected, actual, path)

    def _lengths(self, expected: list[Any], actual: list[Any], path: Path) -> Iterator[Difference]:
        if len(expected) != len(actual):
            message = f"{len(expected)} items were expected, there are {len(actual)}."
            yield Difference(path=pointer(*path), comparator=self._rule(path)[0], message=message)

    def _unordered(self, expected: list[Any], actual: list[Any], path: Path) -> Iterator[Difference]:
        """Equal items first, by their canonical bytes; what is left is paired one by one."""
        yield from self._lengths(expected, actual, path)
        left, right = _without_equal(expected, actual)
        if max(len(left), len(right)) > _MAX_UNMATCHED:
            message = f"{len(left)} items have no equal partner; that is too many to pair them."
            yield Difference(path=pointer(*path), comparator="unordered", message=message)
            return
        for item in left:
            partner = next(
                (
                    at
                    for at, other in enumerate(right)
                    if not any(self.differences(item, other, (*path, "*")))
                ),
                None,
            )
            if partner is None:
                yield _difference((*path, "*"), "unordered", item, _ABSENT)
            else:
                del right[partner]
        for item in right:
            yield _difference((*path, "*"), "unordered", _ABSENT, item)


def _without_equal(expected: list[Any], actual: list[Any]) -> tuple[list[Any], list[Any]]:
    keys = [[canonical_bytes(item) for item in side] for side in (expected, actual)]
    shared = Counter(keys[0]) & Counter(keys[1])
    rests = []
    for side, side_keys in zip((expected, actual), keys, strict=True):
        left = Counter(shared)
        rest = []
        for item, key in zip(side, side_keys, strict=True):
            if left[key]:
                left[key] -= 1
            else:
                rest.append(item)
        rests.append(rest)
    return rests[0], rests[1]


def _is_same(rule: Rule, expected: Any, actual: Any) -> bool:
    if _is_number(expected) and _is_number(actual):
        distance = abs(expected - actual)
        if isinstance(rule, dict) and "absolute" in rule:
            return bool(distance <= rule["absolute"])
        if isinstance(rule, dict) and "relative" in rule:
            return bool(distance <= rule["relative"] * max(abs(expected), abs(actual)))
        return bool(expected == actual)
    return type(expected) is type(actual) and bool(expected == actual)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _difference(path: Path, rule: Rule, expected: Any, actual: Any) -> Difference:
    if expected is _ABSENT:
        message = "Was not expected."
    elif actual is _ABSENT:
        message = "Is missing."
    else:
        message = f"{_shown(expected)} was expected, {_shown(actual)} came."
    return Difference(
        path=pointer(*path),
        comparator=rule,
        message=message,
        expected=None if expected is _ABSENT else expected,
        actual=None if actual is _ABSENT else actual,
    )


def _shown(value: Any) -> str:
    text = f"{len(value)} bytes" if isinstance(value, bytes) else repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"
