"""Group commit: one thread that writes the events of all runs of this process.

Owns:      the order of appends, and the thread with the journal's writing connection.
Promises:  writes at once what something waits for, the rest within 10 ms; many runs share a transaction; a
           run's appends keep order. While the journal is out of reach, what is to be written waits for it; what
           names an artifact that is not durable yet waits for that, with what follows it in its run.
Never:     writes a run again after its fence has not held, or after a failure that the journal cannot account for.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from itertools import chain, repeat

from executors.artifacts import ArtifactStore
from executors.coordination.aside import Aside
from executors.coordination.entries import Entry, sealed
from executors.coordination.sealing import Sealer
from executors.journal import Append, Journal, JournalUnavailable

log = logging.getLogger(__name__)
BATCH_EVENTS = 500
# What nobody waits for may wait this long for company: a synced commit and its wake-ups cost as much as ten events.
PATIENCE_SECONDS = 0.01
RETRY_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)


Job = Callable[[], None]


class Writer:
    """`post` hands a callable to the loop, from the writer's thread."""

    def __init__(
        self,
        journal: Journal,
        artifacts: ArtifactStore,
        post: Callable[[Callable[[], None]], None],
        close_connection: Callable[[], None],
    ) -> None:
        self._journal = journal
        self._sealer = Sealer(artifacts)
        self._aside = Aside(artifacts.unsettled, self._come_back)
        self._post = post
        self._close_connection = close_connection
        self._entries: list[Entry] = []
        self._waiting_events = 0
        self._is_urgent = False
        self._jobs: list[Job] = []
        self._condition = threading.Condition()
        self._is_waiting_for_journal = False
        self._has_settled = False
        self._is_over = False
        self._thread = threading.Thread(target=self._run, name="journal-writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Write what has been handed over, once what it names is durable, then end."""
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
        return bool(self._is_urgent or is_enough or self._jobs or self._has_settled or self._is_over)

    def _come_back(self) -> None:
        """An artifact is durable now, or never will be. Any thread."""
        with self._condition:
            self._has_settled = True
            self._condition.notify()

    def do(self, job: Job) -> None:
        """Have `job` done on this thread, after what was handed over before, but for what is set aside."""
        with self._condition:
            self._jobs.append(job)
            self._condition.notify()

    def _run(self) -> None:
        try:
            while True:
                with self._condition:
                    while not (self._has_work() or (self._is_over and not self._aside)):
                        self._condition.wait()
                    if not self._has_work():
                        return
                    self._condition.wait_for(self._has_reason, PATIENCE_SECONDS)
                    entries, self._entries = self._entries, []
                    self._waiting_events, self._is_urgent, self._has_settled = 0, False, False
                    jobs, self._jobs = self._jobs, []
                entries, lost = self._aside.sorted(entries)
                for group in _groups(entries):
                    self._commit(group)
                if lost:
                    self._tell(lost, set())
                for job in jobs:
                    job()
        finally:
            self._close_connection()

    def _has_work(self) -> bool:
        return bool(self._entries or self._jobs or self._has_settled)

    @property
    def is_waiting_for_journal(self) -> bool:
        return self._is_waiting_for_journal

    def _commit(self, entries: list[Entry]) -> None:
        self._tell(entries, self._held(entries))

    def _tell(self, entries: list[Entry], held: set[tuple[str, int]]) -> None:
        def tell() -> None:
            for entry in entries:
                entry.when_over(entry, entry.key in held)

        self._post(tell)

    def _held(self, entries: list[Entry]) -> set[tuple[str, int]]:
        """The runs whose append holds. Where one makes all of them fail, each is tried alone."""
        runs = list(dict.fromkeys(entry.key for entry in entries))
        try:
            held = self._appended(sealed(self._sealer, entries))
        except JournalUnavailable:
            log.warning("%d runs could not be written before the end; they are claimed anew", len(runs))
            return set()
        except Exception:
            if len(runs) > 1:
                alone = ([entry for entry in entries if entry.key == run] for run in runs)
                return set().union(*map(self._held, alone))
            log.exception("an append of run %s failed; it is claimed anew", runs[0][0])
            return set()
        return {run for run, holds in zip(runs, held, strict=True) if holds}

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
