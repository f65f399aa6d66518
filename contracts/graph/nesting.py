"""How deep graphs stand in each other, through bodies and published sub-graphs."""

from msgspec import UNSET

from contracts.graph.document import GraphNode, Node
from contracts.graph.library import Library

MAX_NESTING = 8


def nesting_of(library: Library, module: str, pin: str, steps: int = MAX_NESTING) -> int:
    """The scopes that a published sub-graph adds, itself included; counting stops once it is too deep."""
    graph = library.graph_of(module, pin) if steps else None
    return 1 if graph is None else 1 + _deepest(library, graph.nodes, steps - 1)


def _deepest(library: Library, nodes: dict[str, Node], steps: int) -> int:
    deepest = 0
    for node in nodes.values():
        if not isinstance(node, GraphNode) or steps <= 0:
            continue
        if node.body is not UNSET:
            deepest = max(deepest, 1 + _deepest(library, node.body.nodes, steps - 1))
        elif node.module is not UNSET and node.pin is not UNSET:
            deepest = max(deepest, nesting_of(library, node.module, node.pin, steps - 1))
    return deepest
