"""The plan: what the engine executes. All defaults are written out, all versions are digests.

Owns:      `Plan`, its nodes in topological order, parsing and its digest.
Promises:  two equal plans have one digest; a worker finds every digest it may execute in `versions`.
Never:     holds a pin, a range or a channel: those were resolved when the lock was made.
"""

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType, convert, field
from msgspec.structs import force_setattr

from contracts.canonical import JSON, Digest, digest_of
from contracts.formats import plain, require_structure
from contracts.graph.document import Approvers, MapModifier, OnError, Placement, RepeatModifier, RetryModifier
from contracts.module import Capabilities, Effects, Limits, Port, Strategy

PlanNodeKind = Literal["module", "graph", "input", "output", "constant", "wait", "approval", "signal"]


class BoundLayer(Struct, frozen=True, kw_only=True):
    """The version that fills a layer in this plan, and the binding revision that said so."""

    revision: int
    version: str
    why: Literal["primary", "canary", "breaker"]


class PlanVersion(Struct, frozen=True, kw_only=True):
    """What a worker must know of a version to carry it out."""

    bundle: Digest
    contract: Digest
    runtime: str
    strategies: tuple[Strategy, ...]
    min_rung: int
    effects: Effects
    limits: Limits
    dependencies: Digest | UnsetType = UNSET
    capabilities: Capabilities | UnsetType = UNSET

    def __post_init__(self) -> None:
        force_setattr(self, "strategies", tuple(sorted(self.strategies)))
        if self.capabilities == Capabilities():
            force_setattr(self, "capabilities", UNSET)


class Source(Struct, frozen=True, kw_only=True):
    """Where an input port's value comes from: `path:port`, narrowed by `select` (CEL over `value`)."""

    address: str = field(name="from")
    select: str | UnsetType = UNSET

    @property
    def path(self) -> str:
        return self.address.rpartition(":")[0]

    @property
    def port(self) -> str:
        return self.address.rpartition(":")[2]


class PlanNode(Struct, frozen=True, kw_only=True):
    """One node of a plan. Which fields are set depends on `kind`, as formats.md §e shows."""

    path: str
    kind: PlanNodeKind
    version: str | UnsetType = UNSET
    layer: str | UnsetType = UNSET
    scope: str = ""
    inputs: dict[str, Source] = field(default_factory=dict, name="in")
    config: dict[str, JSON] | UnsetType = UNSET
    secrets: dict[str, str] | UnsetType = UNSET
    when: str | UnsetType = UNSET
    map: MapModifier | UnsetType = UNSET
    repeat: RepeatModifier | UnsetType = UNSET
    cache: bool | UnsetType = UNSET
    retry: RetryModifier | UnsetType = UNSET
    timeout_seconds: float | UnsetType = UNSET
    placement: Placement | UnsetType = UNSET
    on_error: OnError | UnsetType = UNSET
    segment: int | UnsetType = UNSET
    name: str | UnsetType = UNSET
    port: Port | UnsetType = UNSET
    value: JSON | UnsetType = UNSET
    seconds: float | str | UnsetType = UNSET
    until: str | UnsetType = UNSET
    who: Approvers | UnsetType = UNSET
    prompt: str | UnsetType = UNSET
    form: JSON | UnsetType = UNSET
    schema: JSON | UnsetType = UNSET
    deadline_seconds: int | UnsetType = UNSET


class Plan(Struct, frozen=True, kw_only=True):
    """What one run executes, to its end."""

    format: Literal["lamina/plan@1"]
    graph: Digest
    lock: Digest
    environment: str
    deadline_seconds: int
    parameters: JSON | UnsetType = UNSET
    layers: dict[str, BoundLayer] = field(default_factory=dict)
    versions: dict[str, PlanVersion]
    nodes: tuple[PlanNode, ...]


def parse_plan(document: JSON) -> Plan:
    """Read a plan. Raises `ProblemsError`."""
    require_structure("plan", document)
    nodes = [{**node, "in": _sources(node.get("in", {}))} for node in document["nodes"]]
    return convert({**document, "nodes": nodes}, Plan)


def _sources(wired: JSON) -> JSON:
    return {port: {"from": source} if isinstance(source, str) else source for port, source in wired.items()}


def plan_document(plan: Plan) -> JSON:
    """The document; defaults that omit-on-default types drop are written out here."""
    document: dict[str, Any] = plain(plan)
    document["nodes"] = [_node_document(node) for node in plan.nodes]
    document["versions"] = {
        name: _version_document(version, document["versions"][name])
        for name, version in plan.versions.items()
    }
    document.setdefault("parameters", {"type": "object", "additionalProperties": False})
    return document


def _version_document(version: PlanVersion, document: dict[str, Any]) -> JSON:
    return {**document, "effects": _complete(version.effects), "limits": _complete(version.limits)}


def _node_document(node: PlanNode) -> JSON:
    document: dict[str, Any] = plain(node)
    if not node.scope:
        del document["scope"]
    document["in"] = {
        port: source.address if source.select is UNSET else {"from": source.address, "select": source.select}
        for port, source in node.inputs.items()
    }
    if not node.inputs:
        del document["in"]
    for key in ("map", "repeat", "retry", "placement", "who"):
        part = getattr(node, key)
        if part is not UNSET:
            document[key] = _complete(part)
    if node.port is not UNSET:
        document["port"] = _complete_port(node.port)
    return document


def _complete(part: Struct) -> dict[str, Any]:
    """A part with its defaults written out; what is unset or empty stays away."""
    values = {name: getattr(part, name) for name in part.__struct_fields__}
    return {name: plain(value) for name, value in values.items() if value is not UNSET and value != ()}


def _complete_port(port: Port) -> dict[str, Any]:
    written = {"cardinality": port.cardinality, "unknown": port.unknown, "max_bytes": port.bytes_allowed}
    return {**plain(port), **written}


def plan_digest(plan: Plan) -> Digest:
    return digest_of(plan_document(plan))
