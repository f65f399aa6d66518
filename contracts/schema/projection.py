"""What an edge does to a value before the port sees it: strips undeclared fields, fills defaults.

Owns:      the rule (`rewriting_of`), and `adapt`, which carries it out on values.
Promises:  works through properties, items, prefixItems and a `$ref` that stands alone, never under anyOf,
           oneOf, if; a filled default is the author's value, unchanged.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from contracts.canonical import JSON
from contracts.schema.automaton import automaton_of, why_not_regular
from contracts.schema.documents import Document, Place, Unresolved

Unknown = Literal["strip", "reject"]

_BESIDE_REF: Final = frozenset(
    {
        "properties",
        "patternProperties",
        "additionalProperties",
        "items",
        "prefixItems",
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "if",
        "dependentSchemas",
        "$dynamicRef",
    }
)
_IN_PLACE: Final = frozenset(
    {
        "$ref",
        "$dynamicRef",
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "if",
        "dependentSchemas",
        "unevaluatedProperties",
    }
)

Target = tuple[JSON, Place]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewriting:
    """What one schema does to a value of its own level.

    `fields` and `defaults` by key; `strips`: keys outside of `fields`, `required` and `patterns` are dropped;
    `first` and `rest`: the schemas of the items.
    """

    fields: dict[str, Target] = field(default_factory=dict)
    defaults: dict[str, JSON] = field(default_factory=dict)
    strips: bool = False
    required: frozenset[str] = frozenset()
    patterns: tuple[str, ...] = ()
    first: tuple[Target, ...] = ()
    rest: Target | None = None

    @property
    def targets(self) -> tuple[Target, ...]:
        return (*self.fields.values(), *self.first, *(() if self.rest is None else (self.rest,)))

    def keeps(self, key: str) -> bool:
        if not self.strips or key in self.fields or key in self.required:
            return True
        return any(automaton_of(pattern).matches(key) for pattern in self.patterns)


_IDENTITY: Final = Rewriting()


class Projection:
    """The rewritings of one schema document."""

    def __init__(self, document: Document, unknown: Unknown) -> None:
        self.document = document
        self.unknown = unknown
        self._rewritings: dict[tuple[int, Place], Rewriting] = {}
        self._changes: dict[tuple[int, Place], bool] = {}

    def rewriting_of(self, schema: JSON, place: Place) -> Rewriting:
        key = (id(schema), place)
        known = self._rewritings.get(key)
        if known is None:
            known = self._rewritings[key] = self._rewriting(schema, place)
        return known

    def _rewriting(self, schema: JSON, place: Place) -> Rewriting:
        schema, place = self._followed(schema, place)
        if not isinstance(schema, dict):
            return _IDENTITY
        properties = schema.get("properties")
        fields = properties if isinstance(properties, dict) else {}
        required = schema.get("required")
        patterns = schema.get("patternProperties")
        first = schema.get("prefixItems")
        rest = schema.get("items")
        return Rewriting(
            fields={key: (item, place) for key, item in fields.items()},
            defaults=self._defaults(fields, place),
            strips=self._strips(schema),
            required=frozenset(filter(_is_text, required if isinstance(required, list) else ())),
            patterns=tuple(patterns) if isinstance(patterns, dict) else (),
            first=tuple((item, place) for item in (first if isinstance(first, list) else ())),
            rest=(rest, place) if isinstance(rest, dict) else None,
        )

    def _followed(self, schema: JSON, place: Place) -> Target:
        """Through references that stand alone."""
        seen: set[int] = set()
        while isinstance(schema, dict) and id(schema) not in seen:
            seen.add(id(schema))
            place = self.document.place_of(schema, place)
            reference = schema.get("$ref")
            if not isinstance(reference, str) or not _BESIDE_REF.isdisjoint(schema):
                return schema, place
            try:
                schema, place = self.document.resolve(reference, place)
            except Unresolved:
                break
        return True, place

    def _defaults(self, fields: dict[str, JSON], place: Place) -> dict[str, JSON]:
        result = {}
        for key, item in fields.items():
            schema = item
            if isinstance(item, dict) and "default" not in item:
                schema, _ = self._followed(item, place)
            if isinstance(schema, dict) and "default" in schema:
                result[key] = schema["default"]
        return result

    def _strips(self, schema: dict[str, JSON]) -> bool:
        if self.unknown == "reject":
            return False
        patterns = schema.get("patternProperties")
        if isinstance(patterns, dict) and any(why_not_regular(pattern) for pattern in patterns):
            return False
        if "additionalProperties" in schema:
            return schema["additionalProperties"] is False
        return "properties" in schema and _IN_PLACE.isdisjoint(schema)

    def changes(self, schema: JSON, place: Place) -> bool:
        """Whether some value is changed by the rewriting of this schema, at any depth."""
        key = (id(schema), place)
        if key not in self._changes:
            self._changes[key] = self._reaches_change(schema, place)
        return self._changes[key]

    def _reaches_change(self, schema: JSON, place: Place) -> bool:
        seen: set[tuple[int, Place]] = set()
        pending: list[Target] = [(schema, place)]
        while pending:
            target = pending.pop()
            key = (id(target[0]), target[1])
            if key in seen:
                continue
            seen.add(key)
            rewriting = self.rewriting_of(*target)
            if rewriting.strips or rewriting.defaults:
                return True
            pending.extend(rewriting.targets)
        return False

    def adapted(self, value: JSON, schema: JSON, place: Place) -> JSON:
        """The value as the port sees it; the given value is not changed."""
        if not isinstance(value, dict | list) or not self.changes(schema, place):
            return value
        rewriting = self.rewriting_of(schema, place)
        if isinstance(value, list):
            return self._adapted_items(value, rewriting)
        result = {}
        for key, item in value.items():
            if rewriting.keeps(key):
                target = rewriting.fields.get(key)
                result[key] = item if target is None else self.adapted(item, *target)
        for key, default in rewriting.defaults.items():
            result.setdefault(key, default)
        return result

    def _adapted_items(self, items: list[JSON], rewriting: Rewriting) -> list[JSON]:
        result = []
        for index, item in enumerate(items):
            target = rewriting.first[index] if index < len(rewriting.first) else rewriting.rest
            result.append(item if target is None else self.adapted(item, *target))
        return result


def compile_adapter(schema: JSON, unknown: Unknown = "strip") -> Callable[[JSON], JSON]:
    """The adapter of a port as a function, to be kept and used for many values. It returns a new value."""
    document = Document(schema)
    projection = Projection(document, unknown)

    def adapter(value: JSON) -> JSON:
        return projection.adapted(value, schema, document.start)

    return adapter


def rewrites(schema: JSON, unknown: Unknown = "strip") -> bool:
    """Whether the adapter of a port changes any value at all."""
    document = Document(schema)
    return Projection(document, unknown).changes(schema, document.start)


def adapt(value: JSON, schema: JSON, *, unknown: Unknown = "strip") -> JSON:
    """The value as a port with this schema sees it: undeclared fields stripped, defaults filled."""
    return compile_adapter(schema, unknown)(value)


def _is_text(value: JSON) -> bool:
    return isinstance(value, str)
