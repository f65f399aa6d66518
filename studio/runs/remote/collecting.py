"""What comes back from workers, and what nobody took up.

Owns:      the batches that are waited for, the rows to take away, and the sweep.
Promises:  an outcome is seen within 200 ms, also without a notification; a swept row is swept by whoever is
           there, whoever queued it.
Never:     decides on retries of effects: a lost batch is told as lost.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from django.db import connection, connections

from executors.artifacts import ArtifactStore
from executors.protocol import Outcome
from studio.runs.models import RemoteBatch
from studio.runs.remote import rows
from studio.runs.remote.letters import drop, outcomes_in

log = logging.getLogger(__name__)
LOOK_SECONDS: Final = 0.2
SWEEP_SECONDS: Final = 2.0
RETRY_SECONDS: Final = 1.0

Ended = Callable[[UUID, Sequence[Outcome] | None], None]


class Collector:
    """A thread with a connection of its own. Tell it what to expect and what to forget from any thread."""

    def __init__(self, store: ArtifactStore, ended: Ended, ring: Callable[[str, UUID], None]) -> None:
        self._store = store
        self._ended = ended
        self._ring = ring
        self._lock = threading.Lock()
        self._expected: set[UUID] = set()
        self._forgotten: set[UUID] = set()
        self._has_work = threading.Event()
        self._is_over = False
        self._swept_at = 0.0
        self._thread = threading.Thread(target=self._run, name="remote-outcomes", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """What was to be forgotten is forgotten first, where the database answers."""
        self._is_over = True
        self._has_work.set()
        self._thread.join()

    def expect(self, batch: UUID) -> None:
        with self._lock:
            if batch not in self._forgotten:
                self._expected.add(batch)
        self._has_work.set()

    def forget(self, batch: UUID) -> None:
        """Nothing more is wanted of a batch: its row goes."""
        with self._lock:
            self._expected.discard(batch)
            self._forgotten.add(batch)
        self._has_work.set()

    def _run(self) -> None:
        while True:
            is_last = self._is_over
            try:
                self._work()
            except Exception as error:  # noqa: BLE001  whatever the database raises: it comes back
                log.warning("The rows of remote work cannot be read, trying again: %s", error)
                connections.close_all()
                time.sleep(RETRY_SECONDS)
            if is_last:
                connections.close_all()
                return
            self._rest()

    def _work(self) -> None:
        with self._lock:
            forgotten, expected = tuple(self._forgotten), tuple(self._expected)
        for batch in forgotten:
            for row in RemoteBatch.objects.filter(pk=batch):
                self._take_away(row)
            with self._lock:
                self._forgotten.discard(batch)
        for row in rows.ended(expected) if expected else ():
            self._take(row)
        if time.monotonic() - self._swept_at > SWEEP_SECONDS:
            self._swept_at = time.monotonic()
            self._sweep(expected)

    def _take(self, row: RemoteBatch) -> None:
        with self._lock:
            self._expected.discard(row.pk)
        try:
            outcomes = outcomes_in(row.report, self._store) if row.report is not None else None
        except Exception:
            log.exception("what worker %s reported of batch %s cannot be read", row.worker, row.pk)
            outcomes = None
        self._ended(row.pk, outcomes)

    def _take_away(self, row: RemoteBatch) -> None:
        rows.remove(row.pk)
        drop(row.order, self._store)
        drop(row.report, self._store)

    def _sweep(self, expected: Sequence[UUID]) -> None:
        rows.return_expired()
        for batch, queue in rows.due_for_ringing():
            self._ring(queue, batch)
        for row in rows.orphans():
            self._take_away(row)
        for batch in set(expected) - rows.still_there(expected):
            with self._lock:
                is_gone = batch in self._expected
                self._expected.discard(batch)
            if is_gone:
                self._ended(batch, None)

    def _rest(self) -> None:
        """Until something may have ended; without batches until the next sweep."""
        self._has_work.clear()
        with self._lock:
            is_waiting, has_more = bool(self._expected), bool(self._forgotten)
        if has_more or self._is_over:
            return
        if not is_waiting:
            self._has_work.wait(SWEEP_SECONDS)
        elif connection.vendor == "postgresql":
            self._listen()
        else:
            self._has_work.wait(LOOK_SECONDS)

    def _listen(self) -> None:
        try:
            connection.ensure_connection()
            raw = connection.connection
            raw.execute(f"LISTEN {rows.CHANNEL}")
            for _ in raw.notifies(timeout=LOOK_SECONDS, stop_after=1):
                break
        except Exception as error:  # noqa: BLE001  as above
            log.warning("The database cannot be listened to, looking by itself: %s", error)
            connections.close_all()
            time.sleep(LOOK_SECONDS)
