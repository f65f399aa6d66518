"""A journal in memory, for tests, simulations and measuring the engine alone.

Owns:      its tables as dictionaries.
Promises:  the same answers as the journal in the database: one conformance suite runs against both.
Never:     survives its process.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from contracts.canonical import Digest
from executors.journal import (
    Append,
    Backlog,
    ClaimedRun,
    EventRow,
    Index,
    InvocationRow,
    Process,
    Reusable,
    SignalRow,
    Standing,
)

ENDED = ("succeeded", "failed", "timed_out", "cancelled")
UNPRODUCTIVE = ("run_created", "run_claimed", "run_quarantined", "invocation_scheduled", "invocation_started")


@dataclass(slots=True)
class MemoryRun:
    """A run as admitted, its standing and its events."""

    admitted: ClaimedRun
    team: str = ""
    priority: int = 0
    group: tuple[str, int] | None = None
    owner: str | None = None
    epoch: int = 0
    last_seq: int = 0
    streak: int = 0
    standing: Standing = field(default_factory=lambda: Standing(status="queued", counters={}))
    events: list[EventRow] = field(default_factory=list)
    artifacts: set[Digest] = field(default_factory=set)
    invocations: dict[tuple[str, Index], InvocationRow] = field(default_factory=dict)


class MemoryJournal:
    """`now` gives milliseconds."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self.runs: dict[str, MemoryRun] = {}
        self.leases: dict[str, int] = {}
        self.told: dict[int, SignalRow] = {}
        self.absorbed: set[int] = set()
        self.wakeups: list[tuple[int, str]] = []
        self.reusable: dict[tuple[str, Digest], tuple[str, int]] = {}

    def admit(
        self, run: ClaimedRun, *, team: str = "", priority: int = 0, group: tuple[str, int] | None = None
    ) -> None:
        """Write a run as queued; `group`: its key and limit."""
        self.runs[run.run] = MemoryRun(admitted=run, team=team, priority=priority, group=group)

    def tell(self, run: str, kind: str, data: str = "{}", *, actor: str = "system:test") -> int:
        """Write a signal and the wake-up that goes with it; returns its number."""
        number = len(self.told) + 1
        self.told[number] = SignalRow(id=number, run=run, kind=kind, actor=actor, data=data)
        self.wakeups.append((self._now(), run))
        return number

    def join(self, process: Process, lease_seconds: float) -> None:
        if process.is_alone:
            self.leases = dict.fromkeys(self.leases, self._now())
        self.leases[process.id] = self._now() + int(lease_seconds * 1000)

    def renew(self, process: str, lease_seconds: float) -> bool:
        if self.leases.get(process, 0) <= self._now():
            return False
        self.leases[process] = self._now() + int(lease_seconds * 1000)
        return True

    def leave(self, process: str) -> None:
        for run in self.runs.values():
            if run.owner == process and run.streak:
                run.streak -= 1
        self.leases[process] = self._now()

    def claim(
        self, process: str, limit: int, lost: Sequence[str] = (), spared: Collection[str] = ()
    ) -> list[ClaimedRun]:
        ids = [run for run in self._claimable() if run not in spared][:limit]
        ids += [run for run in lost if run not in ids and self.runs[run].owner == process]
        return [self._take(process, run) for run in ids if self.runs[run].standing.status not in ENDED]

    def _claimable(self) -> list[str]:
        now = self._now()
        due = {run for at, run in self.wakeups if at <= now}
        ids = [id_ for id_, run in self.runs.items() if self._is_claimable(id_, run, due, now)]
        queued = [id_ for id_, run in self.runs.items() if run.standing.status == "queued" and not run.owner]
        ids += [id_ for id_ in queued if self.runs[id_].group and self._is_cancelled(id_)]
        begun = Counter(
            (run.team, run.group[0])
            for id_, run in self.runs.items()
            if run.group and id_ not in queued and run.standing.status not in ENDED
        )
        turns: dict[str, int] = {}
        ranked = []
        for id_ in sorted(queued, key=lambda id_: (-self.runs[id_].priority, id_)):
            team, group = self.runs[id_].team, self.runs[id_].group
            if group is not None:
                begun[team, group[0]] += 1
                if begun[team, group[0]] > group[1] or id_ in ids:
                    continue
            turns[team] = turns.get(team, 0) + 1
            ranked.append((-self.runs[id_].priority, turns[team], id_))
        return ids + [id_ for _, _, id_ in sorted(ranked)]

    def _is_cancelled(self, id_: str) -> bool:
        told = (signal for signal in self.told.values() if signal.id not in self.absorbed)
        return any(signal.run == id_ and signal.kind == "cancel" for signal in told)

    def _is_claimable(self, id_: str, run: MemoryRun, due: set[str], now: int) -> bool:
        status = run.standing.status
        if status in ENDED:
            return False
        if run.owner is not None:
            return self.leases.get(run.owner, 0) <= now
        return status in ("running", "cancelling") or (id_ in due and status != "queued")

    def _take(self, process: str, id_: str) -> ClaimedRun:
        run = self.runs[id_]
        run.owner = process
        run.epoch += 1
        run.streak += 1
        now = self._now()
        self.wakeups = [(at, woken) for at, woken in self.wakeups if woken != id_ or at > now]
        return replace(
            run.admitted,
            epoch=run.epoch,
            last_seq=run.last_seq,
            streak=run.streak,
            status=run.standing.status,
            key_run=self._first_of(id_),
        )

    def _first_of(self, id_: str) -> str:
        while (before := self.runs[id_].admitted.resumed_from) is not None:
            id_ = before
        return id_

    def admitted(self, run: str) -> ClaimedRun:
        return self.runs[run].admitted

    def load(self, run: str, after: int = 0) -> Iterable[EventRow]:
        return [event for event in self.runs[run].events if event.seq > after]

    def append(self, appends: Sequence[Append]) -> list[bool]:
        return [self._append(append) for append in appends]

    def _append(self, append: Append) -> bool:
        run = self.runs[append.run]
        if append.is_claim:
            if (run.owner, run.epoch, run.standing.status) != (None, 0, "queued"):
                return False
            run.owner, run.epoch, run.streak = append.owner, append.epoch, 1
        if (run.owner, run.epoch, run.last_seq) != (append.owner, append.epoch, append.last_seq):
            return False
        run.events.extend(append.events)
        run.last_seq += len(append.events)
        old = run.standing
        run.standing = replace(
            append.standing,
            counters=old.counters if append.standing.counters is None else append.standing.counters,
            started_at=old.started_at or append.standing.started_at,
            rung=append.standing.rung if append.standing.rung is not None else old.rung,
        )
        if any(event.type not in UNPRODUCTIVE for event in append.events):
            run.streak = 0
        if append.standing.is_released:
            run.owner = None
            if append.standing.wake_at is not None:
                self.wakeups.append((append.standing.wake_at, append.run))
        self._write_beside(run, append)
        if append.kept_signals is not None and append.standing.finished_at is None:
            self._wake_if_told(append.run, append.kept_signals)
        return True

    def _wake_if_told(self, run: str, kept: Sequence[int]) -> None:
        told = (signal.id for signal in self.told.values() if signal.run == run)
        if any(id not in self.absorbed and id not in kept for id in told):
            self.wakeups.append((self._now(), run))

    def _write_beside(self, run: MemoryRun, append: Append) -> None:
        run.artifacts.update(digest for digest, _ in append.artifacts)
        self.absorbed.update(append.absorbed_signals)
        for key, seq in append.remembered:
            self.reusable.setdefault((run.team, key), (append.run, seq))
        for place in append.absorbed_invocations:
            run.invocations.pop(place, None)
        for item in append.schedules:
            run.invocations[item.node, item.index] = InvocationRow(
                run=append.run,
                node=item.node,
                index=item.index,
                state="permitted",
                attempt=item.attempt,
                token=item.token,
                result=None,
            )

    def signals(self, process: str, runs: Sequence[str] | None = None) -> list[SignalRow]:
        if runs is None:
            runs = [run for at, run in self.wakeups if at <= self._now() and self.runs[run].owner == process]
            self.wakeups = [(at, run) for at, run in self.wakeups if run not in runs or at > self._now()]
        return [
            signal
            for signal in self.told.values()
            if signal.id not in self.absorbed
            and self.runs[signal.run].owner == process
            and signal.run in runs
        ]

    def find_reusable(self, run: str, key: Digest) -> Reusable | None:
        found = self.reusable.get((self.runs[run].team, key))
        if found is None:
            return None
        return Reusable(run=found[0], seq=found[1], data=self.runs[found[0]].events[found[1] - 1].data)

    def permit(self, run: str, node: str, index: Index, *, attempt: int, token: str, seconds: float) -> bool:
        row = self.runs[run].invocations.get((node, index))
        if row is None or row.state != "scheduled" or row.attempt != attempt:
            return False
        self.runs[run].invocations[node, index] = replace(row, state="permitted", token=token)
        return True

    def store_result(self, run: str, node: str, index: Index, *, token: str, result: str) -> bool:
        row = self.runs[run].invocations.get((node, index))
        if row is None or row.state not in ("permitted", "uncertain") or row.token != token:
            return False
        self.runs[run].invocations[node, index] = replace(row, state="done", result=result)
        return True

    def invocations(self, run: str) -> list[InvocationRow]:
        return list(self.runs[run].invocations.values())

    def backlog(self) -> Backlog:
        queued = sum(run.standing.status == "queued" for run in self.runs.values())
        return Backlog(queued=queued, next_wakeup_at=min((at for at, _ in self.wakeups), default=None))
