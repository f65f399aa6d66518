"""The shared document of a graph, and the two ways between it and `lamina/graph@1`.

Owns:      the shape: maps `meta`, `nodes`, `pos`, `edges`, `notes`, `groups`; nodes flat with `parent`, their
           `config` and `modifiers` maps of their own, so that two people may change two settings of one node.
Promises:  freezing what was poured gives the same graph; pouring changes only what differs.
Never:     keeps selection, sizes or run states, and leaves the draft's `pins` alone: no graph holds them.
"""

from collections.abc import Mapping
from typing import Any, Final

from pycrdt import Doc, Map

from contracts.canonical import JSON
from contracts.graph import flatten, nest, prune, with_unique_ids

MAPS: Final = ("meta", "nodes", "pos", "edges", "notes", "groups")
MODIFIERS: Final = frozenset(
    ("when", "map", "repeat", "cache", "retry", "timeout_seconds", "placement", "on_error")
)
_APART: Final = frozenset(("title", "config", "body", "parent"))
_META: Final = ("title", "doc", "parameters", "deadline_seconds")
Plain = dict[str, Any]


def pour(doc: Doc, document: JSON) -> None:
    """Make the shared document say what a graph document says, in one transaction."""
    wanted = _shaped(document)
    with doc.transaction():
        for name in MAPS:
            _settle(doc.get(name, type=Map), wanted[name])


def freeze(doc: Doc) -> JSON:
    """The graph document; what concurrent edits left dangling is left out."""
    found = {name: _plain(doc.get(name, type=Map).to_py() or {}) for name in MAPS}
    nodes = {id: _node(node) for id, node in found["nodes"].items() if isinstance(node.get("ref"), dict)}
    meta = found["meta"]
    layout = {
        "positions": {id: at for id, at in found["pos"].items() if id in nodes},
        "groups": _peopled(found["groups"], nodes),
        "notes": found["notes"],
    }
    flat = {
        "format": "lamina/graph@1",
        **{key: meta[key] for key in _META if meta.get(key)},
        "title": meta.get("title") or "Untitled",
        "nodes": nodes,
        "edges": found["edges"],
        "layout": {key: part for key, part in layout.items() if part},
    }
    frozen: JSON = nest(prune(flat))
    return frozen


def _shaped(document: JSON) -> dict[str, Plain]:
    flat = flatten(with_unique_ids(document))
    layout = flat.get("layout", {})
    meta = {key: flat[key] for key in _META if key in flat}
    return {
        "meta": {"doc": "", "parameters": {}, **meta},
        "nodes": {id: _shaped_node(node) for id, node in flat["nodes"].items()},
        "pos": {id: at for id, at in layout.get("positions", {}).items() if id in flat["nodes"]},
        "edges": flat["edges"],
        "notes": layout.get("notes", {}),
        "groups": layout.get("groups", {}),
    }


def _peopled(groups: Mapping[str, Plain], nodes: Mapping[str, JSON]) -> dict[str, Plain]:
    """The groups that still hold something, without members that are gone."""
    while True:
        kept = {
            id: {**group, "members": [each for each in group["members"] if each in nodes or each in groups]}
            for id, group in groups.items()
        }
        kept = {id: group for id, group in kept.items() if group["members"]}
        if len(kept) == len(groups):
            return kept
        groups = kept


def _shaped_node(node: Mapping[str, JSON]) -> Plain:
    shaped: Plain = {
        "ref": {key: value for key, value in node.items() if key not in MODIFIERS | _APART},
        "title": node.get("title", ""),
        "config": _Nested(node.get("config", {})),
        "modifiers": _Nested({key: value for key, value in node.items() if key in MODIFIERS}),
    }
    if "body" in node:
        shaped["parameters"] = node["body"].get("parameters")
    if "parent" in node:
        shaped["parent"] = node["parent"]
    return _Nested(shaped)


class _Nested(dict[str, Any]):
    """A part of the document that is a map of its own; any other object is one value."""


def _settle(here: Map, wanted: Plain) -> None:
    for key in set(here.keys()) - wanted.keys():
        del here[key]
    for key, value in wanted.items():
        known = here.get(key)
        if isinstance(value, _Nested):
            if isinstance(known, Map):
                _settle(known, value)
            else:
                here[key] = Map({})
                _settle(here[key], value)
        elif key not in here or isinstance(known, Map) or _plain(known) != value:
            here[key] = value


def _node(shaped: Plain) -> Plain:
    node = dict(shaped["ref"])
    if shaped.get("title"):
        node["title"] = shaped["title"]
    if config := shaped.get("config"):
        node["config"] = config
    node |= shaped.get("modifiers") or {}
    if node.get("kind") == "graph" and "module" not in node:
        parameters = shaped.get("parameters")
        node["body"] = {"parameters": parameters} if parameters else {}
    if isinstance(shaped.get("parent"), str):
        node["parent"] = shaped["parent"]
    return node


def _plain(value: Any) -> Any:
    """Numbers of the shared document are all floating; whole ones are integers in JSON."""
    match value:
        case float() if value.is_integer() and abs(value) < 2**53:
            return int(value)
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case list():
            return [_plain(item) for item in value]
        case _:
            return value
