"""The lease of this process, renewed by a thread of its own.

Owns:      the heartbeat.
Promises:  a busy loop does not lose the lease; losing it is told once.
Never:     judges time itself: the journal's clock does.
"""

import logging
import threading
from collections.abc import Callable

from executors.journal import Journal

log = logging.getLogger(__name__)


class Lease:
    """Renews every third of `seconds` until `stop`; `when_lost` is called on the lease's thread."""

    def __init__(
        self,
        journal: Journal,
        process: str,
        seconds: float,
        when_lost: Callable[[], None],
        close_connection: Callable[[], None],
    ) -> None:
        self._journal = journal
        self._process = process
        self._seconds = seconds
        self._when_lost = when_lost
        self._close_connection = close_connection
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="engine-lease", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._over.wait(self._seconds / 3):
                if not self._renew():
                    self._when_lost()
                    return
        finally:
            self._close_connection()

    def _renew(self) -> bool:
        try:
            return self._journal.renew(self._process, self._seconds)
        except Exception:
            # Whether the lease still holds is for the database to say once it is back.
            log.exception("the lease could not be renewed")
            self._close_connection()
            return True
