"""Nested bodies ↔ one flat map of nodes with `parent`: the form in which graphs are edited together.

Owns:      `flatten` and `nest` (exact inverses), `prune` for what concurrent edits left, `with_unique_ids`.
Promises:  works on documents and keeps every key that it does not know.

A flat document is a graph document whose inner nodes stand beside the others with `parent`, the id of the
graph node around them; that node keeps `body` without nodes and edges. Ids are unique in the whole document.
"""

from collections.abc import Iterator
from typing import Any

from contracts.canonical import JSON
from contracts.names import EDGE
from contracts.problems import Problem, ProblemsError, pointer

_SUFFIX_ROOM = 30


def flatten(document: JSON) -> JSON:
    """A graph document, flat. Raises `ProblemsError` where an id stands twice: see `with_unique_ids`."""
    nodes: dict[str, JSON] = {}
    edges: dict[str, JSON] = {}
    for parent, body in _bodies(document):
        for node_id, node in body["nodes"].items():
            if node_id in nodes:
                message = f"The id {node_id!r} stands in two places of the graph. Rename one of them."
                raise ProblemsError(
                    [Problem(code="id_taken", path=pointer("nodes", node_id), message=message)]
                )
            nodes[node_id] = _flat(node, parent)
        edges.update(body["edges"])
    return {**document, "nodes": nodes, "edges": edges}


def _bodies(document: JSON) -> Iterator[tuple[str | None, JSON]]:
    """Every scope of a nested document with the id of the node around it, outer ones first."""
    pending: list[tuple[str | None, JSON]] = [(None, document)]
    while pending:
        parent, body = pending.pop(0)
        yield parent, body
        pending.extend((key, node["body"]) for key, node in body["nodes"].items() if "body" in node)


def _flat(node: JSON, parent: str | None) -> JSON:
    flat: dict[str, Any] = dict(node)
    if "body" in node:
        flat["body"] = {key: value for key, value in node["body"].items() if key not in ("nodes", "edges")}
    if parent is not None:
        flat["parent"] = parent
    return flat


def nest(flat: JSON) -> JSON:
    """The graph document of a flat one.

    Raises `ProblemsError` for parents that are missing, hold no body or surround themselves, and for edges
    that lead nowhere or across the wall of a graph node.
    """
    problems = _problems(flat)
    if problems:
        raise ProblemsError(problems)
    bodies: dict[str | None, Any] = {None: {"nodes": {}, "edges": {}}}
    for node_id, node in flat["nodes"].items():
        if "body" in node:
            bodies[node_id] = {**node["body"], "nodes": {}, "edges": {}}
    for node_id, node in flat["nodes"].items():
        nested = {key: value for key, value in node.items() if key != "parent"}
        if "body" in node:
            nested["body"] = bodies[node_id]
        bodies[node.get("parent")]["nodes"][node_id] = nested
    for key, edge in flat["edges"].items():
        source = key.partition(":")[0]
        bodies[flat["nodes"][source].get("parent")]["edges"][key] = edge
    return {**flat, **bodies[None]}


def prune(flat: JSON) -> JSON:
    """The flat document without nodes whose parent is gone and edges that lost an end or cross a wall."""
    nodes = flat["nodes"]
    kept = {node_id: node for node_id, node in nodes.items() if _is_rooted(node_id, nodes)}
    edges = {key: edge for key, edge in flat["edges"].items() if _edge_fault(key, kept) is None}
    return {**flat, "nodes": kept, "edges": edges}


def _is_rooted(node_id: str, nodes: JSON) -> bool:
    seen: set[str] = set()
    parent = nodes[node_id].get("parent")
    while parent is not None:
        if parent in seen or "body" not in nodes.get(parent, {}):
            return False
        seen.add(parent)
        parent = nodes[parent].get("parent")
    return True


def _problems(flat: JSON) -> list[Problem]:
    nodes = flat["nodes"]
    problems = [
        Problem(
            code="parent",
            path=pointer("nodes", node_id, "parent"),
            message=f"{nodes[node_id].get('parent')!r} is no graph node that can hold it. Move it out.",
        )
        for node_id in nodes
        if not _is_rooted(node_id, nodes)
    ]
    for key in flat["edges"]:
        fault = _edge_fault(key, nodes)
        if fault is not None:
            problems.append(Problem(code="edge", path=pointer("edges", key), message=fault))
    return problems


def _edge_fault(key: str, nodes: JSON) -> str | None:
    found = EDGE.match(key)
    if found is None:
        return "An edge is written source:port>target:port. Remove it and draw it again."
    source, _, target, _ = found.groups()
    for end in (source, target):
        if end not in nodes:
            return f"There is no node {end!r}. Remove the edge."
    if nodes[source].get("parent") != nodes[target].get("parent"):
        return "The edge crosses the wall of a graph node. Lead it through an input or output node."
    return None


def with_unique_ids(document: JSON) -> JSON:
    """A nested document whose ids are unique: those of inner nodes that are taken get a number."""
    taken: set[str] = set()
    return _renamed(document, taken)


def _renamed(body: JSON, taken: set[str]) -> JSON:
    names = {node_id: _free(node_id, taken) for node_id in body["nodes"]}
    nodes = {}
    for node_id, node in body["nodes"].items():
        nodes[names[node_id]] = {**node, "body": _renamed(node["body"], taken)} if "body" in node else node
    edges = {_rewired(key, names): edge for key, edge in body["edges"].items()}
    return {**body, "nodes": nodes, "edges": edges}


def _free(node_id: str, taken: set[str]) -> str:
    name, count = node_id, 1
    while name in taken:
        count += 1
        name = f"{node_id[:_SUFFIX_ROOM]}-{count}"
    taken.add(name)
    return name


def _rewired(key: str, names: dict[str, str]) -> str:
    found = EDGE.match(key)
    if found is None:
        return key
    source, output, target, port = found.groups()
    return f"{names.get(source, source)}:{output}>{names.get(target, target)}:{port}"
