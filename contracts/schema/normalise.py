"""Reads a schema document into cells.

Owns:      the keywords that apply to the same value (allOf, anyOf, oneOf, not, if, $ref), recursion, and
           what is not modelled: such a rule becomes an opaque literal named by its fingerprint, so it still
           meets itself.
Promises:  raises `NotASchema`, `Unresolved` or `OutOfFuel`, nothing else; recursion through parts is
           deferred.
"""

from collections.abc import Callable
from typing import Final

from contracts.canonical import JSON
from contracts.schema.array_terms import array_term
from contracts.schema.documents import Document, Place, Unresolved, form_of
from contracts.schema.evaluate import Evaluator
from contracts.schema.fingerprint import fingerprint
from contracts.schema.object_terms import object_term
from contracts.schema.outcome import Fuel
from contracts.schema.projection import Projection, Unknown
from contracts.schema.reading import Lens, NotASchema, lens_of, listing
from contracts.schema.scalar_terms import enum_values, number_term, string_term, type_cells, value_cells
from contracts.schema.terms import ARRAY, NUMBER, OBJECT, STRING, Cells, Deferred, Handle, Term

MAX_ONE_OF: Final = 40

_Key = tuple[int, Place, Lens | None]


class _Loop(Exception):
    """The cells of a schema were asked for while they are being read: it leads back to itself."""


class Doubt:
    """Why a rule is opaque, for the answer `unknown`."""

    __slots__ = ("keyword", "reason", "schema")

    def __init__(self, schema: JSON, keyword: str, reason: str) -> None:
        self.schema = schema
        self.keyword = keyword
        self.reason = reason


