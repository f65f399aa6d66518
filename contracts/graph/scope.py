"""The check of one scope: the top of a graph, or the inside of a graph node.

Owns:      the walk in topological order that types every port, judges every edge and adds up what the scope does.
Promises:  each node is looked at once, after what feeds it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never

from msgspec import UNSET
from msgspec.structs import replace

from contracts.canonical import JSON
from contracts.expressions import check_expression
from contracts.expressions.judgement import judge_expression
from contracts.graph.called import CallNode, check_call, check_claims, inputs_schema, modified_ports
from contracts.graph.document import (
    ApprovalNode,
    Body,
    ConstantNode,
    Edge,
    GraphNode,
    InputNode,
    LayerNode,
    ModuleNode,
    Node,
    OnErrorDefault,
    OutputNode,
    SignalNode,
    WaitNode,
)
from contracts.graph.findings import EdgeCheck, Place
from contracts.graph.generics import bound_ports
from contracts.graph.judging import explained, judge_ports
from contracts.graph.library import Library
from contracts.graph.nesting import MAX_NESTING, nesting_of
from contracts.graph.ports import (
    ERROR,
    ERROR_SCHEMA,
    NO_PORTS,
    NodePorts,
    contract_ports,
    decision_port,
    json_port,
)
from contracts.graph.presence import ALWAYS, NEVER, Presence, all_of, any_of, condition, conflict, outcome
from contracts.graph.structure import Feed, Wiring, check_names, wiring_of
from contracts.graph.suggestions import suggestion_for
from contracts.graph.summary import WAITS, Summary, added, renamed, summary_of
from contracts.module import ModuleContract, Port
from contracts.schema import check_port_schema, compile_guard, infer

EMPTY: JSON = {"type": "object", "additionalProperties": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a scope is to whoever calls it. Ports that may be skipped are optional."""

    inputs: Mapping[str, Port]
    outputs: Mapping[str, Port | None]
    parameters: JSON
    summary: Summary


@dataclass(slots=True)
class Context:
    """What the scopes of one check share. Contracts keep their ports: one version stands on many nodes."""

    library: Library
    is_suggesting: bool = True
    contracts: dict[tuple[str, str, str | None], ModuleContract | None] = field(default_factory=dict)
    ports: dict[int, NodePorts] = field(default_factory=dict)

    def contract_of(self, node: ModuleNode | LayerNode | GraphNode) -> ModuleContract | None:
        if isinstance(node, LayerNode):
            key: tuple[str, str, str | None] = (node.layer, "", None)
        else:
            assert node.module is not UNSET
            assert node.pin is not UNSET
            key = (node.module, node.pin, None if node.bundle is UNSET else node.bundle)
        if key not in self.contracts:
            found = (
                self.library.layer_contract(node.layer)
                if isinstance(node, LayerNode)
                else self.library.contract_of(*key)
            )
            self.contracts[key] = found
        return self.contracts[key]

    def ports_of(self, contract: ModuleContract) -> NodePorts:
        if id(contract) not in self.ports:
            self.ports[id(contract)] = contract_ports(contract)
        return self.ports[id(contract)]


def check_scope(
    context: Context,
    body: "Body | Scoped",
    place: Place,
    *,
    path: str = "",
    level: int = 1,
) -> Scope:
    """`path` is that of the graph node around it, with a slash; `level` counts scopes from 1."""
    walk = _Walk(context, body, place, path, level)
    check_names(body.nodes, place)
    walk.check_parameters()
    for node_id in walk.wiring.order:
        walk.visit(node_id)
    return walk.result()


@dataclass(frozen=True, slots=True)
class Scoped:
    """The top of a graph document, seen as a body."""

    nodes: dict[str, Node]
    edges: dict[str, Edge]
    parameters: JSON


