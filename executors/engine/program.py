"""The plan made ready for running: numbered nodes per scope, wires both ways, compiled expressions.

Owns:      `Program`, built once per plan and shared by all its runs.
Promises:  what a completion must look at is its node's `consumers`, nothing else.
Never:     changes after it is built; holds nothing of a run.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec
from msgspec import UNSET

from contracts.canonical import JSON, Digest
from contracts.expressions import Expression, compile_expression
from contracts.graph.document import MapModifier, OnErrorDefault, Placement, RepeatModifier, RetryModifier
from contracts.module import EffectKind, ModuleContract, Port
from contracts.plan import Plan, PlanNode, PlanVersion
from executors.engine.facts import json_value
from executors.engine.settings import Fill, settings_fill
from executors.protocol import Value

ERROR_PORT: Final = "error"
CHUNK_ITEMS: Final = 1_000
COUNTED_KINDS: Final = frozenset(("module", "wait", "approval", "signal"))
_encode = msgspec.json.encode


@dataclass(frozen=True, slots=True)
class Wire:
    """One edge into a port; `source` is the local number of the node it comes from."""

    port: str
    source: int
    source_port: str
    select: Expression | None
    is_required: bool


@dataclass(frozen=True, slots=True)
class Callee:
    """What a module node calls."""

    name: str
    version: PlanVersion
    contract: ModuleContract
    placement: Placement
    secrets: Mapping[str, str]
    timeout_seconds: float
    effect: EffectKind

    @property
    def is_repeatable(self) -> bool:
        """May be carried out again without asking anybody."""
        return self.effect in ("pure", "idempotent")


@dataclass(slots=True, eq=False)
class Node:
    """One node of a scope. `local` counts within the scope; which fields matter depends on `kind`."""

    plan: PlanNode
    path: str
    kind: str
    scope: int
    local: int
    wires: tuple[Wire, ...] = ()
    consumers: list[int] = field(default_factory=list)
    when: Expression | None = None
    until: Expression | None = None
    seconds: Expression | None = None
    map: MapModifier | None = None
    repeat: RepeatModifier | None = None
    retry: RetryModifier | None = None
    cache: bool | None = None
    callee: Callee | None = None
    config: bytes | None = b"{}"
    config_expressions: tuple[tuple[str, Expression], ...] = ()
    config_fill: Fill | None = None
    timeout_ms: int | None = None
    fallback: dict[str, Value] | None = None
    emits_errors: bool = False
    constant: Value | None = None
    port: Port | None = None
    inner: int = -1
    sources: tuple[int, ...] = ()
    weight: int = 0

    is_plain: bool = False

    @property
    def is_chunked(self) -> bool:
        return self.map is not None and self.callee is not None and self.callee.is_repeatable


@dataclass(slots=True, eq=False)
class Scope:
    """The inside of the graph, or of one graph node. `depth` counts the maps and repeats around it."""

    id: int
    path: str
    parent: int = -1
    depth: int = 0
    nodes: list[Node] = field(default_factory=list)
    inputs: dict[str, int] = field(default_factory=dict)
    outputs: dict[str, int] = field(default_factory=dict)
    pending: list[int] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Program:
    plan: Plan
    scopes: list[Scope]
    places: dict[str, tuple[int, int]]
    effects: frozenset[str] = frozenset()

    def node(self, path: str) -> Node:
        scope, local = self.places[path]
        return self.scopes[scope].nodes[local]


def build_program(plan: Plan, contracts: Mapping[Digest, ModuleContract]) -> Program:
    """Number the nodes and join them. Raises `KeyError` for a contract or node that is not there."""
    program = Program(plan=plan, scopes=[Scope(id=0, path="")], places={})
    numbers = {"": 0}
    for item in plan.nodes:
        scope = program.scopes[numbers[item.scope]]
        node = Node(plan=item, path=item.path, kind=item.kind, scope=scope.id, local=len(scope.nodes))
        scope.nodes.append(node)
        program.places[item.path] = (scope.id, node.local)
        if item.kind == "graph":
            node.inner = numbers[item.path] = len(program.scopes)
            depth = scope.depth + (item.map is not UNSET or item.repeat is not UNSET)
            program.scopes.append(Scope(id=node.inner, path=item.path, parent=scope.id, depth=depth))
        elif item.kind == "input" and isinstance(item.name, str):
            scope.inputs[item.name] = node.local
        elif item.kind == "output" and isinstance(item.name, str):
            scope.outputs[item.name] = node.local
    for scope in program.scopes:
        for node in scope.nodes:
            _fill(node, program, contracts)
        scope.pending = [len(node.sources) for node in scope.nodes]
    for scope in reversed(program.scopes):
        for node in scope.nodes:
            inner = program.scopes[node.inner].nodes if node.kind == "graph" else ()
            node.weight = sum(child.weight for child in inner) + (node.kind in COUNTED_KINDS)
    program.effects = frozenset(
        node.path
        for scope in program.scopes
        for node in scope.nodes
        if node.callee is not None and not node.callee.is_repeatable
    )
    return program


def _fill(node: Node, program: Program, contracts: Mapping[Digest, ModuleContract]) -> None:
    item = node.plan
    if item.version is not UNSET:
        node.callee = callee_of(item, program.plan, contracts)
    if item.kind == "constant":
        node.constant = json_value(_encode(item.value))
    node.port = None if item.port is UNSET else item.port
    _fill_modifiers(node)
    _fill_config(node)
    required = _required_ports(node, program)
    node.wires = tuple(
        Wire(
            port=port,
            source=program.places[source.path][1],
            source_port=source.port,
            select=None if source.select is UNSET else compile_expression(source.select),
            is_required=port in required,
        )
        for port, source in item.inputs.items()
    )
    node.sources = tuple(dict.fromkeys(wire.source for wire in node.wires))
    for source in node.sources:
        program.scopes[node.scope].nodes[source].consumers.append(node.local)
    node.is_plain = _is_plain(node)


def _is_plain(node: Node) -> bool:
    """A pure call, made once, with no decision of the engine between it and its inputs."""
    return (
        node.callee is not None
        and node.callee.effect == "pure"
        and not node.callee.secrets
        and node.config is not None
        and node.map is None
        and node.repeat is None
        and node.when is None
        and all(wire.select is None for wire in node.wires)
    )


def callee_of(item: PlanNode, plan: Plan, contracts: Mapping[Digest, ModuleContract]) -> Callee:
    """What a module node calls, with everything that its plan says of it."""
    assert isinstance(item.version, str)
    version = plan.versions[item.version]
    contract = contracts[version.contract]
    placement = Placement() if item.placement is UNSET else item.placement
    if placement.strategy is UNSET:
        placement = Placement(strategy=version.strategies[0], queue=placement.queue)
    named = {} if item.secrets is UNSET else item.secrets
    wall = version.limits.wall_seconds
    return Callee(
        name=item.version,
        version=version,
        contract=contract,
        placement=placement,
        secrets={slot: named.get(slot, slot) for slot in contract.capabilities.secrets},
        timeout_seconds=wall if item.timeout_seconds is UNSET else min(wall, item.timeout_seconds),
        effect=version.effects.kind,
    )


def _fill_modifiers(node: Node) -> None:
    item = node.plan
    node.when = None if item.when is UNSET else compile_expression(item.when)
    node.map = None if item.map is UNSET else item.map
    node.repeat = None if item.repeat is UNSET else item.repeat
    if node.repeat is not None:
        node.until = compile_expression(node.repeat.until)
    if item.until is not UNSET:
        node.until = compile_expression(item.until)
    if isinstance(item.seconds, str):
        node.seconds = compile_expression(item.seconds)
    node.retry = None if item.retry is UNSET else item.retry
    if node.retry is None and node.callee is not None:
        node.retry = RetryModifier(attempts=1 if node.callee.effect == "effectful" else 4)
    node.cache = None if item.cache is UNSET else item.cache
    if item.timeout_seconds is not UNSET and node.kind == "graph":
        node.timeout_ms = int(item.timeout_seconds * 1000)
    if isinstance(item.on_error, OnErrorDefault):
        node.fallback = {port: json_value(_encode(value)) for port, value in item.on_error.default.items()}
    node.emits_errors = item.on_error == "port"


def _fill_config(node: Node) -> None:
    if node.callee is None and node.kind != "graph":
        return
    config = {} if node.plan.config is UNSET else node.plan.config
    parameters = {} if node.plan.schema is UNSET else node.plan.schema
    node.config_fill = settings_fill(None if node.callee is None else node.callee.contract, parameters)
    dynamic = {
        key: value["$cel"]
        for key, value in config.items()
        if isinstance(value, dict) and value.keys() == {"$cel"}
    }
    if dynamic:
        node.config = None
        node.config_expressions = tuple((key, compile_expression(text)) for key, text in dynamic.items())
    else:
        node.config = _encode(config if node.config_fill is None else node.config_fill(config))


def _required_ports(node: Node, program: Program) -> set[str]:
    if node.callee is not None:
        ports: Mapping[str, Port] = node.callee.contract.ports.inputs
        return {name for name, port in ports.items() if port.is_required}
    if node.kind == "graph":
        inner = program.scopes[node.inner]
        inputs = {name: inner.nodes[local].plan.port for name, local in inner.inputs.items()}
        return {name for name, port in inputs.items() if isinstance(port, Port) and port.is_required}
    return {"value"} if node.kind == "output" else set()


def filled(schema: JSON, given: Mapping[str, JSON]) -> dict[str, JSON]:
    """`given` and, where they are missing, the defaults of the schema's own properties."""
    properties = schema.get("properties", {}) if isinstance(schema, dict) else {}
    defaults = {
        name: part["default"]
        for name, part in properties.items()
        if isinstance(part, dict) and "default" in part
    }
    return {**defaults, **given}