class Normaliser:
    """Reads one document; several may share an evaluator and `shared`, what they read by its bytes."""

    def __init__(
        self, document: Document, evaluator: Evaluator, fuel: Fuel, shared: dict[bytes, Deferred]
    ) -> None:
        self.document = document
        self.space = evaluator.space
        self.shared = shared
        self._says_all = not document.has_references
        self.evaluator = evaluator
        self.fuel = fuel
        self.doubts: list[Doubt] = []
        self._done: dict[_Key, tuple[JSON, Cells]] = {}
        self._active: set[_Key] = set()
        self._deferred: dict[_Key, Deferred] = {}

    def root(self) -> Cells:
        """The values that the document accepts."""
        return self.cells(self.document.root, self.document.start, None)

    def adapted_root(self, unknown: Unknown) -> Cells:
        """The values that the document accepts after its own rewriting."""
        projection = Projection(self.document, unknown)
        root, start = self.document.root, self.document.start
        return self.cells(root, start, lens_of(projection, root, start))

    def cells(self, schema: JSON, place: Place, lens: Lens | None) -> Cells:
        if isinstance(schema, bool):
            return self.space.anything if schema else self.space.nothing
        if not isinstance(schema, dict):
            raise NotASchema(schema, "", "a schema is an object, true or false")
        key = (id(schema), place, lens)
        if key in self._done:
            return self._done[key][1]
        deferred = self._deferred_for(schema, place, lens)
        if deferred.cells is not None:
            return deferred.cells
        if key in self._active:
            raise _Loop
        self.fuel.spend(1)
        self._active.add(key)
        try:
            cells = self._read(schema, self.document.place_of(schema, place), lens)
        finally:
            self._active.discard(key)
        self._done[key] = (schema, cells)
        deferred.cells = cells
        return cells

    def handle(self, schema: JSON, place: Place, lens: Lens | None) -> Handle:
        if isinstance(schema, bool):
            return self.space.anything if schema else self.space.nothing
        if not isinstance(schema, dict):
            raise NotASchema(schema, "", "a schema is an object, true or false")
        return self._deferred_for(schema, place, lens) if schema else self.space.anything

    def _deferred_for(self, schema: JSON, place: Place, lens: Lens | None) -> Deferred:
        """Cells to be read when they are needed; both documents read equal bytes once."""
        if self._says_all and lens is None:
            known = self.shared.get(form := form_of(schema))
            if known is None:
                known = self.shared[form] = self._defer(schema, place, lens)
            return known
        key = (id(schema), place, lens)
        if key not in self._deferred:
            self._deferred[key] = self._defer(schema, place, lens)
        return self._deferred[key]

    def _defer(self, schema: JSON, place: Place, lens: Lens | None) -> Deferred:
        return self.space.deferred(lambda: self._same(schema, place, lens))

    def names(self, schema: JSON, place: Place) -> Term | None:
        try:
            return self.cells(schema, place, None).terms[STRING]
        except _Loop:
            return None

    def accepts(self, schema: JSON, place: Place, value: JSON) -> bool | None:
        try:
            return self.evaluator.holds(self.cells(schema, place, None), value)
        except _Loop:
            return None

    def accepts_text(self, keys: Term, name: str) -> bool | None:
        return self.evaluator.strings.holds(keys, name)

    def opaque(self, schema: JSON, keyword: str, place: Place, lens: Lens | None, reason: str) -> Term:
        self.doubts.append(Doubt(schema, keyword, reason))
        name = f"{keyword} {fingerprint(self.document, schema, place, self.fuel)}"
        if lens is not None:
            name += " seen through " + fingerprint(self.document, lens.target, lens.target_place, self.fuel)
        return self.space.literal("opaque", name)

    def _opaque_cells(
        self, schema: JSON, keyword: str, place: Place, lens: Lens | None, reason: str
    ) -> Cells:
        return self.space.cells((self.opaque(schema, keyword, place, lens, reason),) * 7)

    def _endless(self, schema: JSON, place: Place, lens: Lens | None) -> Cells:
        return self._opaque_cells(schema, "$ref", place, lens, "the reference leads back to itself")

    def _read(self, schema: dict[str, JSON], place: Place, lens: Lens | None) -> Cells:
        parts = [self._typed(schema, place, lens)]
        for keyword, read in _IN_PLACE.items():
            if keyword in schema:
                parts.append(read(self, schema, place, lens))
        return self.space.meet(parts) if len(parts) > 1 else parts[0]

    def _typed(self, schema: dict[str, JSON], place: Place, lens: Lens | None) -> Cells:
        """The keywords that concern one kind of value."""
        terms = [self.space.true] * 7
        terms[NUMBER] = number_term(self, schema)
        terms[STRING] = string_term(self, schema, place)
        terms[ARRAY] = array_term(self, schema, place, lens)
        terms[OBJECT] = object_term(self, schema, place, lens)
        for kind, keyword in ((ARRAY, "unevaluatedItems"), (OBJECT, "unevaluatedProperties")):
            if keyword in schema and schema[keyword] is not True:
                doubt = self.opaque(schema, keyword, place, lens, f"{keyword} is not modelled")
                terms[kind] = self.space.all_of([terms[kind], doubt])
        return self.space.cells(tuple(terms))

    def _type(self, schema: dict[str, JSON], place: Place, lens: Lens | None) -> Cells:
        return type_cells(self.space, schema)

    def _const(self, schema: dict[str, JSON], place: Place, lens: Lens | None) -> Cells:
        return value_cells(self, [schema["const"]], place, lens)

    def _enum(self, schema: dict[str, JSON], place: Place, lens: Lens | None) -> Cells:
        return value_cells(self, enum_values(schema), place, lens)

    def _all_of(self, schema: dict[str, JSON], place: Place, lens: Lens | None) -> Cells:
        return self.space.meet([self._same(item, place, lens) for item in listing(schema, "allOf")])

    def _any_of(self, schema: dict[str, JSON], place: Place, lens: Lens | None) -> Cells:
        return self.space.union([self._same(item, place, lens) for item in listing(schema, "anyOf")])

    def _one_of(self, schema: dict[str, JSON], place: Place, lens: Lens | None) -> Cells:
        """At least one, and no two."""
        items = [self._same(item, place, lens) for item in listing(schema, "oneOf")]
        if len(items) > MAX_ONE_OF:
            return self._opaque_cells(schema, "oneOf", place, lens, f"more than {MAX_ONE_OF} alternatives")
        parts = [self.space.union(items)]
        for index, left in enumerate(items):
            others = items[index + 1 :]
            parts.extend(self._union(self._opposite(left), self._opposite(right)) for right in others)
        return self.space.meet(parts)

    def _not(self, schema: dict[str, JSON], place: Place, lens: Lens | None) -> Cells:
        return self._opposite(self._same(schema["not"], place, lens))

    def _if(self, schema: dict[str, JSON], place: Place, lens: Lens | None) -> Cells:
        condition = self._same(schema["if"], place, lens)
        then = self._same(schema.get("then", True), place, lens)
        otherwise = self._same(schema.get("else", True), place, lens)
        return self.space.meet(
            [self._union(self._opposite(condition), then), self._union(condition, otherwise)]
        )

    def _ref(self, schema: dict[str, JSON], place: Place, lens: Lens | None) -> Cells:
        reference = _reference(schema, "$ref")
        try:
            target, target_place = self.document.resolve(reference, place)
        except Unresolved as error:
            return self._opaque_cells({"$ref": reference}, "$ref", place, lens, str(error))
        return self._same(target, target_place, lens)

    def _dynamic_ref(self, schema: dict[str, JSON], place: Place, lens: Lens | None) -> Cells:
        target, target_place = self.document.resolve_dynamic(_reference(schema, "$dynamicRef"), place)
        return self._same(target, target_place, lens)

    def _same(self, schema: JSON, place: Place, lens: Lens | None) -> Cells:
        """A schema for the same value; one that leads back to itself without any part between is opaque."""
        try:
            return self.cells(schema, place, lens)
        except _Loop:
            return self._endless(schema, place, lens)

    def _opposite(self, cells: Cells) -> Cells:
        return self.space.opened(self.space.opposite(cells))

    def _union(self, left: Cells, right: Cells) -> Cells:
        return self.space.union((left, right))


def _reference(schema: dict[str, JSON], keyword: str) -> str:
    if not isinstance(schema[keyword], str):
        raise NotASchema(schema, keyword, f"{keyword} must be a text")
    return str(schema[keyword])


_Reader = Callable[[Normaliser, dict[str, JSON], Place, Lens | None], Cells]

_IN_PLACE: Final[dict[str, _Reader]] = {
    "type": Normaliser._type,
    "const": Normaliser._const,
    "enum": Normaliser._enum,
    "$ref": Normaliser._ref,
    "$dynamicRef": Normaliser._dynamic_ref,
    "allOf": Normaliser._all_of,
    "anyOf": Normaliser._any_of,
    "oneOf": Normaliser._one_of,
    "not": Normaliser._not,
    "if": Normaliser._if,
}
