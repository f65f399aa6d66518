"""The order of a plan's nodes: sources first, a graph node before its inside, ties by path."""

from collections.abc import Sequence

from contracts.graph.structure import topological
from contracts.plan import PlanNode
from contracts.problems import Problem, ProblemsError

_END = "\uffff"  # After every character of a path: the point at which a graph node's inside is over.


def in_order(nodes: Sequence[PlanNode]) -> tuple[PlanNode, ...]:
    """Raises `ProblemsError` where nodes feed each other in a circle, or an edge comes from nowhere."""
    by_path = {node.path: node for node in nodes}
    graphs = {node.path for node in nodes if node.kind == "graph"}
    waits: dict[str, set[str]] = {node.path: set() for node in nodes}
    waits.update({path + _END: {path} for path in graphs})
    for node in nodes:
        if node.scope:
            waits[node.path].add(node.scope)
            waits[node.scope + _END].add(node.path + _END if node.path in graphs else node.path)
        for source in node.inputs.values():
            if source.path not in by_path:
                message = f"{node.path} is fed by {source.address}, which is not there. Remove the edge."
                raise ProblemsError([Problem(code="unknown_node", path="", message=message)])
            waits[node.path].add(source.path + _END if source.path in graphs else source.path)
    order = topological(waits)
    if len(order) < len(waits):
        left = sorted(by_path.keys() - set(order))
        message = f"These nodes wait for each other: {', '.join(left[:10])}. Remove an edge."
        raise ProblemsError([Problem(code="cycle", path="", message=message)])
    return tuple(by_path[path] for path in order if path in by_path)
