"""Tell the engine that a run's rows have changed.

Owns:      the bell of this process, and the notification on PostgreSQL for engines elsewhere.
Promises:  rings after the transaction has committed; may be called from any thread. An engine of this process is
           handed what was admitted: the texts and ids that were committed, so that it need not read them.
Never:     is needed for correctness: every engine also looks by itself once a second.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar
from uuid import UUID

from django.db import OperationalError, connection, transaction

from executors.journal import ClaimedRun

Listener = TypeVar("Listener")
log = logging.getLogger(__name__)
CHANNEL = "lamina_runs"
WAIT_SECONDS = 1.0
RETRY_SECONDS = 1.0
Bell = Callable[[str], None]
Take = Callable[[Sequence[ClaimedRun]], None]
_answers: list[Bell] = []
_takers: list[Take] = []


def answer(bell: Bell) -> Callable[[], None]:
    """Have `bell(run)` called for each ring in this process. Returns what ends that."""
    return _listed(_answers, bell)


def take(taker: Take) -> Callable[[], None]:
    """Have `taker(admitted)` called for the runs that are admitted together in this process. Returns what ends
    that.
    """
    return _listed(_takers, taker)


def _listed(listeners: list[Listener], listener: Listener) -> Callable[[], None]:
    listeners.append(listener)
    return lambda: listeners.remove(listener)


def hand_over(admitted: Sequence[ClaimedRun]) -> None:
    """Have an engine take runs up when the current transaction commits: one of this process, or any."""
    if _takers:
        transaction.on_commit(lambda: _hand_over(admitted))
    else:
        ring(UUID(admitted[0].run))  # whoever hears it looks for all that is queued


def _hand_over(admitted: Sequence[ClaimedRun]) -> None:
    for taker in _takers[:1]:
        taker(admitted)


def ring(run: UUID) -> None:
    """Ring for `run` when the current transaction commits (at once without one)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(run)])
    transaction.on_commit(lambda: _ring(str(run)))


def _ring(run: str) -> None:
    for bell in tuple(_answers):
        bell(run)


class Notifications:
    """Rings what other processes ring, on PostgreSQL: a thread with a connection that listens.

    Without it an engine still looks once a second.
    """

    def __init__(self) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="engine-notifications", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self._listen()
            except OperationalError:
                log.warning("the database cannot be listened to; trying again")
                self._over.wait(RETRY_SECONDS)
            finally:
                connection.close()

    def _listen(self) -> None:
        connection.ensure_connection()
        raw = connection.connection
        with connection.wrap_database_errors:
            raw.execute(f"LISTEN {CHANNEL}")
            while not self._over.is_set():
                for news in raw.notifies(timeout=WAIT_SECONDS):
                    _ring(news.payload)
