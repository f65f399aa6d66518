"""Finite automata for patterns: deterministic, linear in the text, never backtracking.

Owns:      `automaton_of(pattern)`, matching, and the sets of characters that a pattern tells apart.
Promises:  a walk costs one step a character; construction is bounded by MAX_NFA and MAX_DFA states.
"""

from bisect import bisect_right
from functools import lru_cache
from itertools import pairwise
from typing import Final

from contracts.schema.regex import (
    EVERYTHING,
    Assertion,
    Chars,
    Choice,
    Node,
    NotRegular,
    Ranges,
    Repeat,
    Sequence,
    parse_pattern,
)

MAX_NFA: Final = 3_000
MAX_DFA: Final = 2_000

_START, _OTHER, _END = range(3)  # what stands before or after a place in the text
SINK: Final = -1  # matched already, whatever follows


class Automaton:
    """One pattern, searched for anywhere in a text; complete and unchanging once it is made."""

    def __init__(self, pattern: str) -> None:
        nfa = _Nfa(parse_pattern(pattern))
        self.alphabet = {move[0] for move in nfa.moves if move is not None}
        self.cuts = sorted(
            {cut for ranges in self.alphabet for low, high in ranges for cut in (low, high + 1)}
        )
        self._explore(nfa)

    def _explore(self, nfa: "_Nfa") -> None:
        """Every deterministic state, with its row of following states by interval between cuts."""
        points = [0, *self.cuts]
        start = (frozenset([nfa.start]), _START)
        numbers = {start: 0}
        order = [start]
        self.rows: list[list[int]] = []
        for state in order:
            row = []
            steps: dict[tuple[bool, ...], int] = {}
            for point in points:
                signature = tuple(_is_in(point, ranges) for ranges in nfa.sets)
                if signature not in steps:
                    steps[signature] = _numbered(nfa.step(state, point), numbers, order)
                row.append(steps[signature])
            self.rows.append(row)
        self.accepting = [nfa.accepts(state) for state in order]

    def step(self, state: int, point: int) -> int:
        """The state after one more character; SINK once nothing can undo the match."""
        return SINK if state == SINK else self.rows[state][bisect_right(self.cuts, point)]

    def accepts(self, state: int) -> bool:
        """Whether a text that ends here matches."""
        return state == SINK or self.accepting[state]

    def matches(self, text: str) -> bool:
        state = 0
        for character in text:
            state = self.rows[state][bisect_right(self.cuts, ord(character))]
            if state == SINK:
                return True
        return self.accepting[state]


_Content = tuple[frozenset[int], int]  # places in the pattern, and what stood before


def _numbered(content: _Content | None, numbers: dict[_Content, int], order: list[_Content]) -> int:
    if content is None:
        return SINK
    if content not in numbers:
        if len(order) >= MAX_DFA:
            raise NotRegular(f"it needs more than {MAX_DFA} deterministic states")
        numbers[content] = len(order)
        order.append(content)
    return numbers[content]


class _Nfa:
    """The pattern as a non-deterministic automaton with assertions on its empty moves."""

    def __init__(self, tree: Node) -> None:
        self.empty: list[list[tuple[str, int]]] = []
        self.moves: list[tuple[Ranges, int] | None] = []
        self.start = self._state()
        entry, self.final = self._build(tree)
        self._move(self.start, EVERYTHING, self.start)
        self.empty[self.start].append(("", entry))
        self.sets = sorted({move[0] for move in self.moves if move is not None})

    def _state(self) -> int:
        if len(self.moves) >= MAX_NFA:
            raise NotRegular(f"it needs more than {MAX_NFA} states")
        self.empty.append([])
        self.moves.append(None)
        return len(self.moves) - 1

    def _move(self, source: int, ranges: Ranges, target: int) -> None:
        self.moves[source] = (ranges, target)

    def _build(self, node: Node) -> tuple[int, int]:
        match node:
            case Chars(ranges):
                source, target = self._state(), self._state()
                self._move(source, ranges, target)
                return source, target
            case Assertion(sign):
                source, target = self._state(), self._state()
                self.empty[source].append((sign, target))
                return source, target
            case Sequence(parts):
                entry = end = self._state()
                for part in parts:
                    first, last = self._build(part)
                    self.empty[end].append(("", first))
                    end = last
                return entry, end
            case Choice(parts):
                entry, end = self._state(), self._state()
                for part in parts:
                    first, last = self._build(part)
                    self.empty[entry].append(("", first))
                    self.empty[last].append(("", end))
                return entry, end
            case Repeat(part, least, most):
                return self._repeat(part, least, most)

    def _repeat(self, part: Node, least: int, most: int | None) -> tuple[int, int]:
        entry = end = self._state()
        for _ in range(least):
            first, last = self._build(part)
            self.empty[end].append(("", first))
            end = last
        if most is None:
            first, last = self._build(part)
            loop = self._state()
            self.empty[end].append(("", loop))
            self.empty[loop].append(("", first))
            self.empty[last].append(("", loop))
            return entry, loop
        exits = [end]
        for _ in range(most - least):
            first, last = self._build(part)
            self.empty[end].append(("", first))
            end = last
            exits.append(end)
        final = self._state()
        for place in exits:
            self.empty[place].append(("", final))
        return entry, final

    def _closure(self, content: frozenset[int], before: int, after: int) -> set[int]:
        result = set(content)
        pending = list(content)
        while pending:
            for sign, target in self.empty[pending.pop()]:
                if target not in result and (not sign or _holds(sign, before, after)):
                    result.add(target)
                    pending.append(target)
        return result

    def step(self, state: _Content, point: int) -> _Content | None:
        """The places after one more character; None when the match is complete whatever follows."""
        content, before = state
        places = self._closure(content, before, _OTHER)
        if self.final in places:
            return None
        moved = {move[1] for place in places if (move := self.moves[place]) and _is_in(point, move[0])}
        return frozenset(moved), _OTHER

    def accepts(self, state: _Content) -> bool:
        content, before = state
        return self.final in self._closure(content, before, _END)


def _holds(sign: str, before: int, after: int) -> bool:
    return before == _START if sign == "^" else after == _END


def _is_in(point: int, ranges: Ranges) -> bool:
    return any(low <= point <= high for low, high in ranges)


@lru_cache(maxsize=512)
def automaton_of(pattern: str) -> Automaton:
    """The automaton of a pattern; raises `NotRegular`."""
    return Automaton(pattern)


@lru_cache(maxsize=512)
def why_not_regular(pattern: str) -> str | None:
    """Why a pattern is outside of the regular subset, or None."""
    try:
        automaton_of(pattern)
    except NotRegular as error:
        return str(error)
    return None


def letters(automata: list[Automaton]) -> list[list[tuple[int, int]]]:
    """The characters that these patterns tell apart: ranges for each class, without surrogates."""
    cuts = sorted({0, 0xD800, 0xE000, 0x110000, *(cut for item in automata for cut in item.cuts)})
    groups: dict[tuple[bool, ...], list[tuple[int, int]]] = {}
    sets = sorted({ranges for item in automata for ranges in item.alphabet if ranges != EVERYTHING})
    for low, end in pairwise(cuts):
        if 0xD800 <= low < 0xE000 or low > 0x10FFFF:
            continue
        signature = tuple(_is_in(low, ranges) for ranges in sets)
        groups.setdefault(signature, []).append((low, end - 1))
    return list(groups.values())
