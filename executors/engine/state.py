"""The state of one run: a fold of its facts, and what is in flight.

Owns:      `RunState`, its frames (one per open scope and index) and the work of active nodes.
Promises:  facts alone rebuild everything but what is in flight; a fact costs its node's consumers.
Never:     decides; `evolve` (in `evolve.py`) applies facts, `decide` draws the consequences.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from msgspec import Raw

from contracts.canonical import JSON, Digest
from executors.engine.facts import Index, Outputs, Place
from executors.engine.program import Node, Program
from executors.protocol import CallError, Returned, Value

PENDING: Final = 0
ACTIVE: Final = 1
DONE: Final = 2
FAILED: Final = 3
SKIPPED: Final = 4
CANCELLED: Final = 5


@dataclass(slots=True, eq=False)
class Failure:
    """Why a frame ends before its nodes do. `status` is the run's, where the frame is the outermost."""

    error: CallError | None
    node: str = ""
    index: Index = ()
    status: str = "failed"


@dataclass(slots=True, eq=False)
class Frame:
    """An open scope: the graph itself, or one call of a graph node. Lists are by local number.

    `since`: the instant of the fact that it was opened by or after.
    """

    scope: int
    index: Index
    parent: "Frame | None"
    local: int
    since: int
    status: list[int]
    pending: list[int]
    outputs: list[Outputs | None]
    uses: list[int]
    remaining: int
    work: "dict[int, Work]" = field(default_factory=dict)
    configs: dict[int, bytes] = field(default_factory=dict)
    parameters: dict[str, JSON] | None = None
    failure: Failure | None = None
    is_entered: bool = False
    is_closed: bool = False
    deadline: int | None = None


@dataclass(slots=True, eq=False)
class Attempts:
    """The tries at one invocation."""

    number: int = 1
    crashes: int = 0
    retry_at: int | None = None
    flight: int | None = None
    key: str = ""
    scheduled_at: int | None = None
    started: bool = False
    uncertain: bool = False


@dataclass(slots=True, eq=False)
class CallWork:
    """A module node at work. `iteration` counts a repeat's calls, from 0."""

    attempts: Attempts = field(default_factory=Attempts)
    inputs: dict[str, Value] | None = None
    iteration: int = 0
    last: Outputs | None = None
    repeat_at: int | None = None
    landed: "tuple[Flight, Returned] | None" = None
    key: Digest | None = None
    is_looking: bool = False
    reused: dict[str, Any] | None = None


@dataclass(slots=True, eq=False)
class Chunk:
    """Items of a map that share an event; lists are by item, from the first on."""

    first: int
    count: int
    results: list[Outputs | None]
    errors: dict[int, tuple[CallError, int]] = field(default_factory=dict)
    done: int = 0
    retries: int = 0
    cost: list[int] = field(default_factory=lambda: [0, 0, 0, 0, 0])


@dataclass(slots=True, eq=False)
class MapWork:
    """A mapped node at work. `joined` holds finished chunks by their first item, `pace_us` what one took lately."""

    count: int | None = None
    inputs: dict[str, Value] | None = None
    items: list[Raw] | None = None
    next: int = 0
    waiting: int = 0
    redo: deque[int] = field(default_factory=deque)
    due: list[tuple[int, int]] = field(default_factory=list)
    complete: list[Chunk] = field(default_factory=list)
    retrying: dict[int, Attempts] = field(default_factory=dict)
    chunks: dict[int, Chunk] = field(default_factory=dict)
    joined: dict[int, tuple[int, Outputs, Value | None]] = field(default_factory=dict)
    results: dict[int, Outputs] = field(default_factory=dict)
    errors: dict[int, tuple[CallError, int]] = field(default_factory=dict)
    final: int = 0
    alarm: int = 0
    pace_us: float | None = None
    deadline: int | None = None
    has_sought: bool = False
    looking: int = 0
    keys: dict[int, Digest] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class GraphWork:
    """A graph node at work; frames are in `RunState.frames`."""

    inputs: dict[str, Value] | None = None
    iteration: int = 0
    repeat_at: int = 0
    deadline: int | None = None
    iteration_inputs: dict[str, Value] | None = None


@dataclass(slots=True, eq=False)
class WaitWork:
    """An open wait. `outcome` is set once it is closed without outputs."""

    kind: str
    due_at: int
    outcome: str = ""


Work = CallWork | MapWork | GraphWork | WaitWork


@dataclass(slots=True, eq=False)
class Flight:
    """A call under way. `item` is the item of a map, -1 otherwise; `followers` are nodes of
    its frame, `items` those that travel together."""

    id: int
    frame: Frame
    local: int
    item: int
    attempts: Attempts
    started_at: int
    is_repeatable: bool
    followers: tuple[int, ...] = ()
    items: tuple[int, ...] = ()


@dataclass(slots=True, eq=False)
class RunState:
    """One run in memory, owned by one coordinator."""

    run: str
    program: Program
    inputs: Mapping[str, Value]
    root: Frame
    status: str = "queued"
    options: Mapping[str, Any] = field(default_factory=dict)
    key_run: str = ""
    epoch: int = 0
    seq: int = 0
    at: int = 0
    frames: dict[tuple[int, Index], Frame] = field(default_factory=dict)
    agenda: deque[tuple[Frame, int]] = field(default_factory=deque)
    failing: list[Frame] = field(default_factory=list)
    flights: dict[int, Flight] = field(default_factory=dict)
    next_flight: int = 1
    unnoted: deque[Flight] = field(default_factory=deque)
    timers: list[tuple[int, int, Frame, int]] = field(default_factory=list)
    timer_count: int = 0
    waits: dict[Place, tuple[Frame, int]] = field(default_factory=dict)
    uncertain: dict[Place, tuple[Frame, int, int]] = field(default_factory=dict)
    started: dict[Place, tuple[Frame, int, int]] = field(default_factory=dict)
    signals: dict[int, Any] = field(default_factory=dict)
    awaited: dict[Digest, list[tuple[Frame, int]]] = field(default_factory=dict)
    fetched: dict[Digest, bytes | None] = field(default_factory=dict)
    sought: dict[Place, tuple[Frame, int]] = field(default_factory=dict)
    reusable: dict[Place, tuple[Digest, Outputs, str, int]] = field(default_factory=dict)
    excluded: frozenset[str] = frozenset()
    afresh: frozenset[str] = frozenset()
    pins: Mapping[str, Outputs] = field(default_factory=dict)
    calls: int = 0
    retries: int = 0
    ran_ms: int = 0
    running_since: int | None = None
    deadline_at: int | None = None
    is_paused: bool = False
    is_replayed: bool = False
    active: int = 0
    counters: dict[str, int] = field(default_factory=dict)

    def node(self, frame: Frame, local: int) -> Node:
        return self.program.scopes[frame.scope].nodes[local]

    @property
    def is_finished(self) -> bool:
        return self.status in ("succeeded", "failed", "timed_out", "cancelled")

    @property
    def is_ending(self) -> bool:
        return self.root.failure is not None
