"""The check of one scope: the top of a graph, or the inside of a graph node.

Owns:      the walk in topological order that types ports, judges edges and adds up what the scope does.
Promises:  each node is looked at once, after what feeds it.
"""

from dataclasses import dataclass

from msgspec import UNSET
from msgspec.structs import replace

from contracts.canonical import JSON
from contracts.expressions.judgement import judge_expression
from contracts.graph.branches import Branches
from contracts.graph.called import CallNode
from contracts.graph.document import Body, ConstantNode, Edge, InputNode, Node, OutputNode
from contracts.graph.findings import EdgeCheck, Place
from contracts.graph.judging import explained, judge_ports
from contracts.graph.offered import Context, Scope, Surroundings, offered
from contracts.graph.ports import ERROR, NO_PORTS, NodePorts, json_port
from contracts.graph.structure import Feed, check_names, wiring_of
from contracts.graph.suggestions import suggestion_for
from contracts.graph.summary import Summary, added
from contracts.module import Port
from contracts.schema import check_port_schema

EMPTY: JSON = {"type": "object", "additionalProperties": False}


@dataclass(frozen=True, slots=True)
class Scoped:
    """The top of a graph document, seen as a body."""

    nodes: dict[str, Node]
    edges: dict[str, Edge]
    parameters: JSON


def check_scope(
    context: Context,
    body: Body | Scoped,
    place: Place,
    *,
    path: str = "",
    level: int = 1,
) -> Scope:
    """`path` is that of the graph node around it, with a slash; `level` counts scopes from 1."""
    walk = _Walk(context, body, place, path, level)
    check_names(body.nodes, place)
    for node_id in walk.wiring.order:
        walk.visit(node_id)
    return walk.result()


