"""Bugs to plant into the rules of the checker, one at a time; the suite must notice each."""

import importlib
import inspect
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

# module, function (or Class.method), what stands there, what the bug makes of it
PLANTED: list[tuple[str, str, str, str]] = [
    ("exact", "is_equal", "left is right", "left == right"),
    ("exact", "exact", "Fraction(repr(value))", "Fraction(round(value))"),
    ("numeric", "_literal_holds", "value >= bound", "value > bound"),
    ("numeric", "_literal_holds", "value < bound", "value <= bound"),
    ("numeric", "_literal_holds", "value > bound", "value >= bound"),
    ("numeric", "_literal_holds", "return not is_multiple(value, bound)", "return is_multiple(value, bound)"),
    ("numeric", "_between", "edges: list[Exact | None] = [None, *bounds, None]", "edges = [*bounds, None]"),
    ("numeric", "_common", "lcm(left.numerator, right.numerator)", "gcd(left.numerator, right.numerator)"),
    ("numeric", "_pick", "if 1 in periods:", "if periods:"),
    ("numeric", "_pick", "if not wanted:", "if wanted:"),
    ("numeric", "_inside", "return not chosen[atom.args[0]]", "return False"),
    ("numeric", "_lattice_bounds", ".__floor__()) + 1", ".__floor__()) + 2"),
    ("strings", "_atoms", "cuts.add(literal.args[0] + 1)", "cuts.add(literal.args[0])"),
    ("strings", "_literal_holds", "len(text) >= value", "len(text) > value"),
    ("strings", "_acceptance", 'return literal.op == "out"', "return False"),
    ("strings", "_acceptance", "return not flags[place[value]]", "return flags[place[value]]"),
    ("strings", "_acceptance", "length <= value", "length < value"),
    ("strings", "Strings._find", "if best.is_found:", "if best.is_found or best.is_empty:"),
    ("product", "Walk.first_length", "if 0 in self.reaching(length):", "if self.reaching(length):"),
    ("product", "Walk._extend", "if before in self.seen:", "if True:"),
    ("automaton", "_Nfa._repeat", "for _ in range(least):", "for _ in range(max(least, 1)):"),
    ("automaton", "_Nfa._repeat", "for _ in range(most - least):", "for _ in range(most - least + 1):"),
    ("automaton", "_holds", "before == _START if", "True if"),
    ("automaton", "_holds", "after == _END", "True"),
    ("automaton", "_Nfa.accepts", "self._closure(content, before, _END)", "content"),
    ("regex", "inverted", "if start <= LAST:", "if False:"),
    ("regex", "_Reader.klass", "inverted(result) if is_inverted else result", "result"),
    ("regex", "_Reader.choice", 'while self.accept("|"):', 'if self.accept("|"):'),
    ("terms", "Space._negated", "term.args[0] + shift", "term.args[0]"),
    ("terms", "Space._negated", "self.opposite(term.args[-1])", "term.args[-1]"),
    ("terms", "Space._folded", "shared - barred", "shared"),
    ("terms", "Space._folded", "frozenset.intersection(*inside)", "frozenset.union(*inside)"),
    ("terms", "Space.opened", "if handle.is_negated:", "if False:"),
    ("terms", "Space._quantified", "self.anything if is_universal else self.nothing", "self.nothing"),
    ("scalar_terms", "type_cells", 'if name == "integer"', 'if name == "number"'),
    ("scalar_terms", "number_term", "if bound is not None:", "if bound:"),
    ("scalar_terms", "value_cells", "2 if value else 1", "1 if value else 2"),
    (
        "object_terms",
        "_ObjectReader._fields",
        "self.space.negated(self.space.any_of(declared))",
        "self.space.true",
    ),
    ("object_terms", "_ObjectReader._fields", "declared.append(keys)", "pass"),
    ("object_terms", "_ObjectReader._names", "wrong = self.space.negated(names)", "wrong = names"),
    (
        "object_terms",
        "_ObjectReader._dependent",
        "absent = self.space.negated(self._present(name))",
        "absent = self.space.false",
    ),
    (
        "object_terms",
        "_ObjectReader._counts",
        'literal("keys", least - filled',
        'literal("keys", least + filled',
    ),
    ("object_terms", "_ObjectReader._counts", 'literal("no_keys", most - filled', 'literal("no_keys", most'),
    ("object_terms", "_ObjectReader._filled", "if accepted:", "if True:"),
    ("object_terms", "_ObjectReader._present", "if name in self.defaults:", "if False:"),
    (
        "object_terms",
        "_ObjectReader._kept_keys",
        "rewriting.required.union(rewriting.fields)",
        "set(rewriting.fields)",
    ),
    (
        "object_terms",
        "_ObjectReader._each",
        "self.space.all_of([keys, self.kept,",
        "self.space.all_of([keys,",
    ),
    (
        "object_terms",
        "_ObjectReader._each",
        "part = self.reading.handle(schema, self.place, child)",
        "part = handle",
    ),
    ("array_terms", "_items", "_spread(reading, len(first), None,", "_spread(reading, 0, None,"),
    ("array_terms", "_items", "_spread(reading, index, index + 1,", "_spread(reading, index, None,"),
    ("array_terms", "_contains", "1 if least is None else least", "1"),
    ("array_terms", "_contains", "if most is not None:", "if False:"),
    (
        "arrays",
        "ArraySearch._take",
        "max(self.counts.get(args[1], 0), args[0])",
        "self.counts.get(args[1], 0) + args[0]",
    ),
    ("arrays", "ArraySearch._take", "min(self.most, args[0])", "args[0]"),
    ("arrays", "ArraySearch._bound_length", "if self._value(position, ()).is_empty:", "if False:"),
    ("arrays", "ArraySearch._by_length", "self.head + len(self.demands) +", "self.head +"),
    ("arrays", "ArraySearch._handles", "position < high", "position <= high"),
    ("arrays", "ArraySearch._placed", "if (group, position) in taken:", "if False:"),
    ("arrays", "ArraySearch._outside", "if left < 0:", "if left <= 0:"),
    ("arrays", "ArraySearch._outside", "left -= 1", "pass"),
    ("arrays", "ArraySearch._limited", "and not self.is_unique", ""),
    ("arrays", "ArraySearch._signed", "count > most for", "count > most + 1 for"),
    ("arrays", "ArraySearch._with_twins", "left: shared, right: shared", "left: shared"),
    ("arrays", "ArraySearch._limit", "min([most, *known])", "max([most, *known])"),
    ("arrays", "ArraySearch._built", "if self.is_unique and len(cells) > 1:", "if False:"),
    ("distinct", "_matched", "if not all(serve", "if not any(serve"),
    ("distinct", "_Pool.draw", "while len(self.values) < count:", "while len(self.values) < 1:"),
    ("objects", "ObjectSearch._take", "(*self.forced.get(name, ()), unit.args[1])", "(unit.args[1],)"),
    (
        "objects",
        "ObjectSearch._value",
        "handles.extend(cells for keys, cells in self.general if self.strings.holds(keys, name))",
        "pass",
    ),
    ("objects", "ObjectSearch._value", "*self.by_name.get(name, ())", ""),
    ("objects", "ObjectSearch._is_overfull", "> most", ">= most"),
    ("objects", "ObjectSearch._options", "yield from used", "pass"),
    ("objects", "ObjectSearch._unused", "for region in self.regions():", "for region in ():"),
    (
        "objects",
        "ObjectSearch._split",
        "halves = ((cut, True), (space.negated(cut), False))",
        "halves = ((cut, True),)",
    ),
    ("objects", "ObjectSearch._filled", "while missing > 0:", "while missing > 1:"),
    ("objects", "ObjectSearch._weighed", "lacking is None", "True"),
    ("normalise", "Normaliser._one_of", "parts = [self.space.union(items)]", "parts = []"),
    ("normalise", "Normaliser._one_of", "others = items[index + 1 :]", "others = []"),
    ("normalise", "Normaliser._if", "self._union(self._opposite(condition), then)", "then"),
    (
        "normalise",
        "Normaliser._not",
        'self._opposite(self._same(schema["not"], place, lens))',
        'self._same(schema["not"], place, lens)',
    ),
    ("normalise", "Normaliser._typed", "doubt = self.opaque(", "doubt = self.space.true or self.opaque("),
    ("solve", "Search._find_structure", "return EMPTY", "return maybe(None, '')"),
    ("solve", "Search._branch", "for part in clause.parts:", "for part in clause.parts[1:]:"),
    ("solve", "Search._open_clause", "if any(part.key in units for part in clause.parts):", "if True:"),
    ("solve", "Search._extended", "return False", "pass"),
    ("solve", "Search.inhabit", "if term is not self.space.false:", "if term is self.space.true:"),
    ("contain", "_Judgement._refutes", "self.adapter(value)", "value"),
    ("contain", "_Judgement._of_cells", "if outcome.is_empty:", "if not outcome.is_found:"),
    ("projection", "Projection._strips", 'return schema["additionalProperties"] is False', "return True"),
    ("projection", "Projection._defaults", 'result[key] = schema["default"]', "pass"),
    ("projection", "Projection._strips", "_IN_PLACE.isdisjoint(schema)", "True"),
]


