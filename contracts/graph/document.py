"""The graph document: a composition of nodes, as it is saved, digested and exchanged.

Owns:      `GraphDocument` and its nodes, parsing, the canonical form, and the two digests.
Promises:  one meaning has one byte form; the layout has a digest of its own.
Never:     knows which modules exist; `contracts/graph/check.py` judges a graph against their contracts.
"""

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from msgspec import UNSET, Struct, UnsetType, convert, field
from msgspec.structs import force_setattr

from contracts.canonical import JSON, Digest, digest_of
from contracts.formats import Part, plain, require_structure
from contracts.module import Port, Strategy
from contracts.names import EDGE


class MapModifier(Part, frozen=True, kw_only=True):
    """One call per item of the list that is wired into port `over`."""

    over: str
    concurrency: int = 16
    failures: Literal["fail", "collect"] = "fail"


class RepeatModifier(Part, frozen=True, kw_only=True):
    until: str
    max: int
    delay_seconds: float = 0


class RetryModifier(Part, frozen=True, kw_only=True):
    """`attempts` counts the first one; pauses in seconds."""

    attempts: int
    first_seconds: float = 1
    factor: float = 2
    cap_seconds: float = 300


class Placement(Part, frozen=True, kw_only=True):
    strategy: Strategy | UnsetType = UNSET
    queue: str = "local"


class OnErrorDefault(Struct, frozen=True, kw_only=True):
    """Port → the output that stands in for a failed node."""

    default: dict[str, JSON]


OnError = Literal["fail", "port"] | OnErrorDefault


class _Titled(Part, frozen=True, kw_only=True):
    title: str = ""
    doc: str = ""


class _Guarded(_Titled, frozen=True, kw_only=True):
    when: str | UnsetType = UNSET
    on_error: OnError = "fail"


class _Called(_Guarded, frozen=True, kw_only=True):
    """What module, layer and graph nodes share."""

    config: dict[str, JSON] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    map: MapModifier | UnsetType = UNSET
    repeat: RepeatModifier | UnsetType = UNSET
    cache: bool | UnsetType = UNSET
    retry: RetryModifier | UnsetType = UNSET
    timeout_seconds: float | UnsetType = UNSET
    placement: Placement = Placement()

    def __post_init__(self) -> None:
        super().__post_init__()
        force_setattr(self, "secrets", {slot: name for slot, name in self.secrets.items() if slot != name})


class ModuleNode(_Called, frozen=True, kw_only=True, tag_field="kind", tag="module"):
    kind: ClassVar[str] = "module"
    module: str
    pin: str
    bundle: Digest | UnsetType = UNSET


class LayerNode(_Called, frozen=True, kw_only=True, tag_field="kind", tag="layer"):
    kind: ClassVar[str] = "layer"
    layer: str


class Body(Part, frozen=True, kw_only=True):
    """The inside of a graph node that is a copy."""

    nodes: dict[str, "Node"]
    edges: dict[str, "Edge"]
    parameters: JSON | UnsetType = UNSET


class GraphNode(_Called, frozen=True, kw_only=True, tag_field="kind", tag="graph"):
    """A sub-graph call: linked (`module`, `pin`) or a copy (`body`)."""

    kind: ClassVar[str] = "graph"
    module: str | UnsetType = UNSET
    pin: str | UnsetType = UNSET
    bundle: Digest | UnsetType = UNSET
    body: Body | UnsetType = UNSET
    copy_of: str | UnsetType = UNSET


class InputNode(_Titled, frozen=True, kw_only=True, tag_field="kind", tag="input"):
    kind: ClassVar[str] = "input"
    name: str
    port: Port


class OutputNode(_Titled, frozen=True, kw_only=True, tag_field="kind", tag="output"):
    kind: ClassVar[str] = "output"
    name: str
    port: Port | UnsetType = UNSET


