"""What changed between two graphs, in the words of the graph: nodes, edges, fields.

Owns:      `difference`; nodes are the same when their path is.
Promises:  what only moves things about says so in one flag; equal meaning gives no changes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from contracts.canonical import JSON
from contracts.graph.document import GraphDocument, graph_document, layout_digest
from contracts.problems import pointer
from contracts.schema.exact import is_equal

Change = Literal["added", "removed", "changed"]
_MISSING = object()
_OPENED = frozenset({"config", "secrets", "map", "retry", "repeat", "placement", "port", "who"})
_OWN = frozenset({"nodes", "edges", "layout", "format"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """`field` is a pointer into the node, such as /config/min_length; a side that lacks it has no value."""

    field: str
    had: bool
    has: bool
    old: JSON = None
    new: JSON = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartChange:
    """A node (`path` `gate/r`) or edge (`gate/r:value>o:value`); `fields` only when it has changed."""

    path: str
    change: Change
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphDifference:
    """`fields`: what changed of the graph itself: title, parameters, deadline."""

    fields: tuple[FieldChange, ...]
    nodes: tuple[PartChange, ...]
    edges: tuple[PartChange, ...]
    is_layout_changed: bool

    @property
    def is_empty(self) -> bool:
        """Whether both graphs mean the same; their layouts may differ."""
        return not (self.fields or self.nodes or self.edges)


def difference(old: GraphDocument, new: GraphDocument) -> GraphDifference:
    """What became of `old`, sorted by path."""
    before, after = graph_document(old), graph_document(new)
    old_nodes, old_edges = _parts(before)
    new_nodes, new_edges = _parts(after)
    return GraphDifference(
        fields=_fields(_without(before, _OWN), _without(after, _OWN)),
        nodes=_changes(old_nodes, new_nodes),
        edges=_changes(old_edges, new_edges),
        is_layout_changed=layout_digest(old) != layout_digest(new),
    )


def _parts(document: JSON) -> tuple[dict[str, JSON], dict[str, JSON]]:
    nodes: dict[str, JSON] = {}
    edges: dict[str, JSON] = {}
    for prefix, body in _bodies(document, ""):
        for node_id, node in body["nodes"].items():
            inner = node.get("body")
            own = {"body": _without(inner, _OWN)} if inner is not None else {}
            nodes[prefix + node_id] = {**node, **own}
        edges.update({prefix + key: edge for key, edge in body["edges"].items()})
    return nodes, edges


def _bodies(body: JSON, prefix: str) -> Iterator[tuple[str, JSON]]:
    yield prefix, body
    for node_id, node in body["nodes"].items():
        if "body" in node:
            yield from _bodies(node["body"], f"{prefix}{node_id}/")


def _without(document: JSON, keys: frozenset[str]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key not in keys}


def _changes(old: dict[str, JSON], new: dict[str, JSON]) -> tuple[PartChange, ...]:
    found = []
    for path in sorted(old.keys() | new.keys()):
        if path not in new:
            found.append(PartChange(path=path, change="removed"))
        elif path not in old:
            found.append(PartChange(path=path, change="added"))
        elif fields := _fields(old[path], new[path]):
            found.append(PartChange(path=path, change="changed", fields=fields))
    return tuple(found)


def _fields(old: dict[str, JSON], new: dict[str, JSON]) -> tuple[FieldChange, ...]:
    before, after = dict(_opened(old)), dict(_opened(new))
    changes = []
    for name in sorted(before.keys() | after.keys()):
        first, second = before.get(name, _MISSING), after.get(name, _MISSING)
        had, has = first is not _MISSING, second is not _MISSING
        if not (had and has and is_equal(first, second)):
            changes.append(
                FieldChange(
                    field=name, had=had, has=has, old=first if had else None, new=second if has else None
                )
            )
    return tuple(changes)


def _opened(part: dict[str, JSON]) -> Iterator[tuple[str, JSON]]:
    """Settings and modifiers entry by entry, everything else as a whole."""
    for key, value in part.items():
        if key in _OPENED and isinstance(value, dict):
            yield from ((pointer(key, name), entry) for name, entry in value.items())
        else:
            yield pointer(key), value