@contextmanager
def planted(module_name: str, qualified: str, old: str, new: str) -> Iterator[None]:
    """The checker with one bug in it."""
    module = importlib.import_module(f"contracts.schema.{module_name}")
    owner: Any = module
    *path, name = qualified.split(".")
    for part in path:
        owner = getattr(owner, part)
    function = owner.__dict__[name]
    source = textwrap.dedent(inspect.getsource(function))
    assert old in source, f"{qualified} no longer says {old!r}"
    space: dict[str, Any] = {}
    exec(compile(source.replace(old, new), module.__file__ or "", "exec"), module.__dict__, space)
    holders = _holders(function, owner, name)
    try:
        _put(holders, space[name])
        yield
    finally:
        _put(holders, function)


def _holders(function: Any, owner: Any, name: str) -> list[tuple[Any, str]]:
    """Where the function stands: its class, or every module that imported it, and tables of functions."""
    if inspect.isclass(owner):
        return [(owner, name)]
    modules = [item for key, item in sys.modules.items() if key.startswith("contracts.")]
    return [
        (item, key)
        for item in modules
        if isinstance(item, ModuleType)
        for key, held in vars(item).items()
        if held is function
    ]


def _put(holders: list[tuple[Any, str]], function: Any) -> None:
    for holder, name in holders:
        setattr(holder, name, function)
    normalise = importlib.import_module("contracts.schema.normalise")
    for keyword, reader in normalise._IN_PLACE.items():
        normalise._IN_PLACE[keyword] = getattr(normalise.Normaliser, reader.__name__)
    for cached in ("automaton_of", "why_not_regular"):
        getattr(importlib.import_module("contracts.schema.automaton"), cached).cache_clear()
    importlib.import_module("contracts.schema.product").product_of.cache_clear()
