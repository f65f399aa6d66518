"""The search: is what is left of A when B is taken away empty?

Owns:      the choice between alternatives. It looks for a value of the literals it has, asks which
           alternatives that value leaves open, and branches on those alone.
Promises:  `empty` only when every branch was refuted; a set that is asked for within itself counts as
           empty, which is right because the smallest value of a set never holds another value of that set.
"""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import product
from typing import Final

from contracts.canonical import JSON
from contracts.schema.arrays import ArraySearch
from contracts.schema.evaluate import Evaluator
from contracts.schema.numeric import find_number
from contracts.schema.objects import ObjectSearch
from contracts.schema.outcome import EMPTY, Fuel, Outcome, better, found, maybe, stuck
from contracts.schema.strings import Strings
from contracts.schema.terms import (
    ARRAY,
    KINDS,
    NUMBER,
    OBJECT,
    STRING,
    Cells,
    Handle,
    Space,
    Term,
    literals,
    truth,
)

MAX_PROOF: Final = 60
_NEVER: Final = 1 << 30
_SINGLE: Final[tuple[JSON, ...]] = (None, False, True)

_Units = dict[int, Term]
_CONJUNCTIONS: Final[dict[int, type[ArraySearch] | type[ObjectSearch]]] = {
    ARRAY: ArraySearch,
    OBJECT: ObjectSearch,
}


class Search:
    """Looks for values, remembers what it found, and writes down what it refuted."""

    def __init__(self, space: Space, strings: Strings, evaluator: Evaluator, fuel: Fuel) -> None:
        self.space = space
        self.strings = strings
        self.evaluator = evaluator
        self.fuel = fuel
        self.exactly: Callable[[JSON], Cells]
        self.proof: list[str] = []
        self.candidates: list[JSON] = []
        self._known: dict[tuple[int, int], Outcome] = {}
        self._active: dict[tuple[int, int], int] = {}
        self._reached = _NEVER  # the outermost active set that the current refutation leans on

    def inhabit(self, handles: Iterable[Handle], path: str) -> Outcome:
        """A value that all these cells allow; kinds in their order, so small values come first."""
        cells = self.space.meet(handles)
        best = EMPTY
        for kind, term in enumerate(cells.terms):
            if term is not self.space.false:
                best = better(best, self.find(kind, term, path))
                if best.is_found:
                    break
        return best

    def find(self, kind: int, term: Term, path: str) -> Outcome:
        """A value of one kind."""
        key = (kind, term.key)
        known = self._known.get(key)
        if known is not None:
            return known
        if kind in (ARRAY, OBJECT):
            return self._find_structure(key, kind, term, path)
        if kind == NUMBER:
            outcome = find_number(term, self.fuel)
        elif kind == STRING:
            outcome = self.strings.find(term)
        else:
            outcome = _find_single(term, _SINGLE[kind])
        self._known[key] = outcome
        if outcome.is_empty:
            self.refuted(path, KINDS[kind], "nothing is left")
        return outcome

    def _find_structure(self, key: tuple[int, int], kind: int, term: Term, path: str) -> Outcome:
        if key in self._active:
            self._reached = min(self._reached, self._active[key])
            return EMPTY
        depth = len(self._active)
        self._active[key] = depth
        outer, self._reached = self._reached, _NEVER
        try:
            units: _Units = {}
            clauses: dict[int, Term] = {}
            outcome = EMPTY
            if self._extended(units, clauses, term):
                outcome = self._branch(kind, units, clauses, path)
        finally:
            del self._active[key]
        leans_outwards = self._reached < depth
        if not leans_outwards or outcome.is_found:
            self._known[key] = outcome
        self._reached = min(outer, self._reached) if leans_outwards else outer
        return outcome

    def _extended(self, units: _Units, clauses: dict[int, Term], term: Term) -> bool:
        """Adds a term to the literals and the alternatives; False when it plainly contradicts them."""
        for part in term.parts if term.op == "and" else (term,):
            if part is self.space.false:
                return False
            if part.op == "or":
                clauses[part.key] = part
            elif part.op != "true":
                if part.complement is not None and part.complement.key in units:
                    return False
                if part.op in ("opaque", "not_opaque") and self.space.negated(part).key in units:
                    return False
                units[part.key] = part
        return True

    def _branch(self, kind: int, units: _Units, clauses: dict[int, Term], path: str) -> Outcome:
        self.fuel.spend(1 + len(units) // 8)
        conjunction = _CONJUNCTIONS[kind](units.values(), self, path)
        outcome = conjunction.run()
        if outcome.status == "maybe":
            self.candidates.append(outcome.value)
        if outcome.is_empty:
            return EMPTY
        clause = self._open_clause(kind, units, clauses, outcome)
        if clause is None:
            return outcome
        rest = {key: item for key, item in clauses.items() if item is not clause}
        best = EMPTY
        known = dict(units)
        for part in clause.parts:
            if conjunction.refutes(part):
                continue
            more, others = dict(known), dict(rest)
            if not self._extended(more, others, part):
                continue
            result = self._branch(kind, more, others, path)
            if result.is_found:
                return result
            best = better(best, result)
            if rest and result.is_empty and not part.parts:
                opposite = self.space.negated(part)
                known[opposite.key] = opposite
        return best

    def _open_clause(
        self, kind: int, units: _Units, clauses: dict[int, Term], outcome: Outcome
    ) -> Term | None:
        """An alternative that the value found so far does not settle: the one with the fewest choices."""
        chosen: Term | None = None
        for clause in clauses.values():
            if any(part.key in units for part in clause.parts):
                continue
            if outcome.has_value and self._is_settled(kind, clause, units, outcome.value):
                continue
            if chosen is None or len(clause.parts) < len(chosen.parts):
                chosen = clause
        return chosen

    def _is_settled(self, kind: int, clause: Term, units: _Units, value: JSON) -> bool:
        """Whether the value fulfils an alternative; what contradicts a literal needs no look."""
        for part in clause.parts:
            if part.complement is not None and part.complement.key in units:
                continue
            if self.evaluator.term_holds(part, kind, value):
                return True
        return False

    def refuted(self, path: str, kind: str, reason: str) -> Outcome:
        if len(self.proof) < MAX_PROOF:
            self.proof.append(f"{path or '/'}: {kind}: {reason}")
        return EMPTY


def _is_chosen(chosen: dict[str, bool], literal: Term) -> bool:
    return chosen[literal.args[0]] is (literal.op == "opaque")


def _find_single(term: Term, value: JSON) -> Outcome:
    """A kind with one value: only rules that are not modelled can stand in its term."""
    names = sorted({literal.args[0] for literal in literals(term)})
    if len(names) > 8:
        return stuck("too many rules that are not modelled")
    answers = set()
    for signs in product((True, False), repeat=len(names)):
        chosen = dict(zip(names, signs, strict=True))
        answers.add(truth(term, partial(_is_chosen, chosen)))
    if answers == {False}:
        return EMPTY
    return found(value) if answers == {True} else maybe(value, "a rule that is not modelled")
