"""Reading graph documents for keeping, and what the rows say of them.

Owns:      the title's bounds, the size of a document, and the index of uses.
Promises:  what is kept has passed `parse_graph` and is in canonical form.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from contracts.canonical import JSON
from contracts.graph import Body, GraphDocument, GraphNode, ModuleNode, Node, parse_graph
from contracts.lock import Lock, parse_lock
from contracts.values import value_bytes
from contracts.versions import is_exact
from executors.interchange import NotInterchangeable, encode
from studio.graphs.errors import bad_title
from studio.graphs.models import Graph, GraphUse, Revision

MAX_TITLE: Final = 200


def read_graph(document: JSON) -> GraphDocument:
    """Raises `ProblemsError` for what is no graph document and `Invalid` for its title."""
    require_exact(document)
    graph = parse_graph(document)
    check_title(graph.title)
    return graph


def require_exact(document: JSON) -> None:
    """Raises `ProblemsError` for numbers and texts that not every reader of JSON could give back."""
    try:
        encode(document)
    except NotInterchangeable:
        value_bytes(document)  # slower, and knows where


def check_title(title: str) -> None:
    if not title.strip() or len(title) > MAX_TITLE:
        raise bad_title()


def empty_document(title: str) -> JSON:
    return {"format": "lamina/graph@1", "title": title, "nodes": {}, "edges": {}}


def count_nodes(nodes: Mapping[str, Node]) -> int:
    """All nodes, those inside copies of sub-graphs included."""
    return sum(1 + (count_nodes(body.nodes) if (body := _body(node)) else 0) for node in nodes.values())


def describe(row: Graph, graph: GraphDocument) -> None:
    """Give a row the title, doc and node count of a document; the caller saves it."""
    row.title, row.doc, row.node_count = graph.title, graph.doc, count_nodes(graph.nodes)


def index_uses(row: Graph, draft: GraphDocument) -> None:
    """Rewrite which modules and versions the draft and the head of a graph use."""
    uses = set(_uses(draft.nodes))
    if row.head is not None:
        uses |= set(_uses(parse_graph(row.head.document).nodes)) | _locked(row.head)
    GraphUse.objects.filter(graph=row).delete()
    GraphUse.objects.bulk_create(
        GraphUse(graph=row, module=module, version=pin) for module, pin in sorted(uses)
    )


def _locked(revision: Revision) -> set[tuple[str, str]]:
    if revision.lock is None:
        return set()
    lock: Lock = parse_lock(revision.lock)
    return {(name, number) for name, _, number in (version.rpartition("@") for version in lock.versions)}


def _uses(nodes: Mapping[str, Node]) -> Iterator[tuple[str, str]]:
    for node in nodes.values():
        if isinstance(node, ModuleNode | GraphNode) and isinstance(node.module, str):
            pin = node.pin if isinstance(node.pin, str) else ""
            yield node.module, pin if is_exact(pin) else ""
        if body := _body(node):
            yield from _uses(body.nodes)


def _body(node: Node) -> Body | None:
    return node.body if isinstance(node, GraphNode) and isinstance(node.body, Body) else None
