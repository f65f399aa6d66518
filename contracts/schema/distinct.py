"""Distinct values for the items of an array: a matching of positions and values."""

from typing import Final

from contracts.canonical import JSON
from contracts.schema.exact import is_equal
from contracts.schema.outcome import EMPTY, Outcome, found, stuck, worse
from contracts.schema.searching import Searching
from contracts.schema.terms import Cells

MAX_DISTINCT: Final = 150


def distinct_values(cells: list[Cells], search: Searching, path: str) -> Outcome:
    """One value for each of these cells, no two equal.

    Cells with as many values as there are positions always find a free one, so only the narrow ones compete.
    """
    if len(cells) > MAX_DISTINCT:
        return stuck(f"more than {MAX_DISTINCT} distinct items")
    pools: dict[int, _Pool] = {}
    for item in cells:
        if item.key not in pools:
            pools[item.key] = _Pool(item, search, path)
            pools[item.key].draw(len(cells))
    if any(pool.is_stuck for pool in pools.values()):
        return stuck("the distinct items could not be listed")
    return _matched([pools[item.key] for item in cells])


class _Pool:
    """Values of one set of cells, each once."""

    def __init__(self, cells: Cells, search: Searching, path: str) -> None:
        self.cells = cells
        self.search = search
        self.path = path
        self.values: list[JSON] = []
        self.weakest = found(None)
        self.is_stuck = False

    def draw(self, count: int) -> None:
        cells = self.cells
        while len(self.values) < count:
            outcome = self.search.inhabit([cells], self.path)
            if outcome.is_empty:
                return
            if not outcome.has_value:
                self.is_stuck = True
                return
            self.weakest = worse(self.weakest, outcome)
            self.values.append(outcome.value)
            space = self.search.space
            cells = space.meet([cells, space.opposite(self.search.exactly(outcome.value))])


def _matched(pools: list[_Pool]) -> Outcome:
    """Augmenting paths; a position that cannot be served proves that there is no such array."""
    values: list[JSON] = []
    wishes = [[_number(value, values) for value in pool.values] for pool in pools]
    holder: dict[int, int] = {}

    def serve(position: int, seen: set[int]) -> bool:
        for value in wishes[position]:
            if value not in seen:
                seen.add(value)
                if value not in holder or serve(holder[value], seen):
                    holder[value] = position
                    return True
        return False

    if not all(serve(position, set()) for position in range(len(pools))):
        return EMPTY
    chosen = {position: values[number] for number, position in holder.items()}
    weakest = found(None)
    for pool in pools:
        weakest = worse(weakest, pool.weakest)
    return weakest.with_value([chosen[position] for position in range(len(pools))])


def _number(value: JSON, values: list[JSON]) -> int:
    for index, known in enumerate(values):
        if is_equal(known, value):
            return index
    values.append(value)
    return len(values) - 1
