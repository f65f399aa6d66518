"""Group commit: one thread that writes the events of all runs of this process.

Owns:      the order of appends, and the thread with the journal's writing connection.
Promises:  writes at once when idle; under load many runs share a transaction; a run's appends keep order.
Never:     writes a run again after its fence has not held, or after a commit whose outcome is unknown.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import msgspec
from msgspec import Raw

from executors.coordination.sealing import Sealer
from executors.engine.commands import Execute
from executors.engine.facts import Fact
from executors.journal import Append, Journal, Schedule, Standing

_decode_fields = msgspec.json.Decoder(dict[str, Raw]).decode
log = logging.getLogger(__name__)
BATCH_EVENTS = 500
# A run's first two events wait this long for the third, which saves short runs a synced commit.
PATIENCE_SECONDS = 0.003
OPENING = frozenset(("run_created", "run_claimed"))


@dataclass(slots=True, eq=False)
class Entry:
    """Facts of one decision on their way into the journal. `when_over(held)` is called on the loop."""

    run: str
    owner: str
    epoch: int
    last_seq: int
    facts: Sequence[Fact]
    standing: Standing
    when_over: Callable[["Entry", bool], None]
    absorbed_signals: Sequence[int] = ()
    remembered: Sequence[tuple[str, int]] = ()
    schedules: Sequence[Schedule] = ()
    absorbed_invocations: Sequence[tuple[str, tuple[int, ...]]] = ()
    held_calls: list[Execute] = field(default_factory=list)

    @property
    def is_urgent(self) -> bool:
        """Whether something waits for it: anything but the opening words of a run does."""
        return bool(self.held_calls or self.absorbed_signals or self.standing.is_released) or any(
            fact.type not in OPENING for fact in self.facts
        )


Job = Callable[[], None]


class Writer:
    """`post` hands a callable to the loop, from the writer's thread."""

    def __init__(
        self,
        journal: Journal,
        sealer: Sealer,
        post: Callable[[Callable[[], None]], None],
        close_connection: Callable[[], None],
    ) -> None:
        self._journal = journal
        self._sealer = sealer
        self._post = post
        self._close_connection = close_connection
        self._entries: list[Entry] = []
        self._jobs: list[Job] = []
        self._condition = threading.Condition()
        self._is_over = False
        self._thread = threading.Thread(target=self._run, name="journal-writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Write what has been handed over, then end."""
        with self._condition:
            self._is_over = True
            self._condition.notify()
        self._thread.join()

    def write(self, entries: Sequence[Entry]) -> None:
        with self._condition:
            self._entries.extend(entries)
            self._condition.notify()

    def do(self, job: Job) -> None:
        """Have `job` done on this thread, after what was handed over before."""
        with self._condition:
            self._jobs.append(job)
            self._condition.notify()

    def _run(self) -> None:
        try:
            while True:
                with self._condition:
                    while not (self._entries or self._jobs or self._is_over):
                        self._condition.wait()
                    if not (self._entries or self._jobs):
                        return
                    if not (self._jobs or self._is_over or any(e.is_urgent for e in self._entries)):
                        self._condition.wait(PATIENCE_SECONDS)
                    entries, self._entries = self._entries, []
                    jobs, self._jobs = self._jobs, []
                for group in _groups(entries):
                    self._commit(group)
                for job in jobs:
                    job()
        finally:
            self._close_connection()

    def _commit(self, entries: list[Entry]) -> None:
        try:
            held = self._journal.append(merged([sealed(self._sealer, entry) for entry in entries]))
        except Exception:
            log.exception("an append of %d runs failed; they are claimed anew", len(entries))
            held_runs: set[str] = set()
        else:
            runs = dict.fromkeys(entry.run for entry in entries)
            held_runs = {run for run, holds in zip(runs, held, strict=True) if holds}

        def tell() -> None:
            for entry in entries:
                entry.when_over(entry, entry.run in held_runs)

        self._post(tell)


def sealed(sealer: Sealer, entry: Entry) -> Append:
    """What an entry writes: its facts as rows that fit, and what the run's row says of them."""
    events, artifacts = sealer.seal(entry.facts, epoch=entry.epoch, last_seq=entry.last_seq)
    standing, schedules = entry.standing, entry.schedules
    if standing.finished_at is not None and events:
        last = _decode_fields(events[-1].data)
        standing = replace(standing, outputs=_text(last, "outputs"), error=_text(last, "error"))
    if schedules:
        texts = [_decode_fields(row.data) for row in events if row.type == "invocation_scheduled"]
        pairs = zip(schedules, texts, strict=True)
        schedules = [replace(item, inputs=_text(fields, "inputs") or "{}") for item, fields in pairs]
    return Append(
        run=entry.run,
        owner=entry.owner,
        epoch=entry.epoch,
        last_seq=entry.last_seq,
        events=events,
        standing=standing,
        artifacts=artifacts,
        absorbed_signals=entry.absorbed_signals,
        remembered=entry.remembered,
        schedules=schedules,
        absorbed_invocations=entry.absorbed_invocations,
    )


def _text(fields: dict[str, Raw], name: str) -> str | None:
    return bytes(fields[name]).decode() if name in fields else None


def _groups(entries: list[Entry]) -> list[list[Entry]]:
    """Parts of about 500 events; a run's entries stay in order."""
    groups: list[list[Entry]] = []
    room = 0
    for entry in entries:
        if room <= 0:
            groups.append([])
            room = BATCH_EVENTS
        groups[-1].append(entry)
        room -= len(entry.facts)
    return groups


def merged(appends: Sequence[Append]) -> list[Append]:
    """One append per run: the fence of its first, the standing of its last."""
    by_run: dict[str, Append] = {}
    for append in appends:
        before = by_run.get(append.run)
        by_run[append.run] = append if before is None else _joined(before, append)
    return list(by_run.values())


def _joined(first: Append, second: Append) -> Append:
    standing = second.standing
    return replace(
        first,
        events=[*first.events, *second.events],
        standing=replace(
            standing,
            started_at=first.standing.started_at or standing.started_at,
            rung=first.standing.rung if standing.rung is None else standing.rung,
        ),
        artifacts=[*first.artifacts, *second.artifacts],
        absorbed_signals=[*first.absorbed_signals, *second.absorbed_signals],
        remembered=[*first.remembered, *second.remembered],
        schedules=[*first.schedules, *second.schedules],
        absorbed_invocations=[*first.absorbed_invocations, *second.absorbed_invocations],
    )
