"""Finite automata for patterns: determinised as they are walked, linear in the text, never backtracking.

Owns:      `automaton_of(pattern)`, matching, and the sets of characters that a pattern tells apart.
Promises:  a walk costs one step a character; construction is bounded by MAX_NFA and MAX_DFA states.
"""

from bisect import bisect_right
from functools import lru_cache
from itertools import pairwise
from typing import Final

from contracts.schema.regex import (
    EVERYTHING,
    WORD,
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

MAX_NFA: Final = 4_000
MAX_DFA: Final = 4_000

_START, _OTHER, _WORD, _END = range(4)  # what stands before or after a place in the text
SINK: Final = -1  # matched already, whatever follows


class Automaton:
    """One pattern, searched for anywhere in a text."""

    def __init__(self, pattern: str) -> None:
        self.empty: list[list[tuple[str, int]]] = []
        self.moves: list[tuple[Ranges, int] | None] = []
        start = self._state()
        entry, final = self._build(parse_pattern(pattern))
        self._move(start, EVERYTHING, start)
        self.empty[start].append(("", entry))
        self.final = final
        signs = {sign for edges in self.empty for sign, _ in edges}
        self.sees_words = bool(signs & {"b", "B"})
        self.alphabet = {move[0] for move in self.moves if move is not None}
        if self.sees_words:
            self.alphabet.add(WORD)
        self.cuts = sorted(
            {cut for ranges in self.alphabet for low, high in ranges for cut in (low, high + 1)}
        )
        self.states: dict[tuple[frozenset[int], int], int] = {}
        self.contents: list[tuple[frozenset[int], int]] = []
        self.steps: list[dict[int, int]] = []
        self.accepting: list[bool | None] = []
        self.initial = self._numbered(frozenset([start]), _START)

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

    def _numbered(self, content: frozenset[int], before: int) -> int:
        key = (content, before)
        number = self.states.get(key)
        if number is None:
            if len(self.contents) >= MAX_DFA:
                raise NotRegular(f"it needs more than {MAX_DFA} deterministic states")
            number = self.states[key] = len(self.contents)
            self.contents.append(key)
            self.steps.append({})
            self.accepting.append(None)
        return number

    def _closure(self, content: frozenset[int], before: int, after: int) -> set[int]:
        result = set(content)
        pending = list(content)
        while pending:
            for sign, target in self.empty[pending.pop()]:
                if target not in result and (not sign or _holds(sign, before, after)):
                    result.add(target)
                    pending.append(target)
        return result

    def letter(self, point: int) -> int:
        """The class of a character: characters with one number are never told apart by this pattern."""
        return bisect_right(self.cuts, point)

    def step(self, state: int, point: int) -> int:
        """The state after one more character."""
        if state == SINK:
            return SINK
        letter = bisect_right(self.cuts, point)
        following = self.steps[state].get(letter)
        if following is None:
            following = self.steps[state][letter] = self._step(state, point)
        return following

    def _step(self, state: int, point: int) -> int:
        content, before = self.contents[state]
        after = _WORD if self.sees_words and _is_in(point, WORD) else _OTHER
        places = self._closure(content, before, after)
        if self.final in places:
            return SINK
        moved = {move[1] for place in places if (move := self.moves[place]) and _is_in(point, move[0])}
        return self._numbered(frozenset(moved), after)

    def accepts(self, state: int) -> bool:
        """Whether a text that ends here matches."""
        if state == SINK:
            return True
        known = self.accepting[state]
        if known is None:
            content, before = self.contents[state]
            known = self.accepting[state] = self.final in self._closure(content, before, _END)
        return known

    def matches(self, text: str) -> bool:
        state = self.initial
        for character in text:
            state = self.step(state, ord(character))
            if state == SINK:
                return True
        return self.accepts(state)


def _holds(sign: str, before: int, after: int) -> bool:
    match sign:
        case "^":
            return before == _START
        case "$":
            return after == _END
        case "b":
            return (before == _WORD) != (after == _WORD)
    return (before == _WORD) == (after == _WORD)


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
