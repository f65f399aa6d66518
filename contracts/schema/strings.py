"""Texts: is a term of the string kind empty, and if not, which texts are in it?

Owns:      lengths, patterns and enumerations together; the keys of objects are texts too.
Promises:  decides every term whose patterns are regular; lists texts shortest first and knows when there
           are no more.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, product

from contracts.schema.automaton import automaton_of
from contracts.schema.outcome import EMPTY, Fuel, Outcome, OutOfFuel, better, found, maybe, stuck
from contracts.schema.product import Product, Walk, product_of
from contracts.schema.terms import Space, Term, literals, truth

MAX_TEXT = 200_000
_MAX_OPAQUE = 5


@dataclass(frozen=True, slots=True)
class _Atoms:
    names: frozenset[str]
    patterns: tuple[str, ...]
    cuts: tuple[int, ...]  # a length from which some literal changes
    opaque: tuple[tuple[object, ...], ...]


class Strings:
    """Answers about terms of the string kind within one judgement."""

    def __init__(self, space: Space, fuel: Fuel) -> None:
        self.space = space
        self.fuel = fuel
        self._atoms: dict[int, _Atoms] = {}
        self._found: dict[int, Outcome] = {}
        self._bare: dict[int, Term] = {}
        self._products: dict[tuple[str, ...], Product] = {}

    def atoms(self, term: Term) -> _Atoms:
        known = self._atoms.get(term.key)
        if known is None:
            known = self._atoms[term.key] = _atoms(term)
        return known

    def holds(self, term: Term, text: str) -> bool | None:
        """Whether the text is in the term; None where a literal is opaque."""
        self.fuel.spend(1)
        return truth(term, lambda literal: _literal_holds(literal, text))

    def find(self, term: Term) -> Outcome:
        """A text in the term, a short one where there is a choice."""
        outcome = self._found.get(term.key)
        if outcome is None:
            outcome = self._found[term.key] = self._find(term)
        return outcome

    def _find(self, term: Term) -> Outcome:
        atoms = self.atoms(term)
        best = EMPTY
        for name in sorted(atoms.names, key=lambda text: (len(text), text)):
            value = self.holds(term, name)
            if value is not False:
                best = better(best, found(name) if value else maybe(name, "a pattern that is not regular"))
            if best.is_found:
                return best
        if len(atoms.opaque) > _MAX_OPAQUE:
            return better(best, stuck("too many rules that are not modelled"))
        for signs in product((True, False), repeat=len(atoms.opaque)):
            fixed = dict(zip(atoms.opaque, signs, strict=True))
            text = next(self._texts(term, atoms, fixed), None)
            if text is not None:
                outcome = maybe(text, "a pattern that is not regular") if atoms.opaque else found(text)
                best = better(best, outcome)
        return best

    def texts(self, term: Term, barred: frozenset[str]) -> Iterator[str]:
        """Every text of a term without opaque literals, except the barred ones, shortest first."""
        atoms = self.atoms(term)
        named = [name for name in atoms.names if name not in barred and self.holds(term, name)]
        yield from sorted(named, key=lambda text: (len(text), text))
        for text in self._texts(term, atoms, {}):
            if text not in barred:
                yield text

    def count(self, term: Term, barred: frozenset[str], *, up_to: int) -> int:
        return sum(1 for _ in islice(self.texts(term, barred), up_to))

    def bare(self, term: Term) -> Term:
        """The term for a text that none of its enumerations names."""
        known = self._bare.get(term.key)
        if known is None:
            known = self._bare[term.key] = self._without_names(term)
        return known

    def _without_names(self, term: Term) -> Term:
        if term.op in ("in", "out"):
            return self.space.false if term.op == "in" else self.space.true
        if not term.parts:
            return term
        joined = self.space.all_of if term.op == "and" else self.space.any_of
        return joined(map(self.bare, term.parts))

    def _texts(self, term: Term, atoms: _Atoms, fixed: dict[tuple[object, ...], bool]) -> Iterator[str]:
        """The texts that no enumeration names, by length."""
        walker = self._product(atoms.patterns)
        edges = [0, *atoms.cuts]
        for index, low in enumerate(edges):
            high = edges[index + 1] - 1 if index + 1 < len(edges) else None
            accepts = _acceptance(term, atoms.patterns, low, fixed)
            self.fuel.spend(2)
            walk = walker.walk(accepts, self.fuel)
            for text in _lengths(walk, low, high):
                self.fuel.spend(1)
                if text not in atoms.names:
                    yield text

    def _product(self, patterns: tuple[str, ...]) -> Product:
        if patterns not in self._products:
            self._products[patterns] = product_of(patterns)
            self.fuel.spend(self._products[patterns].cost)
        return self._products[patterns]


def _lengths(walk: Walk, low: int, high: int | None) -> Iterator[str]:
    length = walk.first_length(low)
    while length is not None and (high is None or length <= high):
        if length > MAX_TEXT:
            raise OutOfFuel
        yield from walk.texts(length)
        length = walk.first_length(length + 1)


def _atoms(term: Term) -> _Atoms:
    names: set[str] = set()
    patterns: set[str] = set()
    cuts: set[int] = set()
    opaque: set[tuple[object, ...]] = set()
    for literal in literals(term):
        match literal.op:
            case "in" | "out":
                names |= literal.args[0]
            case "match" | "mismatch":
                patterns.add(literal.args[0])
            case "longer":
                cuts.add(literal.args[0])
            case "shorter":
                cuts.add(literal.args[0] + 1)
            case _:
                opaque.add(literal.args)
    return _Atoms(frozenset(names), tuple(sorted(patterns)), tuple(sorted(cuts - {0})), tuple(sorted(opaque)))


def _literal_holds(literal: Term, text: str) -> bool | None:
    value = literal.args[0]
    match literal.op:
        case "in":
            return text in value
        case "out":
            return text not in value
        case "match":
            return automaton_of(value).matches(text)
        case "mismatch":
            return not automaton_of(value).matches(text)
        case "longer":
            return bool(len(text) >= value)
        case "shorter":
            return bool(len(text) <= value)
    return None


def _acceptance(
    term: Term, patterns: tuple[str, ...], length: int, fixed: dict[tuple[object, ...], bool]
) -> Callable[[tuple[bool, ...]], bool]:
    """Whether a text of about this length is in the term, given which patterns it matches."""
    place = {pattern: index for index, pattern in enumerate(patterns)}

    def accepts(flags: tuple[bool, ...]) -> bool:
        def holds(literal: Term) -> bool:
            value = literal.args[0]
            match literal.op:
                case "in" | "out":
                    return literal.op == "out"
                case "match":
                    return flags[place[value]]
                case "mismatch":
                    return not flags[place[value]]
                case "longer":
                    return bool(length >= value)
                case "shorter":
                    return bool(length <= value)
                case "opaque":
                    return fixed[literal.args]
            return not fixed[literal.args]

        return truth(term, holds) is True

    return accepts
