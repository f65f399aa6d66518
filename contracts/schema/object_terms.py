"""Reads the keywords of objects, through a lens where the edge rewrites the value.

Every rule becomes "each key in this set of keys has a value in those cells" or its opposite; a set of keys
is a term of the string kind.
"""

from contracts.canonical import JSON
from contracts.schema.documents import Place
from contracts.schema.reading import Lens, Reading, counted, mapping, texts
from contracts.schema.scalar_terms import pattern_term
from contracts.schema.terms import OBJECT, Term

_READ = frozenset(
    {
        "properties",
        "patternProperties",
        "additionalProperties",
        "propertyNames",
        "required",
        "minProperties",
        "maxProperties",
        "dependentRequired",
        "dependentSchemas",
    }
)


def object_term(reading: Reading, schema: dict[str, JSON], place: Place, lens: Lens | None) -> Term:
    if _READ.isdisjoint(schema):
        return reading.space.true
    return _ObjectReader(reading, schema, place, lens).term()


class _ObjectReader:
    """The rules of one object schema."""

    def __init__(self, reading: Reading, schema: dict[str, JSON], place: Place, lens: Lens | None) -> None:
        self.reading = reading
        self.space = reading.space
        self.schema = schema
        self.place = place
        self.lens = lens
        rewriting = None if lens is None else lens.rewriting
        self.defaults = {} if rewriting is None else rewriting.defaults
        self.fields = {} if rewriting is None else rewriting.fields
        self.kept = self._kept_keys()

    def term(self) -> Term:
        return self.space.all_of(
            [*self._fields(), *self._names(), *self._required(), *self._counts(), *self._dependent()]
        )

    def _kept_keys(self) -> Term:
        """The keys that the lens leaves in place."""
        if self.lens is None or not self.lens.rewriting.strips:
            return self.space.true
        rewriting = self.lens.rewriting
        known = self._these(rewriting.required.union(rewriting.fields))
        patterns = [self.space.literal("match", pattern) for pattern in rewriting.patterns]
        return self.space.any_of([known, *patterns])

    def _these(self, names: frozenset[str] | set[str]) -> Term:
        return self.space.literal("in", frozenset(names))

    def _pattern(self, pattern: str) -> Term:
        return pattern_term(self.reading, self.schema, "patternProperties", pattern, self.place)

    def _fields(self) -> list[Term]:
        """properties, patternProperties, additionalProperties."""
        fields = mapping(self.schema, "properties")
        patterns = mapping(self.schema, "patternProperties")
        terms: list[Term] = []
        declared = [self._these(set(fields))]
        for name, item in fields.items():
            terms.extend(self._each(self._these({name}), item))
        for pattern, item in patterns.items():
            keys = self._pattern(pattern)
            declared.append(keys)
            terms.extend(self._each(keys, item))
        if "additionalProperties" in self.schema:
            others = self.space.negated(self.space.any_of(declared))
            terms.extend(self._each(others, self.schema["additionalProperties"]))
        return terms

    def _each(self, keys: Term, schema: JSON) -> list[Term]:
        """Every key of the set has a value that the schema accepts, as the lens shows it."""
        handle = self.reading.handle(schema, self.place, None)
        if self.lens is None:
            return [self.space.literal("every", keys, handle)]
        terms = []
        rewritten = set()
        for name, target in self.fields.items():
            child = self.lens.of(target)
            if child is not None:
                rewritten.add(name)
                part = self.reading.handle(schema, self.place, child)
                terms.append(self.space.literal("every", self._within(name, keys), part))
        plain = self.space.all_of([keys, self.kept, self.space.literal("out", frozenset(rewritten))])
        terms.append(self.space.literal("every", plain, handle))
        terms.extend(self._filled(name, keys, schema) for name in self.defaults)
        return terms

    def _within(self, name: str, keys: Term) -> Term:
        return self.space.all_of([self._these({name}), keys])

    def _filled(self, name: str, keys: Term, schema: JSON) -> Term:
        """When the key is absent the default stands there, and the schema judges that."""
        if self._is_in(name, keys) is False:
            return self.space.true
        accepted = self.reading.accepts(schema, self.place, self.defaults[name])
        if accepted:
            return self.space.true
        is_present = self.space.literal("some", self._these({name}), self.space.anything)
        if accepted is None or self._is_in(name, keys) is None:
            doubt = self._opaque("default", f"the default of {name} cannot be judged")
            return self.space.any_of([is_present, doubt])
        return is_present

    def _is_in(self, name: str, keys: Term) -> bool | None:
        return self.reading.accepts_text(keys, name)

    def _opaque(self, keyword: str, reason: str) -> Term:
        return self.reading.opaque(self.schema, keyword, self.place, self.lens, reason)

    def _names(self) -> list[Term]:
        """propertyNames."""
        if "propertyNames" not in self.schema:
            return []
        names = self.reading.names(self.schema["propertyNames"], self.place)
        if names is None:
            return [self._opaque("propertyNames", "it refers to the schema that it stands in")]
        wrong = self.space.negated(names)
        terms = [self.space.literal("every", self.space.all_of([wrong, self.kept]), self.space.nothing)]
        for name in self.defaults:
            is_wrong = self._is_in(name, wrong)
            if is_wrong:
                terms.append(self.space.false)
            elif is_wrong is None:
                terms.append(self._opaque("propertyNames", f"the name {name} cannot be judged"))
        return terms

    def _present(self, name: str) -> Term:
        """The key is there once the lens has done its work."""
        if name in self.defaults:
            return self.space.true
        keys = self.space.all_of([self._these({name}), self.kept])
        return self.space.literal("some", keys, self.space.anything)

    def _required(self) -> list[Term]:
        if "required" not in self.schema:
            return []
        return [self._present(name) for name in texts(self.schema, "required", self.schema["required"])]

    def _counts(self) -> list[Term]:
        """minProperties, maxProperties: kept keys that are not filled anyway, beside those that are."""
        least, most = counted(self.schema, "minProperties"), counted(self.schema, "maxProperties")
        filled = len(self.defaults)
        keys = self.space.all_of([self.kept, self.space.literal("out", frozenset(self.defaults))])
        terms = []
        if least is not None:
            terms.append(self.space.literal("keys", least - filled, keys))
        if most is not None:
            terms.append(self.space.literal("no_keys", most - filled, keys))
        return terms

    def _dependent(self) -> list[Term]:
        """dependentRequired, dependentSchemas."""
        terms = []
        for name, needed in mapping(self.schema, "dependentRequired").items():
            present = [self._present(item) for item in texts(self.schema, "dependentRequired", needed)]
            absent = self.space.negated(self._present(name))
            terms.append(self.space.any_of([absent, self.space.all_of(present)]))
        for name, item in mapping(self.schema, "dependentSchemas").items():
            cells = self.reading.cells(item, self.place, self.lens)
            terms.append(self.space.any_of([self.space.negated(self._present(name)), cells.terms[OBJECT]]))
        return terms
