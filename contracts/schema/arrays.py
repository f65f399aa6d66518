"""Arrays: is a conjunction of array literals empty, and if not, which array fulfils it?

Items behind the last position that a literal names are alike, so only few lengths need a look: an array
that is longer could lose an item that nothing demands.
"""

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Final

from contracts.schema.distinct import distinct_values
from contracts.schema.outcome import EMPTY, Outcome, better, found, maybe, stuck, worse
from contracts.schema.searching import Searching
from contracts.schema.terms import Cells, Handle, Term

MAX_LENGTH: Final = 5_000
MAX_HEAD: Final = 500
MAX_DEMANDS: Final = 60
_MAX_SIGNED: Final = 24

_Extra = dict[int, tuple[Handle, ...]]
_Demand = tuple[int, int | None, Handle]
_Signs = tuple[int, ...]  # 1 for each bound that an item counts against


class ArraySearch:
    """One conjunction of array literals."""

    def __init__(self, units: Iterable[Term], search: Searching, path: str) -> None:
        self.search = search
        self.path = path
        self.least = 0
        self.most: int | None = None
        self.everywhere: list[_Demand] = []
        self.demands: list[_Demand] = []
        self.groups: list[int] = []  # demands of one group need different items; 0: no group
        self.counts: dict[Handle, int] = {}
        self.limits: list[tuple[int, Handle]] = []
        self.is_unique = False
        self.is_repeated = False
        self.doubt = ""
        for unit in units:
            self._take(unit)
        for cells, count in self.counts.items():
            self.demands.extend([(0, None, cells)] * min(count, MAX_DEMANDS + 1))
            self.groups.extend([cells.key] * min(count, MAX_DEMANDS + 1))
        ends = [low if high is None else high for low, high, _ in (*self.everywhere, *self.demands)]
        self.head = max(ends, default=0)

    def _take(self, unit: Term) -> None:
        args = unit.args
        match unit.op:
            case "more":
                self.least = max(self.least, args[0])
            case "fewer":
                self.most = args[0] if self.most is None else min(self.most, args[0])
            case "items":
                self.everywhere.append(args)
            case "item":
                self.demands.append(args)
                self.groups.append(0)
            case "having":
                self.counts[args[1]] = max(self.counts.get(args[1], 0), args[0])
                self.least = max(self.least, args[0])
            case "lacking":
                self._limit(*args)
            case "unique":
                self.is_unique = True
            case "repeated":
                self.is_repeated = True
                self.least = max(self.least, 2)
            case _:
                self.doubt = "a rule that is not modelled"

    def _limit(self, most: int, cells: Handle) -> None:
        """One bound for each set of cells, the lowest."""
        known = [count for count, other in self.limits if other is cells]
        self.limits = [limit for limit in self.limits if limit[1] is not cells]
        self.limits.append((min([most, *known]), cells))

    def run(self) -> Outcome:
        """An array that fulfils every literal."""
        if self.is_unique and self.is_repeated:
            return self.search.refuted(self.path, "array", "items cannot be distinct and equal")
        if self.head > MAX_HEAD or len(self.demands) > MAX_DEMANDS:
            return stuck("too many positions")
        self._bound_length()
        if self.most is not None and self.least > self.most:
            return self.search.refuted(
                self.path, "array", f"{self.least} items are needed, {self.most} are possible"
            )
        if self.least > MAX_LENGTH:
            return stuck(f"more than {MAX_LENGTH} items are needed")
        outcome = self._by_length()
        if outcome.is_empty:
            return self.search.refuted(self.path, "array", "no choice of items fulfils every rule")
        if self.doubt and outcome.has_value:
            return maybe(outcome.value, self.doubt)
        return outcome

    def refutes(self, literal: Term) -> bool:
        """Whether one more literal plainly contradicts the others; nothing is plain about arrays."""
        return False

    def _bound_length(self) -> None:
        """The first position that no value can fill ends every array."""
        for position in range(self.head + 1):
            if self.most is not None and position >= self.most:
                return
            if self._value(position, ()).is_empty:
                self.most = position
                return

    def _by_length(self) -> Outcome:
        enough = max(self.least, self.head + len(self.demands) + (2 if self.is_repeated else 0))
        last = enough if self.most is None else min(self.most, enough)
        best = EMPTY
        for length in range(self.least, last + 1):
            best = better(best, self._placed({}, 0, length, frozenset()))
            if best.is_found:
                break
        return best

    def _handles(self, position: int, extra: tuple[Handle, ...]) -> list[Handle]:
        handles = list(extra)
        for low, high, cells in self.everywhere:
            if low <= position and (high is None or position < high):
                handles.append(cells)
        return handles

    def _value(self, position: int, extra: tuple[Handle, ...]) -> Outcome:
        return self.search.inhabit(self._handles(position, extra), f"{self.path}/{position}")

    def _positions(self, low: int, high: int | None, length: int, extra: _Extra) -> Iterator[int]:
        """Where a demand may be placed: all of the head, the used ones of the tail and one more."""
        end = length if high is None else min(high, length)
        for position in range(low, end):
            yield position
            if position >= self.head and position not in extra:
                return

    def _placed(self, extra: _Extra, index: int, length: int, taken: frozenset[tuple[int, int]]) -> Outcome:
        """Places the demands from `index` on in an array of this length."""
        self.search.fuel.spend(1)
        if index == len(self.demands):
            return self._with_twins(extra, length) if self.is_repeated else self._limited(extra, length, {})
        low, high, wanted = self.demands[index]
        group = self.groups[index]
        best = EMPTY
        for position in self._positions(low, high, length, extra):
            if (group, position) in taken:
                continue
            more = (*extra.get(position, ()), wanted)
            if self._value(position, more).is_empty:
                continue
            marks = taken | {(group, position)} if group else taken
            best = better(best, self._placed({**extra, position: more}, index + 1, length, marks))
            if best.is_found:
                break
        return best

    def _with_twins(self, extra: _Extra, length: int) -> Outcome:
        """Two positions get the same value."""
        used = sorted({*range(min(length, self.head)), *extra})
        spare = [position for position in range(self.head, length) if position not in extra][:2]
        places = [*used, *spare]
        best = EMPTY
        for index, left in enumerate(places):
            for right in places[index + 1 :]:
                shared = (
                    *self._handles(left, extra.get(left, ())),
                    *self._handles(right, extra.get(right, ())),
                )
                if self.search.inhabit(shared, f"{self.path}/{left}").is_empty:
                    continue
                twins = {right: left}
                best = better(best, self._limited({**extra, left: shared, right: shared}, length, twins))
                if best.is_found:
                    return best
        return best

    def _limited(self, extra: _Extra, length: int, twins: dict[int, int]) -> Outcome:
        """Keeps the number of items in some cells low. A twin goes the way of the item that it equals."""
        if not self.limits:
            return self._built([self._meet(position, extra) for position in range(length)])
        if len(self.limits) == 1 and not self.is_unique:
            return self._outside(extra, length)
        if length > _MAX_SIGNED:
            return stuck("several bounds on matching items of a long array")
        return self._signed([], extra, length, twins)

    def _meet(self, position: int, extra: _Extra) -> Cells:
        return self.search.space.meet(self._handles(position, extra.get(position, ())))

    def _outside(self, extra: _Extra, length: int) -> Outcome:
        """With one bound, each item stays outside of its cells where it can: there is nothing to weigh."""
        left, limited = self.limits[0]
        chosen = []
        for position in range(length):
            cells = self._meet(position, extra)
            outside = self.search.space.meet([cells, self.search.space.opposite(limited)])
            if self.search.inhabit([outside], f"{self.path}/{position}").is_empty:
                outside = cells
                left -= 1
            if left < 0:
                return EMPTY
            chosen.append(outside)
        return self._built(chosen)

    def _signed(self, signed: list[_Signs], extra: _Extra, length: int, twins: dict[int, int]) -> Outcome:
        """Tries for each item which bounds it counts against, fewest first."""
        self.search.fuel.spend(1)
        position = len(signed)
        if position == length:
            return self._built([self._meet_signed(at, extra, signs) for at, signs in enumerate(signed)])
        best = EMPTY
        for signs in [signed[twins[position]]] if position in twins else self._sign_choices():
            more = [*signed, signs]
            counts = [sum(column) for column in zip(*more, strict=True)]
            if any(count > most for count, (most, _) in zip(counts, self.limits, strict=True)):
                continue
            cells = self._meet_signed(position, extra, signs)
            if self.search.inhabit([cells], f"{self.path}/{position}").is_empty:
                continue
            best = better(best, self._signed(more, extra, length, twins))
            if best.is_found:
                break
        return best

    def _sign_choices(self) -> list[_Signs]:
        return sorted(product((0, 1), repeat=len(self.limits)), key=sum)

    def _meet_signed(self, position: int, extra: _Extra, signs: _Signs) -> Cells:
        space = self.search.space
        handles = self._handles(position, extra.get(position, ()))
        for (_, cells), sign in zip(self.limits, signs, strict=True):
            handles.append(cells if sign else space.opposite(cells))
        return space.meet(handles)

    def _built(self, cells: list[Cells]) -> Outcome:
        if self.is_unique and len(cells) > 1:
            return distinct_values(cells, self.search, self.path)
        weakest = found(None)
        values = []
        for position, item in enumerate(cells):
            outcome = self.search.inhabit([item], f"{self.path}/{position}")
            if outcome.is_empty:
                return EMPTY
            weakest = worse(weakest, outcome)
            values.append(outcome.value)
        return weakest.with_value(values)
