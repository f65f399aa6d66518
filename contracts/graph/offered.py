"""What each kind of node offers to edges, and what it does to the world.

Owns:      the ports of every node kind, found from its contract, its body or its own fields.
Never:     judges an edge; what is wired in arrives as ports.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from msgspec import UNSET

from contracts.canonical import JSON
from contracts.expressions import check_expression
from contracts.graph.called import (
    CallNode,
    check_call,
    check_claims,
    check_default,
    inputs_schema,
    modified_ports,
)
from contracts.graph.document import (
    ApprovalNode,
    Body,
    ConstantNode,
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
from contracts.graph.findings import Place
from contracts.graph.generics import bound_ports
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
from contracts.graph.summary import WAITS, Summary, renamed, summary_of
from contracts.module import ModuleContract, Port
from contracts.schema import check_port_schema, compile_guard, infer
from contracts.versions import is_exact

Wired = Mapping[str, Port | None]
Offer = tuple[NodePorts, Summary | None]
_TOO_DEEP = f"Graphs are nested more than {MAX_NESTING} deep here. Flatten one of them."


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a scope is to whoever calls it. Outputs that may be skipped are optional."""

    inputs: Mapping[str, Port]
    outputs: Mapping[str, Port | None]
    parameters: JSON
    summary: Summary


@dataclass(slots=True)
class Context:
    """What the scopes of one check share. Contracts keep their ports: one version stands on many nodes."""

    library: Library
    contracts: dict[tuple[str, str, str | None], ModuleContract | None] = field(default_factory=dict)
    ports: dict[int, NodePorts] = field(default_factory=dict)

    def contract_of(self, node: CallNode) -> ModuleContract | None:
        if isinstance(node, LayerNode):
            key: tuple[str, str, str | None] = (node.layer, "", None)
        else:
            key = (str(node.module), str(node.pin), None if node.bundle is UNSET else node.bundle)
        if key not in self.contracts:
            is_layer = isinstance(node, LayerNode)
            self.contracts[key] = (
                self.library.layer_contract(key[0]) if is_layer else self.library.contract_of(*key)
            )
        return self.contracts[key]

    def ports_of(self, contract: ModuleContract) -> NodePorts:
        if id(contract) not in self.ports:
            self.ports[id(contract)] = contract_ports(contract)
        return self.ports[id(contract)]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The scope that a node stands in. `enter` checks a body within it; `level` counts scopes from 1."""

    context: Context
    parameters: JSON
    level: int
    enter: Callable[[str, Body, Place], Scope]


def offered(around: Surroundings, node_id: str, node: Node, wired: Wired, place: Place) -> Offer:
    """The ports of a node as edges see them, and what it adds to its scope."""
    match node:
        case ModuleNode() | LayerNode() | GraphNode():
            return _called(around, node_id, node, wired, place)
        case InputNode():
            _check_port(node.port, place.at("port"))
            return NodePorts(inputs={}, outputs={"value": node.port}), None
        case OutputNode():
            if node.port is not UNSET:
                _check_port(node.port, place.at("port"))
                return NodePorts(inputs={"value": node.port}, outputs={}), None
            return NodePorts(inputs={"value": wired.get("value")}, outputs={}), None
        case ConstantNode():
            return NodePorts(inputs={}, outputs={"value": _constant_port(node.value)}), None
        case WaitNode() | SignalNode() | ApprovalNode():
            return _waiting(around, node, wired, place), WAITS
    assert_never(node)


def _constant_port(value: JSON) -> Port:
    """The constant itself decides edges; its inferred type is what type variables see of it."""
    schema = infer([value])
    return json_port({**(schema if isinstance(schema, dict) else {}), "const": value})


def _called(around: Surroundings, node_id: str, node: CallNode, wired: Wired, place: Place) -> Offer:
    handles_errors = node.on_error != "fail" or (node.map is not UNSET and node.map.failures == "collect")
    if isinstance(node, GraphNode) and node.body is not UNSET:
        if around.level >= MAX_NESTING:
            place.problem("nesting", _TOO_DEEP)
            return NO_PORTS, None
        scope = around.enter(node_id, node.body, place.at("body"))
        ports = NodePorts(inputs=scope.inputs, outputs=scope.outputs, config=scope.parameters)
        claims, summary = (
            scope.summary,
            renamed(scope.summary, secrets=node.secrets, handles_errors=handles_errors),
        )
    else:
        contract = _contract(around, node, place)
        if contract is None:
            return NO_PORTS, None
        ports = around.context.ports_of(contract)
        if contract.type_variables:
            known = {name: port for name, port in wired.items() if port is not None}
            ports = bound_ports(contract, ports, known, None if node.map is UNSET else node.map.over)
        claims = summary_of(contract, secrets={}, handles_errors=True)
        summary = summary_of(contract, secrets=node.secrets, handles_errors=handles_errors)
    check_claims(node, claims, place)
    ports = modified_ports(node, ports, place)
    check_call(node, ports, wired, around.parameters, place)
    return ports, summary


def _contract(around: Surroundings, node: CallNode, place: Place) -> ModuleContract | None:
    found = around.context.contract_of(node)
    if isinstance(node, LayerNode):
        if found is None:
            message = f"There is no layer {node.layer}. Choose another layer, or create it."
            place.at("layer").problem("unknown_layer", message)
        return found
    if found is None:
        bundle = "" if node.bundle is UNSET else f" ({node.bundle})"
        message = (
            f"There is no version {node.module}@{node.pin}{bundle} that you may use. Choose another one."
        )
        place.at("pin").problem("unknown_version", message)
    if node.bundle is not UNSET and not is_exact(str(node.pin)):
        message = f"A bundle belongs beside an exact version, not beside {node.pin}. Pin one number."
        place.at("pin").problem("bundle_pin", message)
    if found is not None and isinstance(node, GraphNode):
        inner = nesting_of(around.context.library, str(node.module), str(node.pin))
        if around.level + inner > MAX_NESTING:
            place.problem("nesting", _TOO_DEEP)
    return found


def _waiting(
    around: Surroundings, node: WaitNode | SignalNode | ApprovalNode, wired: Wired, place: Place
) -> NodePorts:
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
        check_default(node.on_error.default, outputs, place.at("on_error", "default"))
    if node.on_error == "port":
        outputs[ERROR] = json_port(ERROR_SCHEMA)
    ports = NodePorts(inputs={"value": None}, outputs=outputs)
    seen = {"inputs": inputs_schema(ports, wired), "parameters": around.parameters}
    if node.when is not UNSET:
        place.at("when").take(check_expression(node.when, seen, want="bool"))
    if isinstance(node, WaitNode):
        if isinstance(node.seconds, str):
            place.at("seconds").take(check_expression(node.seconds, seen, want="number"))
        if node.until is not UNSET:
            place.at("until").take(check_expression(node.until, seen, want="timestamp"))
    return ports


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
