"""Group commit: one thread that writes the events of all runs of this process.

Owns:      the order of appends, and the thread with the journal's writing connection.
Promises:  writes at once what something waits for, the rest within 10 ms; many runs share a transaction; a
           run's appends keep order. While the journal is out of reach, what is to be written waits for it.
Never:     writes a run again after its fence has not held, or after a failure that the journal cannot account for.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import TypeVar

import msgspec
from msgspec import Raw
from msgspec.structs import replace

from executors.coordination.sealing import Sealer
from executors.engine.commands import Execute
from executors.engine.facts import Fact
from executors.journal import Append, ClaimedRun, EventRow, Journal, JournalUnavailable, Schedule, Standing

_decode_fields = msgspec.json.Decoder(dict[str, Raw]).decode
log = logging.getLogger(__name__)
Part = TypeVar("Part")
BATCH_EVENTS = 500
# What nobody waits for may wait this long for company: a synced commit and its wake-ups cost as much as ten events.
PATIENCE_SECONDS = 0.01
RETRY_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)


@dataclass(slots=True, eq=False)
class Entry:
    """Facts of one decision on their way into the journal. `when_over(held)` is called on the loop.

    `claimed`: the claim under which it was decided.
    """

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
    is_claim: bool = False
    claimed: ClaimedRun | None = None

    @property
    def is_urgent(self) -> bool:
        """Whether something waits for it: an effect, whoever told the run something, or the run's end."""
        standing = self.standing
        is_settled = standing.is_released or standing.finished_at is not None
        return bool(is_settled or self.held_calls or self.absorbed_signals)


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
        self._waiting_events = 0
        self._is_urgent = False
        self._jobs: list[Job] = []
        self._condition = threading.Condition()
        self._is_waiting_for_journal = False
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
        """The thread is woken for the first entry, and again when there is a reason not to wait any longer."""
        with self._condition:
            is_first = not self._entries
            had_reason = self._has_reason()
            self._entries.extend(entries)
            self._waiting_events += sum(len(entry.facts) for entry in entries)
            self._is_urgent = self._is_urgent or any(entry.is_urgent for entry in entries)
            if is_first or (not had_reason and self._has_reason()):
                self._condition.notify()

    def _has_reason(self) -> bool:
        """Not to wait for more."""
        is_enough = self._waiting_events >= BATCH_EVENTS
        return bool(self._is_urgent or is_enough or self._jobs or self._is_over)

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
                    self._condition.wait_for(self._has_reason, PATIENCE_SECONDS)
                    entries, self._entries = self._entries, []
                    self._waiting_events, self._is_urgent = 0, False
                    jobs, self._jobs = self._jobs, []
                for group in _groups(entries):
                    self._commit(group)
                for job in jobs:
                    job()
        finally:
            self._close_connection()

    @property
    def is_waiting_for_journal(self) -> bool:
        return self._is_waiting_for_journal

    def _commit(self, entries: list[Entry]) -> None:
        try:
            held = self._appended(sealed(self._sealer, entries))
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

    def _appended(self, appends: list[Append]) -> list[bool]:
        """As `Journal.append`, once the journal is within reach. Raises its `JournalUnavailable` when stopped."""
        for pause in chain(RETRY_SECONDS, repeat(RETRY_SECONDS[-1])):
            try:
                held = self._journal.append(appends)
            except JournalUnavailable as away:
                log.warning("%d runs wait for the journal: %s", len(appends), away)
                self._is_waiting_for_journal = True
                with self._condition:
                    if self._condition.wait_for(lambda: self._is_over, pause):
                        raise
            else:
                self._is_waiting_for_journal = False
                return held
        raise AssertionError("the pauses never end")


def sealed(sealer: Sealer, entries: Sequence[Entry]) -> list[Append]:
    """One append per run: facts as rows that fit, and what the run's row says after the last of them."""
    by_run: dict[tuple[str, int], list[Entry]] = {}
    for entry in entries:
        by_run.setdefault((entry.run, entry.epoch), []).append(entry)
    return [_append_of(sealer, together) for together in by_run.values()]


def _append_of(sealer: Sealer, entries: list[Entry]) -> Append:
    first, last = entries[0], entries[-1]
    facts = first.facts if first is last else [fact for entry in entries for fact in entry.facts]
    events, artifacts = sealer.seal(facts, epoch=first.epoch, last_seq=first.last_seq)
    standing = last.standing
    if standing.finished_at is not None and events:
        ending = _decode_fields(events[-1].data)
        standing = replace(standing, outputs=_text(ending, "outputs"), error=_text(ending, "error"))
    return Append(
        run=first.run,
        owner=first.owner,
        epoch=first.epoch,
        last_seq=first.last_seq,
        events=events,
        standing=standing,
        artifacts=artifacts,
        absorbed_signals=_together([entry.absorbed_signals for entry in entries]),
        remembered=_together([entry.remembered for entry in entries]),
        schedules=_schedules(_together([entry.schedules for entry in entries]), events),
        absorbed_invocations=_together([entry.absorbed_invocations for entry in entries]),
        is_claim=first.is_claim,
    )


def _together(parts: list[Sequence[Part]]) -> Sequence[Part]:
    return parts[0] if len(parts) == 1 else [item for part in parts for item in part]


def _schedules(schedules: Sequence[Schedule], events: Sequence[EventRow]) -> Sequence[Schedule]:
    """The rows of effects, with the inputs as their events carry them."""
    if not schedules:
        return schedules
    texts = [_decode_fields(row.data) for row in events if row.type == "invocation_scheduled"]
    pairs = zip(schedules, texts, strict=True)
    return [replace(item, inputs=_text(fields, "inputs") or "{}") for item, fields in pairs]


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