class _Walk:
    def __init__(self, context: Context, body: Body | Scoped, place: Place, path: str, level: int) -> None:
        self.nodes = body.nodes
        self.place = place
        self.path = path
        self.wiring = wiring_of(body.nodes, body.edges, place)
        self.ports: dict[str, NodePorts] = {}
        self.branches = Branches(body.nodes, self.ports)
        self.summaries: dict[str, Summary] = {}
        self.bounds: set[str] = set()  # Edges whose select has a type that is only an upper bound.

        def enter(node_id: str, inner: Body, inner_place: Place) -> Scope:
            return check_scope(context, inner, inner_place, path=f"{path}{node_id}/", level=level + 1)

        parameters = self.checked_parameters(body)
        self.around = Surroundings(context, parameters, level, enter)

    def checked_parameters(self, body: Body | Scoped) -> JSON:
        if body.parameters is UNSET:
            return EMPTY
        problems = check_port_schema(body.parameters)
        self.place.at("parameters").take(problems)
        return True if problems else body.parameters

    def visit(self, node_id: str) -> None:
        node, place = self.nodes[node_id], self.place.at("nodes", node_id)
        feeds = self.wiring.feeds[node_id]
        wired = {name: self.incoming(feed) for name, feed in sorted(feeds.items())}
        ports, summary = offered(self.around, node_id, node, wired, place)
        if summary is not None:
            self.summaries[node_id] = summary
        self.ports[node_id] = ports
        place.findings.ports[self.path + node_id] = ports
        for name, feed in sorted(feeds.items()):
            self.judge(feed, wired[name], ports, node)
        self.check_wiring(node_id, node, ports, place)
        self.branches.visit(node_id, feeds, place)

    def incoming(self, feed: Feed) -> Port | None:
        """What an edge brings: the output, or what `select` makes of it. None: not known."""
        wire, place = feed.wire, self.place.at("edges", feed.key)
        source = self.ports.get(wire.source)
        if source is None or source is NO_PORTS:
            return None
        if wire.output not in source.outputs:
            place.problem("unknown_port", self.no_output(wire.source, wire.output, source))
            return None
        port = source.outputs[wire.output]
        if feed.edge.select is UNSET or port is None:
            return port
        if port.media != "json":
            message = f"select reads JSON, but {wire.source}:{wire.output} is a {port.media}. Remove select."
            place.at("select").problem("select_media", message)
            return None
        judgement = judge_expression(feed.edge.select, {"value": port.schema})
        place.at("select").take(judgement.problems)
        if not judgement.is_exact:
            self.bounds.add(feed.key)
        return None if judgement.problems else json_port(judgement.schema, max_bytes=port.max_bytes)

    def no_output(self, node_id: str, name: str, ports: NodePorts) -> str:
        if name == ERROR:
            return f"{node_id} has no port error: set its on_error to port, or remove the edge."
        known = ", ".join(sorted(ports.outputs)) or "none"
        return f"{node_id} has no output {name!r}; it has: {known}. Choose one of them, or remove the edge."

    def judge(self, feed: Feed, source: Port | None, ports: NodePorts, node: Node) -> None:
        place = self.place.at("edges", feed.key)
        if feed.wire.input not in ports.inputs and ports is not NO_PORTS:
            known = ", ".join(sorted(ports.inputs)) or "none"
            message = (
                f"{feed.wire.target} has no input {feed.wire.input!r}; it has: {known}. Choose one of them."
            )
            place.problem("unknown_port", message)
            return
        is_open = isinstance(node, OutputNode) and node.port is UNSET
        target = None if is_open else ports.inputs.get(feed.wire.input)
        verdict = judge_ports(source, target, is_exact=feed.key not in self.bounds)
        suggestion = None
        if verdict.answer == "no":
            assert source is not None
            select = None if feed.edge.select is UNSET else feed.edge.select
            suggestion = suggestion_for(source, target, select)
            place.problem("incompatible", _advised(feed, explained(verdict), suggestion))
        elif verdict.answer == "unknown" and source is not None:
            message = f"Not decided: {explained(verdict)} Each value is checked as it passes."
            place.warn("unproven", message)
        place.findings.edges[self.path + feed.key] = EdgeCheck(verdict=verdict, suggestion=suggestion)

    def check_wiring(self, node_id: str, node: Node, ports: NodePorts, place: Place) -> None:
        feeds, used = self.wiring.feeds[node_id], self.wiring.used[node_id]
        for name, port in ports.inputs.items():
            is_required = isinstance(node, OutputNode) or (port is not None and port.is_required)
            if name not in feeds and is_required:
                place.problem("unwired", f"Nothing is wired to input {name!r}, which is required. Wire it.")
        if ERROR in ports.outputs and ERROR not in used:
            whose = "Errors" if getattr(node, "on_error", "fail") == "port" else "Failed items"
            message = f"{whose} leave by the port error, but nothing is wired to it. Wire it, or let it fail."
            place.problem("error_unwired", message)
        summary = self.summaries.get(node_id)
        is_idle = isinstance(node, ConstantNode) or (
            isinstance(node, CallNode) and summary is not None and summary.effects.kind == "pure"
        )
        if not used and ports.outputs and is_idle:
            place.warn("unused", "Nothing uses what this node gives. Wire an output, or remove the node.")

    def result(self) -> Scope:
        inputs: dict[str, Port] = {}
        outputs: dict[str, Port | None] = {}
        for node_id, node in sorted(self.nodes.items()):
            if isinstance(node, InputNode):
                inputs.setdefault(node.name, node.port)
            elif isinstance(node, OutputNode):
                port = self.ports[node_id].inputs.get("value")
                may_skip = self.branches.may_skip(node_id)
                outputs.setdefault(node.name, _as_output(port, may_skip=may_skip))
        return Scope(
            inputs=inputs,
            outputs=outputs,
            parameters=self.around.parameters,
            summary=added(self.summaries.values()),
        )


def _as_output(port: Port | None, *, may_skip: bool) -> Port | None:
    if port is None:
        return None
    return replace(port, cardinality="optional" if may_skip else "one", default=UNSET)


def _advised(feed: Feed, reason: str, suggestion: JSON) -> str:
    wire = feed.wire
    start = f"What {wire.source}:{wire.output} gives does not fit {wire.target}:{wire.input}. {reason}"
    if suggestion is not None:
        return f"{start} Set the edge's select to {suggestion['expression']}."
    return f"{start} Change the edge, or put a module between that converts."
