"""What the choke point hands to a strategy, and what it gets back.

Owns:      `Job`, `PreparedVersion`, the answers, and the `Strategy` protocol.
Promises:  a strategy answers each job that it begins exactly once, on the loop, and judges nothing: the choke
           point does.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from msgspec import Struct, field

from contracts.canonical import JSON
from executors.guards import ContractGuard
from executors.protocol import Call, Cost, Outcome, Value
from executors.redaction import Redactor
from executors.trust import Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedVersion:
    """A verified version. `folder` holds its files, `packages` the folders of its environment."""

    name: str
    bundle: str
    runtime: str
    entry: str
    folder: Path
    packages: tuple[str, ...]
    guard: ContractGuard
    trust: Trust
    rung: int
    is_one_file: bool


class Gave(Struct, frozen=True, kw_only=True):
    """Outputs as a module gave them, not judged yet. `blobs` hold tables and binaries, stored already.

    `passed`: further outputs that have the bytes of an input, with the name of its port.
    """

    outputs: Mapping[str, JSON]
    blobs: Mapping[str, Value] = {}
    passed: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An error that a module raised, not judged yet."""

    name: str
    message: str
    data: JSON = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """A call that did not come to an end of its own: the platform's error, and the limit that was hit."""

    name: str
    message: str
    limit: str | None = None


Answer = Gave | Raised | Stopped


class Job(Struct, kw_only=True, eq=False):
    """One guarded call. Times in microseconds, set by the strategy.

    `inputs` may lack what is large where the strategy takes bytes; `encoded` has all.

    A strategy that can carries out a `chain`: it hands the chain each answer and carries out what comes back,
    until nothing does; then the job is answered.
    """

    call: Call
    version: PreparedVersion
    inputs: dict[str, JSON]
    encoded: dict[str, bytes]
    blobs: Mapping[str, Value]
    answer: Callable[["Job", Answer], None]
    chain: "Chain | None" = None
    redactor: Redactor = field(default_factory=Redactor)
    queue_us: int = 0
    transport_us: int = 0
    execute_us: int = 0
    serialise_us: int = 0
    validate_us: int = 0

    @property
    def seconds(self) -> float:
        """What this attempt may take: the node's timeout can only lower the contract's."""
        return min(self.call.timeout_seconds, self.call.version.limits.wall_seconds)

    @property
    def cost(self) -> Cost:
        """What it has cost so far."""
        return Cost(
            queue=self.queue_us,
            serialise=self.serialise_us,
            transport=self.transport_us,
            validate=self.validate_us,
            execute=self.execute_us,
        )


class Chain(Protocol):
    """Jobs that follow one another in one hop."""

    def take(self, answer: Answer, /) -> Job | None:
        """Take the answer to the job in front; the next job, or None at the end. On the strategy's thread."""
        ...

    def end(self, answer: Answer, /) -> Outcome:
        """The outcome of all. Nothing is taken any more."""
        ...


class Strategy(Protocol):
    """`at_once`: how many jobs of one version it carries out at a time, at the most.

    `takes_bytes`: it hands on the bytes of inputs, so that they need not be decoded for its sake.
    """

    @property
    def at_once(self) -> int: ...

    @property
    def takes_bytes(self) -> bool: ...

    async def carry_out(self, version: PreparedVersion, jobs: Sequence[Job]) -> None:
        """Answer every job that is begun; one that is left unanswered was not. Being cancelled stops them and
        answers no more of them."""
        ...

    async def close(self) -> None: ...
