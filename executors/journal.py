"""Where a run's facts are kept, and who may add to them.

Owns:      the `Journal` protocol and the records that cross it; `memory_journal.py` beside it is one.
Promises:  one writer per run, fenced by owner, epoch and sequence; appends of many runs share a transaction.
Never:     interprets an event. Every method blocks; each may be called from any one thread at a time.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct, field

from contracts.canonical import JSON, Digest

Index = tuple[int, ...]


class JournalUnavailable(Exception):
    """The journal cannot be reached. What was to be written may be asked for again: it is written once."""


class Process(Struct, frozen=True, kw_only=True):
    """A coordinator that takes part. `is_alone`: it holds the installation's lock, all others are dead."""

    id: str
    host: str
    version: str
    rung: int
    is_alone: bool


class ClaimedRun(Struct, frozen=True, kw_only=True):
    """A run that this process owns from now on, as it was admitted.

    `streak` counts claims, this one included, since the run last got on. `inputs` and `options` are JSON
    text; instants are milliseconds. `key_run` is the first run of a resumed chain. `is_grouped`: others may wait
    for its end.
    """

    run: str
    epoch: int
    last_seq: int
    streak: int
    status: str
    plan: Digest
    plan_text: str
    inputs: str
    parameters: Mapping[str, JSON]
    options: str
    environment: str
    actor: str
    admitted_at: int
    deployment: str | None = None
    trigger: str | None = None
    resumed_from: str | None = None
    key_run: str = ""
    deadline_at: int | None = None
    is_grouped: bool = False


class EventRow(Struct, frozen=True):
    """One event as it is stored; `data` is JSON text."""

    seq: int
    epoch: int
    type: str
    v: int
    at: str
    data: str


class Standing(Struct, frozen=True, kw_only=True):
    """What the run's row says after an append. None leaves a column as it is; instants are milliseconds.

    `outputs` and `error` are JSON text.
    """

    status: str
    counters: Mapping[str, int] | None
    started_at: int | None = None
    finished_at: int | None = None
    wake_at: int | None = None
    rung: int | None = None
    outputs: str | None = None
    error: str | None = None
    is_released: bool = False


class Schedule(Struct, frozen=True, kw_only=True):
    """An effect that is about to be carried out here: written as permitted, with its token."""

    node: str
    index: Index
    kind: str
    key: str
    attempt: int
    queue: str
    token: str
    permit_until: int
    inputs: str


class Append(Struct, frozen=True, kw_only=True):
    """Events of one run, and what is written with them, all or nothing.

    `is_claim`: the first of a queued run that nobody owns; what holds it makes it ours, at `epoch` 1.
    `kept_signals`: what a run that is released knows and leaves for later; what it was told besides wakes it again.
    """

    run: str
    owner: str
    epoch: int
    last_seq: int
    events: Sequence[EventRow]
    standing: Standing
    artifacts: Sequence[tuple[Digest, int]] = ()
    absorbed_signals: Sequence[int] = ()
    kept_signals: Sequence[int] | None = None
    remembered: Sequence[tuple[Digest, int]] = ()
    schedules: Sequence[Schedule] = ()
    absorbed_invocations: Sequence[tuple[str, Index]] = ()
    is_claim: bool = False


class SignalRow(Struct, frozen=True, kw_only=True):
    """Something that somebody told a run; `data` is JSON text."""

    id: int
    run: str
    kind: str
    actor: str
    data: str


class InvocationRow(Struct, frozen=True, kw_only=True):
    """An invocation that is carried out elsewhere, or was when its coordinator was lost."""

    run: str
    node: str
    index: Index
    state: str
    attempt: int
    token: str | None
    result: str | None


class Reusable(Struct, frozen=True, kw_only=True):
    """An event whose outputs may be taken over; `data` is its JSON text."""

    run: str
    seq: int
    data: str


class Backlog(Struct, frozen=True, kw_only=True):
    """What waits, for health and for the choice of when to look again (milliseconds)."""

    queued: int = 0
    next_wakeup_at: int | None = None
    facts: Mapping[str, int] = field(default_factory=dict)


class Journal(Protocol):
    """The engine's memory."""

    def join(self, process: Process, lease_seconds: float) -> None:
        """Take part. Alone: the leases of all others end at once."""
        ...

    def renew(self, process: str, lease_seconds: float) -> bool:
        """Extend the lease. False: it had run out, and what the process owned may be another's."""
        ...

    def leave(self, process: str) -> None:
        """End the lease at once, so that others may claim what is left; it counts as no fruitless claim."""
        ...

    def claim(
        self, process: str, limit: int, lost: Sequence[str] = (), spared: Collection[str] = ()
    ) -> list[ClaimedRun]:
        """Own up to `limit` runs: queued ones, those of dead processes, those with a wake-up due.

        `lost` are runs that this process itself has dropped and owns in name only; `spared` those that its
        appends are about to claim. Fair between teams; a run of a group waits while as many of its group as its
        limit says have begun and not ended.
        """
        ...

    def admitted(self, run: str) -> ClaimedRun:
        """A run as it was admitted, whoever owns it. Raises `KeyError`."""
        ...

    def load(self, run: str, after: int = 0) -> Iterable[EventRow]:
        """The events of a run above `after`, in order."""
        ...

    def append(self, appends: Sequence[Append]) -> list[bool]:
        """Add events, in one transaction; False for each run that this writer no longer owns.

        Raises `JournalUnavailable` when it is away, and may then be called again with the same: what came through
        unheard is known again. After anything else none of the runs may be written again before a new claim.
        """
        ...

    def signals(self, process: str, runs: Sequence[str] | None = None) -> list[SignalRow]:
        """What was told and is not absorbed, oldest first: to these runs, or to the runs of this process that
        have a wake-up due. The wake-ups that led here are removed.
        """
        ...

    def find_reusable(self, run: str, key: Digest) -> Reusable | None:
        """Outputs that the run's team journaled under a reuse key."""
        ...

    def permit(self, run: str, node: str, index: Index, *, attempt: int, token: str, seconds: float) -> bool:
        """Start a scheduled effect, once: scheduled → permitted by compare-and-swap."""
        ...

    def store_result(self, run: str, node: str, index: Index, *, token: str, result: str) -> bool:
        """Keep the outcome of a permitted effect: permitted → done, for the holder of the token."""
        ...

    def invocations(self, run: str) -> list[InvocationRow]:
        """The rows of a run that are not absorbed."""
        ...

    def backlog(self) -> Backlog: ...