class _Walk:
    def __init__(self, context: Context, body: "Body | Scoped", place: Place, path: str, level: int) -> None:
        self.context = context
        self.nodes = body.nodes
        self.place = place
        self.path = path
        self.level = level
        self.parameters: JSON = EMPTY if body.parameters is UNSET else body.parameters
        self.wiring: Wiring = wiring_of(body.nodes, body.edges, place)
        self.ports: dict[str, NodePorts] = {}
        self.presence: dict[str, Presence] = {}
        self.summaries: list[Summary] = []

    def check_parameters(self) -> None:
        if self.parameters is not EMPTY:
            problems = check_port_schema(self.parameters)
            self.place.at("parameters").take(problems)
            if problems:
                self.parameters = True

    def visit(self, node_id: str) -> None:
        node, place = self.nodes[node_id], self.place.at("nodes", node_id)
        feeds = self.wiring.feeds[node_id]
        wired = {name: self.incoming(feed) for name, feed in sorted(feeds.items())}
        ports = self.ports_of(node_id, node, wired, place)
        self.ports[node_id] = ports
        place.findings.ports[self.path + node_id] = ports
        for name, feed in sorted(feeds.items()):
            self.judge(feed, wired[name], ports, node)
        self.check_wiring(node_id, node, ports, place)
        self.presence[node_id] = self.presence_of(node_id, node, ports, place)

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
        schema, problems = judge_expression(feed.edge.select, {"value": port.schema})
        place.at("select").take(problems)
        return None if problems else json_port(schema, max_bytes=port.max_bytes)

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
        target = ports.inputs.get(feed.wire.input)
        verdict = judge_ports(
            source, target if not isinstance(node, OutputNode) or node.port is not UNSET else None
        )
        suggestion = None
        if verdict.answer == "no":
            assert source is not None
            if self.context.is_suggesting:
                select = None if feed.edge.select is UNSET else feed.edge.select
                suggestion = suggestion_for(source, target, select)
            place.problem("incompatible", _advised(feed, explained(verdict), suggestion))
        elif verdict.answer == "unknown" and source is not None:
            message = f"Whether every value fits is not decided: {verdict.reason} Each value is checked as it passes."
            place.warn("unproven", message)
        place.findings.edges[self.path + feed.key] = EdgeCheck(verdict=verdict, suggestion=suggestion)

    def check_wiring(self, node_id: str, node: Node, ports: NodePorts, place: Place) -> None:
        feeds, used = self.wiring.feeds[node_id], self.wiring.used[node_id]
        for name, port in ports.inputs.items():
            is_required = isinstance(node, OutputNode) or (port is not None and port.is_required)
            if name not in feeds and is_required:
                place.problem("unwired", f"Nothing is wired to input {name!r}, which is required. Wire it.")
        if ERROR in ports.outputs and ERROR not in used:
            message = (
                "Errors leave by the port error, but nothing is wired to it. Wire it, or change on_error."
            )
            if isinstance(node, ModuleNode | LayerNode | GraphNode) and node.on_error != "port":
                message = "Failed items leave by the port error, but nothing is wired to it. Wire it, or let the map fail."
            place.problem("error_unwired", message)
        if (
            not used
            and ports.outputs
            and not isinstance(node, InputNode | WaitNode | SignalNode | ApprovalNode)
        ):
            if (
                not isinstance(node, ModuleNode | LayerNode | GraphNode)
                or self.summaries[-1].effects.kind == "pure"
            ):
                place.warn("unused", "Nothing uses what this node gives. Wire an output, or remove the node.")

    # What each kind of node offers.

    def ports_of(self, node_id: str, node: Node, wired: Mapping[str, Port | None], place: Place) -> NodePorts:
        match node:
            case ModuleNode() | LayerNode() | GraphNode():
                return self.called(node_id, node, wired, place)
            case InputNode():
                _check_port(node.port, place.at("port"))
                return NodePorts(inputs={}, outputs={"value": node.port})
            case OutputNode():
                if node.port is not UNSET:
                    _check_port(node.port, place.at("port"))
                    return NodePorts(inputs={"value": node.port}, outputs={})
                return NodePorts(inputs={"value": wired.get("value")}, outputs={})
            case ConstantNode():
                schema = infer([node.value])
                # The constant itself decides edges; its inferred type is what type variables see of it.
                exact = {**(schema if isinstance(schema, dict) else {}), "const": node.value}
                return NodePorts(inputs={}, outputs={"value": json_port(exact)})
            case WaitNode() | SignalNode() | ApprovalNode():
                return self.waiting(node, wired, place)
        assert_never(node)

    def called(
        self, node_id: str, node: CallNode, wired: Mapping[str, Port | None], place: Place
    ) -> NodePorts:
        handles_errors = node.on_error != "fail" or (node.map is not UNSET and node.map.failures == "collect")
        if isinstance(node, GraphNode) and node.body is not UNSET:
            ports, summary = self.nested(node_id, node, node.body, place)
            summary = renamed(summary, secrets=node.secrets, handles_errors=handles_errors)
        else:
            contract = self.contract(node, place)
            if contract is None:
                self.summaries.append(Summary())
                return NO_PORTS
            ports = self.context.ports_of(contract)
            if contract.type_variables:
                known = {name: port for name, port in wired.items() if port is not None}
                over = None if node.map is UNSET else node.map.over
                ports = bound_ports(contract, ports, known, over)
            check_claims(node, summary_of(contract, secrets={}, handles_errors=True), place)
            summary = summary_of(contract, secrets=node.secrets, handles_errors=handles_errors)
        self.summaries.append(summary)
        ports = modified_ports(node, ports, place)
        check_call(node, ports, wired, self.parameters, place)
        return ports

    def contract(self, node: CallNode, place: Place) -> ModuleContract | None:
        found = self.context.contract_of(node)
        if isinstance(node, LayerNode):
            if found is None:
                message = f"There is no layer {node.layer}. Choose another layer, or create it."
                place.at("layer").problem("unknown_layer", message)
            return found
        if found is None:
            which = (
                f"{node.module}@{node.pin}"
                if node.bundle is UNSET
                else f"{node.module}@{node.pin} ({node.bundle})"
            )
            message = f"There is no version {which} that you may use. Choose another version or module."
            place.at("pin").problem("unknown_version", message)
        elif isinstance(node, GraphNode):
            inner = nesting_of(self.context.library, str(node.module), str(node.pin))
            if self.level + inner > MAX_NESTING:
                place.problem(
                    "nesting", f"Graphs are nested more than {MAX_NESTING} deep here. Flatten one of them."
                )
        return found

    def nested(self, node_id: str, node: GraphNode, body: Body, place: Place) -> tuple[NodePorts, Summary]:
        if self.level >= MAX_NESTING:
            place.problem(
                "nesting", f"Graphs are nested more than {MAX_NESTING} deep here. Flatten one of them."
            )
            return NO_PORTS, Summary()
        inner_place, path = place.at("body"), f"{self.path}{node_id}/"
        scope = check_scope(self.context, body, inner_place, path=path, level=self.level + 1)
        check_claims(node, scope.summary, place)
        return NodePorts(inputs=scope.inputs, outputs=scope.outputs, config=scope.parameters), scope.summary

    def waiting(
        self, node: WaitNode | SignalNode | ApprovalNode, wired: Mapping[str, Port | None], place: Place
    ) -> NodePorts:
        self.summaries.append(WAITS)
        inputs: dict[str, Port | None] = {} if isinstance(node, SignalNode) else {"value": None}
        outputs: dict[str, Port | None]
        match node:
            case WaitNode():
                outputs = {"value": wired["value"] if "value" in wired else json_port({"type": "null"})}
            case SignalNode():
                place.at("schema").take(check_port_schema(node.schema))
                outputs = {"value": json_port(node.schema)}
            case ApprovalNode():
                if node.form is not UNSET:
                    place.at("form").take(check_port_schema(node.form))
                outputs = {"decision": decision_port(node)}
        if isinstance(node.on_error, OnErrorDefault):
            for name, value in sorted(node.on_error.default.items()):
                port = outputs.get(name)
                if name not in outputs:
                    message = f"There is no output {name!r}. There are: {', '.join(sorted(outputs))}."
                    place.at("on_error", "default", name).problem("unknown_port", message)
                elif port is not None and port.media == "json":
                    place.at("on_error", "default", name).take(compile_guard(port.schema).problems(value))
        if node.on_error == "port":
            outputs[ERROR] = json_port(ERROR_SCHEMA)
        ports = NodePorts(inputs=inputs, outputs=outputs)
        seen = {"inputs": inputs_schema(ports, wired), "parameters": self.parameters}
        if node.when is not UNSET:
            place.at("when").take(check_expression(node.when, seen, want="bool"))
        if isinstance(node, WaitNode):
            if isinstance(node.seconds, str):
                place.at("seconds").take(check_expression(node.seconds, seen, want="number"))
            if node.until is not UNSET:
                place.at("until").take(check_expression(node.until, seen, want="timestamp"))
        return ports

    # When each node runs.

    def presence_of(self, node_id: str, node: Node, ports: NodePorts, place: Place) -> Presence:
        if isinstance(node, InputNode):
            is_optional = node.port.cardinality == "optional" and node.port.default is UNSET
            return Presence(may_skip=is_optional)
        feeds = self.wiring.feeds[node_id]
        parts = {name: self.presence_of_output(feed) for name, feed in feeds.items()}
        required = {
            name: part
            for name, part in parts.items()
            if isinstance(node, OutputNode)
            or ((port := ports.inputs.get(name)) is not None and port.is_required)
        }
        clash = conflict(required)
        if clash is not None:
            first, fact, second, other = clash
            message = (
                f"This node can never run: input {first!r} comes only when {fact.words}, "
                f"input {second!r} only when {other.words}. Make one of them optional, or join the branches before."
            )
            place.problem("never_runs", message)
            return NEVER
        needed = all_of(required.values()) if required or not parts else any_of(parts.values())
        when = getattr(node, "when", UNSET)
        if when is UNSET:
            return needed
        own = condition(when, {name: _source(feed) for name, feed in feeds.items()})
        if own.never:
            place.at("when").warn("never_runs", "The condition is always false: this node never runs.")
        elif conflict({"inputs": needed, "when": own}) is not None:
            message = (
                "The condition is never true when the inputs are there: this node can never run. Change it."
            )
            place.at("when").problem("never_runs", message)
            return NEVER
        return all_of([needed, own])

    def presence_of_output(self, feed: Feed) -> Presence:
        source = feed.wire.source
        node, ports = self.nodes[source], self.ports.get(source, NO_PORTS)
        parts = [self.presence.get(source, ALWAYS)]
        port = ports.outputs.get(feed.wire.output)
        if port is not None and port.cardinality == "optional" and not isinstance(node, InputNode):
            parts.append(Presence(may_skip=True))
        if getattr(node, "on_error", "fail") == "port":
            parts.append(outcome(source, failed=feed.wire.output == ERROR))
        return all_of(parts)

    def result(self) -> Scope:
        inputs: dict[str, Port] = {}
        outputs: dict[str, Port | None] = {}
        for node_id, node in sorted(self.nodes.items()):
            if isinstance(node, InputNode):
                inputs.setdefault(node.name, node.port)
            elif isinstance(node, OutputNode):
                port = self.ports[node_id].inputs.get("value")
                may_skip = self.presence[node_id].may_skip
                outputs.setdefault(node.name, _as_output(port, may_skip=may_skip))
        return Scope(
            inputs=inputs, outputs=outputs, parameters=self.parameters, summary=added(self.summaries)
        )


