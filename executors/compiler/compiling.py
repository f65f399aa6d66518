"""Turns a locked graph into a plan.

Owns:      resolution of layers to bound versions, the order of nodes, defaults, segments, strategies.
Promises:  pure; equal arguments give equal plans; every digest a worker may execute stands in `versions`.
Never:     looks anything up: graph, lock, contracts, versions and bindings are arguments.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from contracts.canonical import JSON, Digest
from contracts.graph.document import (
    ApprovalNode,
    Body,
    ConstantNode,
    Edge,
    GraphDocument,
    GraphNode,
    InputNode,
    LayerNode,
    ModuleNode,
    Node,
    OutputNode,
    Placement,
    RetryModifier,
    SignalNode,
    WaitNode,
    graph_digest,
    wires,
)
from contracts.lock import Lock, lock_digest
from contracts.module import ModuleContract
from contracts.plan import BoundLayer, Plan, PlanNode, PlanVersion, Source
from contracts.problems import Problem, ProblemsError, pointer
from executors.compiler.inherited import Defaults, placed
from executors.compiler.segments import with_segments
from executors.compiler.sequence import in_order
from executors.hosting import HostPolicy, VersionFacts

ATTEMPTS = 4


def compile_plan(
    graph: GraphDocument,
    lock: Lock,
    contracts: Mapping[Digest, ModuleContract],
    versions: Mapping[str, VersionFacts],
    bindings: Mapping[str, BoundLayer],
    *,
    environment: str,
    host: HostPolicy,
    graphs: Mapping[str, GraphDocument] | None = None,
) -> Plan:
    """The plan of one run.

    `contracts` by digest; `versions` by `team/name@1.2.0`, locked and bound ones; `bindings` by layer;
    `graphs` by version, for linked sub-graphs. Raises `ProblemsError` where one of them lacks something,
    where the lock is of another graph, or where no strategy is both declared and allowed; paths point into
    the graph.
    """
    digest = graph_digest(graph)
    if lock.graph != digest:
        message = f"The lock is of graph {lock.graph}, this one is {digest}. Lock the graph again."
        raise ProblemsError([Problem(code="other_graph", path="", message=message)])
    compiler = _Compiler(lock, contracts, versions, bindings, host, graphs or {})
    body = Body(nodes=graph.nodes, edges=graph.edges)
    compiler.scope(body, scope="", place="", defaults=Defaults())
    if compiler.problems:
        raise ProblemsError(sorted(compiler.problems, key=lambda problem: (problem.path, problem.code)))
    return Plan(
        format="lamina/plan@1",
        graph=digest,
        lock=lock_digest(lock),
        environment=environment,
        deadline_seconds=graph.deadline_seconds,
        parameters=graph.parameters_schema,
        layers=dict(sorted(compiler.layers.items())),
        versions=dict(sorted(compiler.used.items())),
        nodes=with_segments(in_order(compiler.nodes), compiler.used),
    )


@dataclass(slots=True)
class _Compiler:
    lock: Lock
    contracts: Mapping[Digest, ModuleContract]
    versions: Mapping[str, VersionFacts]
    bindings: Mapping[str, BoundLayer]
    host: HostPolicy
    graphs: Mapping[str, GraphDocument]
    nodes: list[PlanNode] = field(default_factory=list)
    layers: dict[str, BoundLayer] = field(default_factory=dict)
    used: dict[str, PlanVersion] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def complain(self, code: str, place: str, message: str) -> None:
        self.problems.append(Problem(code=code, path=place, message=message))

    def scope(self, body: Body, *, scope: str, place: str, defaults: Defaults) -> None:
        prefix = f"{scope}/" if scope else ""
        sources = _sources(body.edges, prefix)
        for node_id, node in body.nodes.items():
            path = prefix + node_id
            own_place = place + pointer("nodes", node_id)
            planned = self.node(node, path, own_place, defaults)
            if planned is not None:
                inputs = dict(sorted(sources.get(node_id, {}).items()))
                self.nodes.append(replace(planned, scope=scope, inputs=inputs))

    def node(self, node: Node, path: str, place: str, defaults: Defaults) -> PlanNode | None:
        match node:
            case ModuleNode() | LayerNode():
                return self.call(node, path, place, defaults)
            case GraphNode():
                self.inside(node, path, place, defaults.within(node))
                return self.graph(node, path)
            case InputNode():
                return PlanNode(path=path, kind="input", name=node.name, port=node.port)
            case OutputNode():
                return PlanNode(path=path, kind="output", name=node.name, port=node.port)
            case ConstantNode():
                return PlanNode(path=path, kind="constant", value=node.value)
            case WaitNode():
                return PlanNode(
                    path=path,
                    kind="wait",
                    seconds=node.seconds,
                    until=node.until,
                    when=node.when,
                    on_error=node.on_error,
                )
            case SignalNode():
                return PlanNode(
                    path=path,
                    kind="signal",
                    name=node.name,
                    schema=node.schema,
                    deadline_seconds=node.deadline_seconds,
                    when=node.when,
                    on_error=node.on_error,
                )
            case ApprovalNode():
                return PlanNode(
                    path=path,
                    kind="approval",
                    who=node.who,
                    prompt=node.prompt,
                    form=node.form,
                    deadline_seconds=node.deadline_seconds,
                    when=node.when,
                    on_error=node.on_error,
                )
        assert_never(node)

    def graph(self, node: GraphNode, path: str) -> PlanNode:
        """`schema` is that of its config, which is what `parameters` means inside."""
        return PlanNode(
            path=path,
            kind="graph",
            config=node.config,
            schema=self.parameters_of(node, path),
            when=node.when,
            map=node.map,
            repeat=node.repeat,
            timeout_seconds=node.timeout_seconds,
            on_error=node.on_error,
        )

    def parameters_of(self, node: GraphNode, path: str) -> JSON | UnsetType:
        if node.body is not UNSET:
            return node.body.parameters
        linked = self.graphs.get(self.lock.nodes.get(path, ""))
        return UNSET if linked is None else linked.parameters

    def inside(self, node: GraphNode, path: str, place: str, defaults: Defaults) -> None:
        if node.body is not UNSET:
            self.scope(node.body, scope=path, place=place + "/body", defaults=defaults)
            return
        version = self.lock.nodes.get(path)
        linked = None if version is None else self.graphs.get(version)
        if linked is None:
            which = f"{node.module}@{node.pin}" if version is None else version
            self.complain("not_locked", place, f"The graph {which} is not in the lock. Lock the graph again.")
            return
        body = Body(nodes=linked.nodes, edges=linked.edges)
        self.scope(body, scope=path, place=place, defaults=defaults)

    def call(
        self, node: ModuleNode | LayerNode, path: str, place: str, defaults: Defaults
    ) -> PlanNode | None:
        version = self.version_of(node, path, place)
        facts = None if version is None else self.planned(version, place)
        if version is None or facts is None:
            return None
        effectful = facts.effects.kind == "effectful"
        retry = defaults.retry if node.retry is UNSET else node.retry
        contract = self.contracts[facts.contract]
        slots = contract.capabilities.secrets
        return PlanNode(
            path=path,
            kind="module",
            version=version,
            layer=node.layer if isinstance(node, LayerNode) else UNSET,
            config=node.config,
            secrets={slot: defaults.secret(node.secrets.get(slot, slot)) for slot in slots}
            if slots
            else UNSET,
            when=node.when,
            map=node.map,
            repeat=node.repeat,
            cache=defaults.cache if node.cache is UNSET else node.cache,
            retry=RetryModifier(attempts=1 if effectful else ATTEMPTS) if retry is UNSET else retry,
            timeout_seconds=min(facts.limits.wall_seconds, _number(node.timeout_seconds)),
            placement=self.placement(placed(node.placement, defaults.placement), version, facts, place),
            on_error=node.on_error,
        )

    def version_of(self, node: ModuleNode | LayerNode, path: str, place: str) -> str | None:
        locked = self.lock.nodes.get(path)
        if locked is None:
            self.complain("not_locked", place, "The lock says nothing of this node. Lock the graph again.")
            return None
        if isinstance(node, ModuleNode):
            return locked
        bound = self.bindings.get(node.layer)
        if bound is None:
            message = f"Nothing fills the layer {node.layer} in this environment. Bind a version to it."
            self.complain("unbound_layer", place, message)
            return None
        self.layers[node.layer] = bound
        return bound.version

    def planned(self, version: str, place: str) -> PlanVersion | None:
        if version in self.used:
            return self.used[version]
        facts = self.versions.get(version)
        if facts is None:
            self.complain(
                "unknown_version", place, f"Nothing is known of {version}. Publish it, or lock again."
            )
            return None
        locked = self.lock.versions.get(version)
        if locked is not None and (locked.bundle, locked.contract) != (facts.bundle, facts.contract):
            message = f"{version} is not the bundle that was locked. Lock the graph again."
            self.complain("other_bundle", place, message)
            return None
        contract = self.contracts.get(facts.contract)
        if contract is None:
            self.complain(
                "unknown_contract", place, f"The contract of {version} is missing. Publish it again."
            )
            return None
        self.used[version] = PlanVersion(
            bundle=facts.bundle,
            contract=facts.contract,
            runtime=facts.runtime,
            strategies=facts.strategies,
            min_rung=facts.min_rung,
            effects=contract.effects,
            limits=contract.limits,
            dependencies=UNSET if facts.dependencies is None else facts.dependencies,
            capabilities=contract.capabilities,
        )
        return self.used[version]

    def placement(self, wanted: Placement, version: str, facts: PlanVersion, place: str) -> Placement:
        possible = self.host.strategies_for(facts.strategies, facts.bundle)
        queue = self.queue(wanted, place)
        if wanted.strategy is UNSET and possible:
            return Placement(strategy=possible[0], queue=queue)
        if wanted.strategy not in possible:
            by = "" if wanted.strategy is UNSET else f" by {wanted.strategy}"
            offered = f"It may run by {', '.join(possible)}." if possible else "Run it on another host."
            self.complain(
                "strategy", place + pointer("placement"), f"{version} cannot run{by} here. {offered}"
            )
        return Placement(strategy=wanted.strategy, queue=queue)

    def queue(self, wanted: Placement, place: str) -> str:
        """Where a node is carried out; `local` is what a node says that leaves it to the host."""
        queue = self.host.queue if wanted.queue == Placement().queue else wanted.queue
        if queue not in self.host.queues:
            known = ", ".join(sorted(self.host.queues))
            message = f"No worker serves the queue {queue!r} here. Choose one of {known}."
            self.complain("queue", place + pointer("placement", "queue"), message)
        return queue


def _number(value: float | UnsetType) -> float:
    return float("inf") if value is UNSET else value


def _sources(edges: dict[str, Edge], prefix: str) -> dict[str, dict[str, Source]]:
    found: dict[str, dict[str, Source]] = {}
    for wire, edge in wires(edges):
        source = Source(address=f"{prefix}{wire.source}:{wire.output}", select=edge.select)
        found.setdefault(wire.target, {})[wire.input] = source
    return found