class ConstantNode(_Titled, frozen=True, kw_only=True, tag_field="kind", tag="constant"):
    kind: ClassVar[str] = "constant"
    value: JSON


class WaitNode(_Guarded, frozen=True, kw_only=True, tag_field="kind", tag="wait"):
    kind: ClassVar[str] = "wait"
    seconds: float | str | UnsetType = UNSET
    until: str | UnsetType = UNSET


class SignalNode(_Guarded, frozen=True, kw_only=True, tag_field="kind", tag="signal"):
    kind: ClassVar[str] = "signal"
    name: str
    schema: JSON
    deadline_seconds: int


class Approvers(Part, frozen=True, kw_only=True):
    teams: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    count: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        force_setattr(self, "teams", tuple(sorted(self.teams)))
        force_setattr(self, "roles", tuple(sorted(self.roles)))


class ApprovalNode(_Guarded, frozen=True, kw_only=True, tag_field="kind", tag="approval"):
    kind: ClassVar[str] = "approval"
    who: Approvers
    prompt: str
    deadline_seconds: int
    form: JSON | UnsetType = UNSET


CallNode = ModuleNode | LayerNode | GraphNode
Node = (
    ModuleNode
    | LayerNode
    | GraphNode
    | InputNode
    | OutputNode
    | ConstantNode
    | WaitNode
    | SignalNode
    | ApprovalNode
)


class Edge(Part, frozen=True, kw_only=True):
    """`select` is CEL over `value`."""

    select: str | UnsetType = UNSET


class Wire(Struct, frozen=True):
    """An edge's key, taken apart."""

    source: str
    output: str
    target: str
    input: str

    def __str__(self) -> str:
        return f"{self.source}:{self.output}>{self.target}:{self.input}"


class Group(Part, frozen=True, kw_only=True):
    title: str
    members: tuple[str, ...]
    collapsed: bool = False
    colour: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        force_setattr(self, "members", tuple(sorted(self.members)))


class Note(Part, frozen=True, kw_only=True):
    text: str
    at: tuple[float, float]
    size: tuple[float, float] | UnsetType = UNSET
    anchor: str = ""
    colour: str = ""


class Layout(Part, frozen=True, kw_only=True):
    """Where things stand on the canvas, in canvas units; takes no part in the graph digest."""

    positions: dict[str, tuple[float, float]] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    notes: dict[str, Note] = field(default_factory=dict)


class GraphDocument(Part, frozen=True, kw_only=True):
    """A composition: nodes by id, edges by `source:port>target:port`."""

    format: Literal["lamina/graph@1"]
    title: str
    nodes: dict[str, Node]
    edges: dict[str, Edge]
    doc: str = ""
    parameters: JSON | UnsetType = UNSET
    deadline_seconds: int = 86_400
    layout: Layout = Layout()

    @property
    def parameters_schema(self) -> JSON:
        return (
            {"type": "object", "additionalProperties": False} if self.parameters is UNSET else self.parameters
        )


def parse_graph(document: JSON) -> GraphDocument:
    """Read a graph document. Raises `ProblemsError`."""
    require_structure("graph", document)
    return convert(document, GraphDocument)


def graph_document(graph: GraphDocument, *, layout: bool = True) -> JSON:
    """The canonical document; without `layout` it is what the graph digest covers."""
    document: dict[str, Any] = plain(graph)
    if not layout:
        document.pop("layout", None)
    return document


def graph_digest(graph: GraphDocument) -> Digest:
    return digest_of(graph_document(graph, layout=False))


def layout_digest(graph: GraphDocument) -> Digest:
    return digest_of(plain(graph.layout))


def wires(edges: dict[str, Edge]) -> Iterator[tuple[Wire, Edge]]:
    """The edges of a graph or body, taken apart."""
    for key, edge in edges.items():
        found = EDGE.match(key)
        assert found is not None, f"{key!r} has passed the structural check"
        yield Wire(*found.groups()), edge
