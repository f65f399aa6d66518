"""Objects: is a conjunction of object literals empty, and if not, which object fulfils it?

A demand ("some key of this set has such a value") is placed on a key: one that is used already, one that is
named somewhere, or a fresh one of a set of keys that the literals do not tell apart. Fewest keys come first.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from contracts.canonical import JSON
from contracts.problems import pointer
from contracts.schema.outcome import EMPTY, Outcome, better, found, maybe, stuck, worse
from contracts.schema.searching import Searching
from contracts.schema.terms import Handle, Term

MAX_KEYS: Final = 3_000
_Placed = dict[str, tuple[Handle, ...]]


@dataclass(slots=True)
class _Region:
    """Keys that no literal names and that none tells apart."""

    inside: dict[int, bool]
    source: Iterator[str]
    drawn: list[str] = field(default_factory=list)

    def has(self, keys: Term) -> bool:
        return self.inside[keys.key]

    def fresh(self, used: _Placed) -> str | None:
        """The first key of the region that is not used, None when the region is exhausted."""
        for key in self.drawn:
            if key not in used:
                return key
        for key in self.source:
            self.drawn.append(key)
            if key not in used:
                return key
        return None


class ObjectSearch:
    """One conjunction of object literals."""

    def __init__(self, units: Iterable[Term], search: Searching, path: str) -> None:
        self.search = search
        self.strings = search.strings
        self.path = path
        self.by_name: dict[str, list[Handle]] = {}
        self.general: list[tuple[Term, Handle]] = []
        self.forced: _Placed = {}
        self.demands: list[tuple[Term, Handle]] = []
        self.least: list[tuple[int, Term]] = []
        self.most: list[tuple[int, Term]] = []
        self.key_sets: dict[int, Term] = {}
        self.doubt = ""
        self._regions: list[_Region] | None = None
        self._names: frozenset[str] | None = None
        for unit in units:
            self._take(unit)

    def _take(self, unit: Term) -> None:
        if unit.op in ("opaque", "not_opaque"):
            self.doubt = "a rule that is not modelled"
            return
        keys = unit.args[1] if unit.op in ("keys", "no_keys") else unit.args[0]
        if self.strings.atoms(keys).opaque:
            self.doubt = "a pattern that is not regular"
            return
        self.key_sets[keys.key] = keys
        match unit.op:
            case "every" if keys.op == "in":
                for name in keys.args[0]:
                    self.by_name.setdefault(name, []).append(unit.args[1])
            case "every":
                self.general.append(unit.args)
            case "some" if keys.op == "in" and len(keys.args[0]) == 1:
                (name,) = keys.args[0]
                self.forced[name] = (*self.forced.get(name, ()), unit.args[1])
            case "some":
                self.demands.append(unit.args)
            case "keys":
                self.least.append(unit.args)
            case "no_keys":
                self.most.append(unit.args)

    def run(self) -> Outcome:
        """An object that fulfils every literal."""
        for name, wanted in self.forced.items():
            outcome = self._value(name, wanted)
            if outcome.is_empty:
                return self.search.refuted(self._at(name), "object", f"no value is left for the key {name!r}")
        outcome = self._placed(self.forced, 0)
        if outcome.is_empty:
            return self.search.refuted(self.path, "object", "no choice of keys fulfils every rule")
        if self.doubt and outcome.has_value:
            return maybe(outcome.value, self.doubt)
        return outcome

    def refutes(self, literal: Term) -> bool:
        """Whether one more literal leaves no value for a key: a quick look, the search may find more."""
        if literal.op not in ("every", "some") or literal.args[0].op != "in":
            return False
        names = literal.args[0].args[0]
        if literal.op == "some" and len(names) > 1:
            return False
        needed = [name for name in sorted(names) if literal.op == "some" or name in self.forced]
        return any(
            self._value(name, (*self.forced.get(name, ()), literal.args[1])).is_empty for name in needed
        )

    def _at(self, name: str) -> str:
        return self.path + pointer(name)

    def _value(self, name: str, wanted: tuple[Handle, ...]) -> Outcome:
        """A value for a key that fulfils what is demanded of it and what every key must."""
        handles = [*wanted, *self.by_name.get(name, ())]
        handles.extend(cells for keys, cells in self.general if self.strings.holds(keys, name))
        return self.search.inhabit(handles, self._at(name))

    def names(self) -> frozenset[str]:
        if self._names is None:
            sets = (self.strings.atoms(keys).names for keys in self.key_sets.values())
            self._names = frozenset().union(*sets)
        return self._names

    def regions(self) -> list[_Region]:
        """The keys that nobody names, split by the sets of keys that the literals speak of."""
        if self._regions is None:
            self._regions = self._split()
        return self._regions

    def _split(self) -> list[_Region]:
        space = self.search.space
        bare = {key: self.strings.bare(keys) for key, keys in self.key_sets.items()}
        cutting = {term.key: term for term in bare.values() if term.op not in ("true", "false")}
        parts: list[tuple[Term, dict[int, bool]]] = [(space.true, {})]
        for cut in cutting.values():
            halves = ((cut, True), (space.negated(cut), False))
            split = [
                (space.all_of([term, half]), {**signs, cut.key: sign})
                for term, signs in parts
                for half, sign in halves
            ]
            parts = [(term, signs) for term, signs in split if self._has_texts(term)]
            self.search.fuel.spend(len(split))
        return [self._region(term, signs, bare) for term, signs in parts]

    def _has_texts(self, term: Term) -> bool:
        return next(self.strings.texts(term, self.names()), None) is not None

    def _region(self, term: Term, signs: dict[int, bool], bare: dict[int, Term]) -> _Region:
        inside = {
            key: keys.op == "true" or (keys.op != "false" and signs[keys.key]) for key, keys in bare.items()
        }
        return _Region(inside, self.strings.texts(term, self.names()))

    def _options(self, keys: Term, placed: _Placed) -> Iterator[str]:
        """The keys of a set: used ones first, then those with a name, then fresh ones."""
        used = [name for name in placed if self.strings.holds(keys, name)]
        yield from used
        yield from self._unused(keys, placed)

    def _unused(self, keys: Term, placed: _Placed) -> Iterator[str]:
        named = keys.args[0] if keys.op == "in" else self.names()
        for name in sorted(named):
            if name not in placed and self.strings.holds(keys, name):
                yield name
        if keys.op == "in":
            return
        for region in self.regions():
            if region.has(keys):
                key = region.fresh(placed)
                if key is not None:
                    yield key

    def _placed(self, placed: _Placed, index: int) -> Outcome:
        """Places the demands from `index` on."""
        self.search.fuel.spend(1)
        if self._is_overfull(placed):
            return EMPTY
        if index == len(self.demands):
            return self._filled(placed)
        keys, wanted = self.demands[index]
        best = EMPTY
        for key in self._options(keys, placed):
            with_key = {**placed, key: (*placed.get(key, ()), wanted)}
            if self._value(key, with_key[key]).is_empty:
                continue
            best = better(best, self._placed(with_key, index + 1))
            if best.is_found:
                break
        return best

    def _is_overfull(self, placed: _Placed) -> bool:
        return any(self._number_in(keys, placed) > most for most, keys in self.most)

    def _number_in(self, keys: Term, placed: Iterable[str]) -> int:
        return sum(1 for name in placed if self.strings.holds(keys, name))

    def _filled(self, placed: _Placed) -> Outcome:
        """Adds keys until there are enough of them, and then gives each its value."""
        filled = dict(placed)
        for least, keys in self.least:
            if least > MAX_KEYS:
                return stuck(f"more than {MAX_KEYS} keys are needed")
            missing = least - self._number_in(keys, filled)
            while missing > 0:
                key = self._filler(keys, filled)
                if key is None:
                    return EMPTY if self._fills_exactly() else self._weighed(placed, set())
                filled[key] = ()
                missing -= 1
        return self._built(filled)

    def _filler(self, keys: Term, filled: _Placed) -> str | None:
        """One more key of the set; all fresh keys of a region are alike, so one of each is tried."""
        self.search.fuel.spend(1)
        for key in self._unused(keys, filled):
            is_possible = not self._value(key, ()).is_empty
            if is_possible and not (self.most and self._is_overfull({**filled, key: ()})):
                return key
        return None

    def _fills_exactly(self) -> bool:
        """Whether any further key would have counted against the same bounds, so that there was no choice."""
        if len(self.least) > 1:
            return False
        wanted = self.least[0][1]
        return all(keys is wanted or keys.op == "true" for _, keys in self.most)

    def _weighed(self, filled: _Placed, seen: set[frozenset[str]]) -> Outcome:
        """Tries every choice of further keys, where several bounds compete for them."""
        self.search.fuel.spend(1)
        lacking = next((keys for least, keys in self.least if self._number_in(keys, filled) < least), None)
        if lacking is None:
            return self._built(filled)
        best = EMPTY
        for key in self._unused(lacking, filled):
            more = {**filled, key: ()}
            names = frozenset(more)
            if names in seen or self._value(key, ()).is_empty or self._is_overfull(more):
                continue
            seen.add(names)
            best = better(best, self._weighed(more, seen))
            if best.is_found:
                break
        return best

    def _built(self, filled: _Placed) -> Outcome:
        value: dict[str, JSON] = {}
        weakest = found(None)
        for key, wanted in filled.items():
            outcome = self._value(key, wanted)
            if outcome.is_empty:
                return EMPTY
            weakest = worse(weakest, outcome)
            value[key] = outcome.value
        return weakest.with_value(value)