def _source(feed: Feed) -> str:
    select = "" if feed.edge.select is UNSET else f" | {feed.edge.select}"
    return f"{feed.wire.source}:{feed.wire.output}{select}"


def _as_output(port: Port | None, *, may_skip: bool) -> Port | None:
    if port is None:
        return None
    return replace(port, cardinality="optional" if may_skip else "one", default=UNSET)


def _check_port(port: Port, place: Place) -> None:
    if port.media == "table" and isinstance(port.columns, str):
        message = f"A graph has no type variables: {port.columns!r} stands for nothing. List the columns."
        place.at("columns").problem("type_variable", message)
    if port.media != "json":
        return
    problems = check_port_schema(port.schema)
    place.at("schema").take(problems)
    if not problems and port.default is not UNSET:
        place.at("default").take(compile_guard(port.schema).problems(port.default))


def _advised(feed: Feed, reason: str, suggestion: JSON) -> str:
    wire = feed.wire
    start = f"What {wire.source}:{wire.output} gives does not fit {wire.target}:{wire.input}. {reason}"
    match suggestion:
        case {"kind": "select", "expression": expression}:
            return f"{start} Set the edge's select to {expression}."
        case {"kind": "module", "module": module}:
            return f"{start} Put {module} between."
    return f"{start} Change the edge, or put a module between that converts."
