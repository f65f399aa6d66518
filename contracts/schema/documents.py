"""A schema document: where its references lead.

Owns:      pointers, `$id`, `$anchor`, `$dynamicAnchor` within one document.
Never:     fetches another document: such a reference is `Unresolved`.
"""

import marshal
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urldefrag, urljoin

from contracts.canonical import JSON
from contracts.problems import pointer

MAP_KEYWORDS: Final = frozenset(
    {"$defs", "properties", "patternProperties", "dependentSchemas", "definitions"}
)
LIST_KEYWORDS: Final = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
ONE_KEYWORDS: Final = frozenset(
    {
        "not",
        "if",
        "then",
        "else",
        "items",
        "contains",
        "additionalProperties",
        "propertyNames",
        "unevaluatedItems",
        "unevaluatedProperties",
        "contentSchema",
    }
)
_IDENTIFYING: Final = (b"$id", b"$anchor", b"$dynamicAnchor", b"$dynamicRef")
_REFERRING: Final = (b"$ref", b"$dynamicRef", b"$id")


class Unresolved(ValueError):
    """A reference that leads nowhere within the document."""

    code = "unresolved"


@dataclass(frozen=True, slots=True)
class Place:
    """The base of the resource that a schema stands in, and the resources through which it was reached."""

    base: str = ""
    scope: tuple[str, ...] = ()

    def entering(self, base: str, *, keeps_scope: bool) -> "Place":
        if base == self.base:
            return self
        scope = (*self.scope, base) if keeps_scope and base not in self.scope else self.scope
        return Place(base, scope)


def form_of(schema: JSON) -> bytes:
    """Bytes that are equal only for documents that are: a fast key within one process, not for keeping."""
    return marshal.dumps(schema, 0)


def subschemas(schema: dict[str, JSON]) -> Iterator[tuple[tuple[str | int, ...], JSON]]:
    """The schemas directly inside a schema, each with its path."""
    for key, value in schema.items():
        if key in ONE_KEYWORDS:
            yield (key,), value
        elif key in MAP_KEYWORDS and isinstance(value, dict):
            for name, item in value.items():
                yield (key, name), item
        elif key in LIST_KEYWORDS and isinstance(value, list):
            for index, item in enumerate(value):
                yield (key, index), item


class Document:
    """One root schema and what its references mean."""

    def __init__(self, root: JSON) -> None:
        self.root = root
        self.resources: dict[str, JSON] = {"": root}
        self.anchors: dict[tuple[str, str], JSON] = {}
        self.dynamic_anchors: dict[tuple[str, str], JSON] = {}
        self.has_dynamic = False
        form = form_of(root)
        self.has_references = any(word in form for word in _REFERRING)
        if any(word in form for word in _IDENTIFYING):
            self._index(root, "")
        start = self.place_of(root, Place("", ("",)))
        self.start = start if self.has_dynamic else Place(start.base)

    def _index(self, schema: JSON, base: str) -> None:
        pending = [(schema, base)]
        while pending:
            item, at = pending.pop()
            if not isinstance(item, dict):
                continue
            if isinstance(item.get("$id"), str):
                at = _joined(at, item["$id"]).rstrip("#")
                self.resources[at] = item
            if isinstance(item.get("$anchor"), str):
                self.anchors[at, item["$anchor"]] = item
            if isinstance(item.get("$dynamicAnchor"), str):
                self.anchors[at, item["$dynamicAnchor"]] = item
                self.dynamic_anchors[at, item["$dynamicAnchor"]] = item
            self.has_dynamic = self.has_dynamic or "$dynamicRef" in item
            pending.extend((child, at) for _, child in subschemas(item))

    def place_of(self, schema: JSON, place: Place) -> Place:
        """The place of a schema that was reached from `place`: another one where it has an `$id`."""
        if isinstance(schema, dict) and isinstance(schema.get("$id"), str):
            base = _joined(place.base, schema["$id"]).rstrip("#")
            return place.entering(base, keeps_scope=self.has_dynamic)
        return place

    def resolve(self, reference: str, place: Place) -> tuple[JSON, Place]:
        """The schema that a `$ref` leads to and its place; raises `Unresolved`."""
        if reference.startswith("#"):
            base, fragment = place.base, reference[1:]
        else:
            base, fragment = urldefrag(_joined(place.base, reference))
        if base not in self.resources:
            raise Unresolved(f"{reference} leads to another document")
        resource = self.resources[base]
        target_place = place.entering(base, keeps_scope=self.has_dynamic)
        if fragment and not fragment.startswith("/"):
            if (base, fragment) not in self.anchors:
                raise Unresolved(f"{reference} names an anchor that does not exist")
            return self.anchors[base, fragment], target_place
        return self._at_pointer(resource, unquote(fragment), target_place, reference)

    def _at_pointer(self, node: JSON, path: str, place: Place, reference: str) -> tuple[JSON, Place]:
        for part in path.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            if isinstance(node, dict) and key in node:
                node = node[key]
            elif isinstance(node, list) and key.isdecimal() and int(key) < len(node):
                node = node[int(key)]
            else:
                raise Unresolved(f"{reference} points at nothing")
            place = self.place_of(node, place)
        return node, place

    def resolve_dynamic(self, reference: str, place: Place) -> tuple[JSON, Place]:
        """The schema that a `$dynamicRef` leads to: the outermost of that name, if the first is dynamic."""
        target, target_place = self.resolve(reference, place)
        name = urldefrag(reference)[1]
        if self.dynamic_anchors.get((target_place.base, name)) is not target or not isinstance(target, dict):
            return target, target_place
        for base in place.scope:
            if (base, name) in self.dynamic_anchors:
                return self.dynamic_anchors[base, name], place.entering(base, keeps_scope=True)
        return target, target_place

    def pointer_of(self, schema: JSON) -> str:
        """Where a schema of this document stands, by identity; "" if nowhere."""
        pending: list[tuple[JSON, tuple[str | int, ...]]] = [(self.root, ())]
        while pending:
            node, path = pending.pop()
            if node is schema:
                return pointer(*path)
            if isinstance(node, dict):
                pending.extend((child, (*path, key)) for key, child in node.items())
            elif isinstance(node, list):
                pending.extend((child, (*path, index)) for index, child in enumerate(node))
        return ""


def _joined(base: str, reference: str) -> str:
    """What a reference leads to; what is no reference stays as it is and leads nowhere."""
    try:
        return urljoin(base, reference)
    except ValueError:
        return reference
