"""The seam between the engine and what carries a node's work out.

Owns:      `Value`, `Call`, `Outcome` and the `Executor` protocol that every strategy fulfils.
Promises:  one call has one outcome; what crosses is immutable: bytes, digests, ids and limits.
Never:     decides whether a version may run: `executors/execution.py` is the only caller of a strategy.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from contracts.canonical import JSON, Digest
from contracts.module import ModuleContract, Strategy
from contracts.plan import PlanVersion
from contracts.values import Media


class Value(Struct, frozen=True, kw_only=True):
    """One value in flight: its bytes, or the digest under which an artifact store keeps them.

    `data` holds json as compact UTF-8 and small blobs as they are; without it `artifact` is set.
    `size` counts bytes, `rows` those of a table, `type` is the media type of a table or binary.
    """

    media: Media
    size: int
    data: bytes | None = None
    artifact: Digest | None = None
    type: str | None = None
    rows: int | None = None


class Follower(Struct, frozen=True, kw_only=True):
    """A call that may be carried out in the same hop, once those before it have returned.

    `wires` name the inputs that come from the hop itself: port, place (0 is the call, 1 its first follower) and
    output port. Run, strategy and queue are those of the call.
    """

    node: str
    name: str
    version: PlanVersion
    contract: ModuleContract
    config: bytes
    inputs: Mapping[str, Value]
    wires: tuple[tuple[str, int, str], ...]
    timeout_seconds: float
    key: str


class Items(Struct, frozen=True, kw_only=True):
    """Items of a map that travel as one call: what port `over` gets, the item's number and its key, in order.

    At most `at_once` may be carried out at a time.
    """

    over: str
    values: tuple[bytes, ...]
    numbers: tuple[int, ...]
    keys: tuple[str, ...]
    at_once: int


class Call(Struct, frozen=True, kw_only=True):
    """One attempt to carry out one invocation of one exact version, in the place that `queue` names.

    `followers` may be carried out with it where that saves a hop; nobody has to. With `items` it stands for a
    call for each of them (`calls_of_items`); its outcome is `Returned` with theirs in `then`, or `Failed` for all.
    """

    run: str
    node: str
    index: tuple[int, ...] = ()
    attempt: int = 1
    name: str
    version: PlanVersion
    contract: ModuleContract
    strategy: Strategy
    config: bytes
    inputs: Mapping[str, Value]
    timeout_seconds: float
    key: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict)
    environment: str = ""
    queue: str = "local"
    followers: tuple[Follower, ...] = ()
    items: Items | None = None


class Cost(Struct, frozen=True, kw_only=True, gc=False):
    """What a boundary cost, in microseconds; the order is that of `cost_us` in the journal."""

    queue: int = 0
    serialise: int = 0
    transport: int = 0
    validate: int = 0
    execute: int = 0


class CallError(Struct, frozen=True, kw_only=True):
    """An error as data: a declared name of the contract, or one of the platform's `system.*`."""

    name: str
    message: str
    data: JSON = None
    retryable: bool = False


class Returned(Struct, frozen=True, kw_only=True):
    """`then` has an outcome for each follower or item, None for those that were left alone, or is empty."""

    outputs: Mapping[str, Value]
    cost: Cost = Cost()
    then: "tuple[Outcome | None, ...]" = ()


class Failed(Struct, frozen=True, kw_only=True):
    """`limit` names the limit that was hit: wall, cpu, memory, output, scratch, log."""

    error: CallError
    cost: Cost = Cost()
    limit: str | None = None


Outcome = Returned | Failed


def calls_of_items(call: Call) -> Iterator[Call]:
    """The calls that a call with items stands for."""
    items = call.items
    assert items is not None
    for data, number, key in zip(items.values, items.numbers, items.keys, strict=True):
        inputs = {**call.inputs, items.over: Value(media="json", size=len(data), data=data)}
        yield replace(call, index=(*call.index, number), inputs=inputs, key=key, items=None)


Deliver = Callable[[int, Outcome], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """What a module said while it ran. Progress is a line whose fields are done, total and note."""

    run: str
    node: str
    index: tuple[int, ...]
    attempt: int
    level: str
    message: str
    fields: Mapping[str, JSON]


class LogSink(Protocol):
    """Takes log lines from any thread; bounded, never blocks."""

    def __call__(self, line: LogLine, /) -> None: ...


class BundleStore(Protocol):
    """Reads published bundles and contracts by digest, from any thread."""

    def files(self, bundle: Digest) -> Mapping[str, bytes]:
        """The files of a bundle, checked by the caller against its digest. Raises `KeyError`."""
        ...

    def contract(self, contract: Digest) -> bytes:
        """The contract document as canonical JSON. Raises `KeyError` when unknown."""
        ...


class SecretSource(Protocol):
    """Hands out a secret's value at the moment of a call, from any thread."""

    def reveal(self, *, environment: str, name: str, bundle: Digest) -> str:
        """Raises `PermissionError` where this version was not granted the secret."""
        ...


class Executor(Protocol):
    """A strategy: how calls are carried out.

    `invoke` takes calls of *one* version and hands each outcome to `deliver(position, outcome)` exactly once,
    on the loop it was called on, in any order, before it returns. Cancelling `invoke` stops what runs and
    delivers nothing more. A strategy raises only for a broken promise of its own.
    """

    async def invoke(self, calls: Sequence[Call], deliver: Deliver) -> None: ...

    async def close(self) -> None: ...
