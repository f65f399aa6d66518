"""Several patterns walked together: which lengths and which texts lead to an accepted combination of matches.

Owns:      the reachable product of automata, and the lengths at which it accepts, as an eventually periodic
           series.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

from contracts.schema.automaton import Automaton, automaton_of, letters
from contracts.schema.outcome import Fuel, OutOfFuel

MAX_PRODUCT: Final = 5_000
_LONG: Final = 60
_PREFERRED: Final = "a0A-_ .,bcdefghijklmnopqrstuvwxyz123456789BCDEFGHIJKLMNOPQRSTUVWXYZ@/:é"

State = tuple[int, ...]
Ranges = list[tuple[int, int]]


class Product:
    """The reachable states of automata that read the same text."""

    def __init__(self, patterns: tuple[str, ...]) -> None:
        automata = [automaton_of(pattern) for pattern in patterns]
        groups = [(_preference(group), group) for group in letters(automata)]
        self.letters = [group for _, group in sorted(groups, key=lambda pair: pair[0])]
        self.points = [_representative(group) for group in self.letters]
        self._explore(automata)
        self.sources: list[set[int]] = [set() for _ in self.moves]
        for source, row in enumerate(self.moves):
            for target in row:
                self.sources[target].add(source)

    @property
    def cost(self) -> int:
        """The steps that it takes to make."""
        return len(self.moves) * len(self.points)

    def walk(self, accepts: Callable[[tuple[bool, ...]], bool], fuel: Fuel) -> "Walk":
        verdicts: dict[tuple[bool, ...], bool] = {}
        for flags in self.flags:
            if flags not in verdicts:
                verdicts[flags] = accepts(flags)
        targets = frozenset(index for index, flags in enumerate(self.flags) if verdicts[flags])
        return Walk(self, targets, fuel)

    def _explore(self, automata: list[Automaton]) -> None:
        start: State = (0,) * len(automata)
        numbers = {start: 0}
        order = [start]
        self.moves: list[list[int]] = []
        for state in order:
            row = []
            for point in self.points:
                following = tuple(item.step(at, point) for item, at in zip(automata, state, strict=True))
                if following not in numbers:
                    if len(order) >= MAX_PRODUCT:
                        raise OutOfFuel
                    numbers[following] = len(order)
                    order.append(following)
                row.append(numbers[following])
            self.moves.append(row)
        self.flags = [
            tuple(item.accepts(at) for item, at in zip(automata, state, strict=True)) for state in order
        ]


@lru_cache(maxsize=256)
def product_of(patterns: tuple[str, ...]) -> Product:
    """The product of regular patterns, complete and unchanging; raises `OutOfFuel` when it is too large."""
    return Product(patterns)


class Walk:
    """The texts that end in one of the target states."""

    def __init__(self, product: Product, targets: frozenset[int], fuel: Fuel) -> None:
        self.product = product
        self.fuel = fuel
        self.series: list[frozenset[int]] = [targets]  # states that reach a target in exactly n steps
        self.seen = {targets: 0}
        self.loop: tuple[int, int] | None = None  # where the series begins to repeat, and its period

    def reaching(self, steps: int) -> frozenset[int]:
        """The states from which a target is exactly so many steps away."""
        while steps >= len(self.series) and self.loop is None:
            self._extend()
        if steps < len(self.series):
            return self.series[steps]
        assert self.loop is not None
        start, period = self.loop
        return self.series[start + (steps - start) % period]

    def _extend(self) -> None:
        last = self.series[-1]
        self.fuel.spend(1 + len(last) // 4)
        before = frozenset(source for target in last for source in self.product.sources[target])
        if before in self.seen:
            self.loop = (self.seen[before], len(self.series) - self.seen[before])
        else:
            self.seen[before] = len(self.series)
            self.series.append(before)

    def first_length(self, least: int) -> int | None:
        """The shortest length from `least` on that some text has, or None when there is none."""
        length = least
        while True:
            if 0 in self.reaching(length):
                return length
            length += 1
            if self.loop is not None and length >= max(self.loop[0], least) + self.loop[1]:
                return None
            self.fuel.spend(1)

    def texts(self, length: int) -> Iterator[str]:
        """The texts of one length; of a very long one only the first."""
        if length > _LONG:
            yield self._longest(length)
            raise OutOfFuel
        yield from self._continued(0, length)

    def _continued(self, state: int, length: int) -> Iterator[str]:
        if length == 0:
            yield ""
            return
        allowed = self.reaching(length - 1)
        for letter, target in enumerate(self.product.moves[state]):
            if target in allowed:
                for character in _characters(self.product.letters[letter]):
                    for rest in self._continued(target, length - 1):
                        yield character + rest

    def _longest(self, length: int) -> str:
        state = 0
        text: list[str] = []
        for left in range(length - 1, -1, -1):
            allowed = self.reaching(left)
            letter = next(
                index for index, target in enumerate(self.product.moves[state]) if target in allowed
            )
            text.append(chr(self.product.points[letter]))
            state = self.product.moves[state][letter]
        return "".join(text)


def _characters(group: Ranges) -> Iterator[str]:
    """Every character of a class, the plain ones first."""
    preferred = [character for character in _PREFERRED if _is_in(ord(character), group)]
    yield from preferred
    for low, high in group:
        for point in range(low, high + 1):
            if chr(point) not in _PREFERRED:
                yield chr(point)


def _is_in(point: int, group: Ranges) -> bool:
    return any(low <= point <= high for low, high in group)


def _preference(group: Ranges) -> tuple[int, int]:
    for rank, character in enumerate(_PREFERRED):
        if _is_in(ord(character), group):
            return rank, group[0][0]
    return len(_PREFERRED), group[0][0]


def _representative(group: Ranges) -> int:
    return ord(next(_characters(group)))
