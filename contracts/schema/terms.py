"""Sets of values of one JSON kind as interned formulas, and cells: one formula for each kind.

Owns:      literals and their complements, conjunction, disjunction, `Cells`, references that are opened
           later.
Promises:  equal formulas are the same object, so identity decides equality and a formula meets its
           complement.
Kinds:     null, false, true, number, string, array, object. Literals of each kind are listed in
           `_COMPLEMENTS`.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

KINDS: Final = ("null", "false", "true", "number", "string", "array", "object")
NUMBER, STRING, ARRAY, OBJECT = 3, 4, 5, 6

_COMPLEMENTS: Final = {
    # number: x >= a, x < a, x > a, x <= a; a multiple of m; one of these points
    "at_least": "below",
    "below": "at_least",
    "above": "at_most",
    "at_most": "above",
    "multiple": "not_multiple",
    "not_multiple": "multiple",
    # number and string: one of these
    "in": "out",
    "out": "in",
    # string: a pattern
    "match": "mismatch",
    "mismatch": "match",
    # array: all items are distinct, two are equal
    "unique": "repeated",
    "repeated": "unique",
    # any kind: holds by a rule that is not modelled, named by its fingerprint
    "opaque": "not_opaque",
    "not_opaque": "opaque",
}
# Literals with a bound n, whose complement has another bound: at least n  <->  at most n - 1.
_COUNTED: Final = {
    "longer": ("shorter", -1),  # string: length >= n
    "shorter": ("longer", 1),
    "more": ("fewer", -1),  # array: length >= n
    "fewer": ("more", 1),
    "having": ("lacking", -1),  # array: at least n items in some cells
    "lacking": ("having", 1),
    "keys": ("no_keys", -1),  # object: at least n keys in a set of keys
    "no_keys": ("keys", 1),
}
# Universal and existential literals, whose complement has the complement of the cells.
_QUANTIFIED: Final = {"items": "item", "item": "items", "every": "some", "some": "every"}


class Term:
    """A set of values of one kind. `op` is true, false, and, or, or the name of a literal."""

    __slots__ = ("args", "complement", "key", "op", "parts")

    def __init__(self, op: str, args: tuple[Any, ...], parts: tuple["Term", ...], key: int) -> None:
        self.op = op
        self.args = args
        self.parts = parts
        self.key = key
        self.complement: Term | None = None

    def __repr__(self) -> str:
        if self.parts:
            return f"({f' {self.op} '.join(map(repr, self.parts))})"
        return self.op + (f"{self.args}" if self.args else "")


class Cells:
    """A set of JSON values: one term for each kind."""

    __slots__ = ("complement", "key", "terms")

    def __init__(self, terms: tuple[Term, ...], key: int) -> None:
        self.terms = terms
        self.key = key
        self.complement: Cells | None = None

    def __repr__(self) -> str:
        return f"Cells{self.terms}"


class Deferred:
    """Cells that are made when they are asked for, so that a schema may refer to itself."""

    __slots__ = ("cells", "complement", "is_negated", "key", "open_source")

    def __init__(self, open_source: Callable[[], Cells], key: int, *, is_negated: bool) -> None:
        self.open_source = open_source
        self.key = key
        self.is_negated = is_negated
        self.cells: Cells | None = None
        self.complement: Deferred | None = None


Handle = Cells | Deferred


class Space:
    """The interned terms and cells of one judgement."""

    def __init__(self) -> None:
        self._terms: dict[tuple[Any, ...], Term] = {}
        self._cells: dict[tuple[Term, ...], Cells] = {}
        self._meets: dict[frozenset[Handle], Cells] = {}
        self._keys = 0
        self.true = self._term("true", (), ())
        self.false = self._term("false", (), ())
        self.true.complement, self.false.complement = self.false, self.true
        self.anything = self.cells((self.true,) * 7)
        self.nothing = self.cells((self.false,) * 7)

    def _key(self) -> int:
        self._keys += 1
        return self._keys

    def _term(self, op: str, args: tuple[Any, ...], parts: tuple[Term, ...]) -> Term:
        name = (op, args, parts)
        term = self._terms.get(name)
        if term is None:
            term = self._terms[name] = Term(op, args, parts, self._key())
        return term

    def literal(self, op: str, *args: Any) -> Term:
        """A literal, or true or false where it plainly is."""
        match op:
            case "in" | "out" if not args[0]:
                return self.false if op == "in" else self.true
            case "longer" | "more" | "having" | "keys" if args[0] <= 0:
                return self.true
            case "shorter" | "fewer" | "lacking" | "no_keys" if args[0] < 0:
                return self.false
            case "every" | "some" | "items" | "item":
                return self._quantified(op, args)
            case "lacking" if args[1] is self.nothing:
                return self.true
            case "having" if args[1] is self.nothing:
                return self.false
        return self._term(op, args, ())

    def _quantified(self, op: str, args: tuple[Any, ...]) -> Term:
        is_universal = op in ("every", "items")
        is_empty_range = (
            args[0] is self.false if op in ("every", "some") else args[1] is not None and args[0] >= args[1]
        )
        if is_empty_range or args[-1] is (self.anything if is_universal else self.nothing):
            return self.true if is_universal else self.false
        return self._term(op, args, ())

    def negated(self, term: Term) -> Term:
        if term.complement is None:
            term.complement = other = self._negated(term)
            if other.complement is None:
                other.complement = term
        return term.complement

    def _negated(self, term: Term) -> Term:
        if term.op == "and":
            return self.any_of(map(self.negated, term.parts))
        if term.op == "or":
            return self.all_of(map(self.negated, term.parts))
        if term.op in _COUNTED:
            op, shift = _COUNTED[term.op]
            return self.literal(op, term.args[0] + shift, *term.args[1:])
        if term.op in _QUANTIFIED:
            return self.literal(_QUANTIFIED[term.op], *term.args[:-1], self.opposite(term.args[-1]))
        return self.literal(_COMPLEMENTS[term.op], *term.args)

    def all_of(self, terms: Iterable[Term]) -> Term:
        return self._joined("and", terms, absorbing=self.false, neutral=self.true)

    def any_of(self, terms: Iterable[Term]) -> Term:
        return self._joined("or", terms, absorbing=self.true, neutral=self.false)

    def _joined(self, op: str, terms: Iterable[Term], *, absorbing: Term, neutral: Term) -> Term:
        found: dict[int, Term] = {}
        for term in terms:
            if term is absorbing:
                return absorbing
            for part in term.parts if term.op == op else (term,):
                if part is not neutral:
                    found[part.key] = part
        if len(found) < 2:
            return next(iter(found.values()), neutral)
        sets = 0
        for part in found.values():
            if part.complement is not None and part.complement.key in found:
                return absorbing
            sets += part.op in ("in", "out")
        parts = [found[key] for key in sorted(found)]
        if sets > 1:
            parts = self._folded(op, parts)
            if len(parts) == 1 or absorbing in parts:
                return absorbing if absorbing in parts else parts[0]
        return self._term(op, (), tuple(parts))

    def _folded(self, op: str, parts: list[Term]) -> list[Term]:
        """Sets of points become one set: long enumerations stay one literal."""
        sets = [part for part in parts if part.op in ("in", "out")]
        inside = [part.args[0] for part in sets if part.op == "in"]
        outside = [part.args[0] for part in sets if part.op == "out"]
        rest = [part for part in parts if part.op not in ("in", "out")]
        if op == "or":
            inside, outside = outside, inside
        shared = frozenset.intersection(*inside) if inside else None
        barred = frozenset().union(*outside)
        if shared is not None:
            return [*rest, self.literal("in" if op == "and" else "out", shared - barred)]
        return [*rest, self.literal("out" if op == "and" else "in", barred)]

    def cells(self, terms: tuple[Term, ...]) -> Cells:
        cells = self._cells.get(terms)
        if cells is None:
            cells = self._cells[terms] = Cells(terms, self._key())
        return cells

    def opposite(self, handle: Handle) -> Handle:
        if handle.complement is None:
            if isinstance(handle, Deferred):
                other = Deferred(handle.open_source, self._key(), is_negated=not handle.is_negated)
                handle.complement, other.complement = other, handle
            else:
                mirror = self.cells(tuple(map(self.negated, handle.terms)))
                handle.complement, mirror.complement = mirror, handle
        assert handle.complement is not None
        return handle.complement

    def deferred(self, open_source: Callable[[], Cells]) -> Deferred:
        return Deferred(open_source, self._key(), is_negated=False)

    def opened(self, handle: Handle) -> Cells:
        if isinstance(handle, Cells):
            return handle
        if handle.cells is None:
            cells: Handle = handle.open_source()
            if handle.is_negated:
                cells = self.opposite(cells)
            assert isinstance(cells, Cells)
            handle.cells = cells
        return handle.cells

    def meet(self, handles: Iterable[Handle]) -> Cells:
        """The values that all of these allow."""
        unique = frozenset(handles)
        cells = self._meets.get(unique)
        if cells is None:
            cells = self._meets[unique] = self._opened_meet(unique)
        return cells

    def _opened_meet(self, handles: frozenset[Handle]) -> Cells:
        if not handles:
            return self.anything
        if any(handle.complement in handles for handle in handles):
            return self.nothing
        opened = [self.opened(handle).terms for handle in sorted(handles, key=lambda handle: handle.key)]
        return self.cells(tuple(map(self._met, *opened)))

    def _met(self, *terms: Term) -> Term:
        """`all_of`, quick where one term decides."""
        chosen = self.true
        for term in terms:
            if term is self.false or chosen is self.true:
                chosen = term
            elif term is not self.true and term is not chosen:
                return self.all_of(terms)
            if chosen is self.false:
                return chosen
        return chosen

    def union(self, all_cells: Iterable[Cells]) -> Cells:
        items = list(all_cells)
        return self.cells(tuple(self.any_of(item.terms[kind] for item in items) for kind in range(7)))


def truth(term: Term, of_literal: Callable[[Term], bool | None]) -> bool | None:
    """Whether a term holds when its literals do; None when that hangs on an unknown literal."""
    if term.op == "true":
        return True
    if term.op == "false":
        return False
    if not term.parts:
        return of_literal(term)
    decisive = term.op == "or"
    is_unknown = False
    for part in term.parts:
        value = truth(part, of_literal)
        if value is decisive:
            return decisive
        is_unknown = is_unknown or value is None
    return None if is_unknown else not decisive


def literals(term: Term) -> set[Term]:
    """The literals of a term, each once."""
    found: set[Term] = set()
    pending = [term]
    seen = {term.key}
    while pending:
        item = pending.pop()
        if not item.parts:
            if item.op not in ("true", "false"):
                found.add(item)
            continue
        for part in item.parts:
            if part.key not in seen:
                seen.add(part.key)
                pending.append(part)
    return found
