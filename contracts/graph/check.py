"""Whether a graph may run, and why not.

Owns:      `check_graph` and `judge_connection`.
Promises:  pure and deterministic; each node and edge is looked at once, equal pairs of schemas judged once.
Never:     resolves a version: the library says which contract a pin stands for.
"""

from msgspec import UNSET

from contracts.graph.document import (
    Body,
    Edge,
    GraphDocument,
    GraphNode,
    LayerNode,
    ModuleNode,
    Node,
    OutputNode,
    WaitNode,
    Wire,
    wires,
)
from contracts.graph.findings import EdgeCheck, Findings, GraphCheck, Place
from contracts.graph.judging import NOT_KNOWN
from contracts.graph.library import Library
from contracts.graph.offered import Context, Scope
from contracts.graph.scope import Scoped, check_scope
from contracts.problems import pointer
from contracts.schema import Verdict


def check_graph(graph: GraphDocument, library: Library) -> GraphCheck:
    """All problems, warnings, verdicts and port types of a graph."""
    return checked(graph, library)[0]


def checked(graph: GraphDocument, library: Library) -> tuple[GraphCheck, Scope]:
    """The answer, and what the graph is to whoever calls it."""
    findings = Findings()
    scope = check_scope(Context(library), _top(graph), Place(findings, ""))
    return findings.result(), scope


def judge_connection(graph: GraphDocument, library: Library, wire: Wire, scope: str = "") -> EdgeCheck:
    """What an edge would be, before it is drawn; it replaces the one that feeds the input now.

    `scope` is the path of the graph node whose body the edge is in. Only what decides the types of
    the two ends is looked at. Raises `KeyError` where there is no such node or scope.
    """
    body = _body_at(graph, scope)
    others = [
        (known, edge)
        for known, edge in wires(body.edges)
        if (known.target, known.input) != (wire.target, wire.input) and known.source in body.nodes
    ]
    feeding: dict[str, set[str]] = {node: set() for node in body.nodes}
    for known, _ in others:
        if known.target in feeding:
            feeding[known.target].add(known.source)
    if wire.target in _ancestors(feeding, wire.source):
        reason = f"{wire.target} already feeds {wire.source}: the edge would close a circle."
        return EdgeCheck(verdict=Verdict(answer="no", keyword="cycle", reason=reason))
    context = Context(library)
    typing = {
        node: found for node, found in feeding.items() if _is_typed_by_inputs(context, body.nodes[node])
    }
    nodes = _ancestors(typing, wire.source) | _ancestors(typing, wire.target)
    kept = {str(known): edge for known, edge in others if known.source in nodes and known.target in nodes}
    part = Scoped(
        {node: body.nodes[node] for node in nodes},
        {**kept, str(wire): body.edges.get(str(wire), Edge())},
        body.parameters,
    )
    findings = Findings()
    check_scope(context, part, Place(findings, ""))
    own = pointer("edges", str(wire))
    for problem in findings.problems:
        if problem.path.startswith(own) and problem.code != "incompatible":
            return EdgeCheck(verdict=Verdict(answer="no", keyword=problem.code, reason=problem.message))
    return findings.edges.get(str(wire), EdgeCheck(verdict=NOT_KNOWN))


def _top(graph: GraphDocument) -> Scoped:
    return Scoped(graph.nodes, graph.edges, graph.parameters)


def _body_at(graph: GraphDocument, scope: str) -> Body | Scoped:
    body: Body | Scoped = _top(graph)
    for part in scope.split("/") if scope else ():
        node = body.nodes[part]
        if not isinstance(node, GraphNode) or node.body is UNSET:
            raise KeyError(scope)
        body = node.body
    return body


def _is_typed_by_inputs(context: Context, node: Node) -> bool:
    """Whether what a node gives, or takes, depends on what is wired in."""
    if isinstance(node, ModuleNode | LayerNode) or (isinstance(node, GraphNode) and node.body is UNSET):
        contract = context.contract_of(node)
        return contract is not None and bool(contract.type_variables)
    return isinstance(node, WaitNode | OutputNode)


def _ancestors(feeding: dict[str, set[str]], node: str) -> set[str]:
    """The node and all that feeds it."""
    found = {node}
    pending = [node]
    while pending:
        for source in feeding.get(pending.pop(), set()) - found:
            found.add(source)
            pending.append(source)
    return found
