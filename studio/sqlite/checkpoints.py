"""The one checkpointer of the write-ahead log.

Owns:      a thread with its own connection.
Promises:  checkpoints only under the writer lock, so that no write-ahead log is reset under a writer.
Never:     checkpoints while nothing has been written.
"""

import sqlite3
import threading
from pathlib import Path

from studio.sqlite.writing import writer_lock

INTERVAL_SECONDS = 2.0
TRUNCATE_BYTES = 16 << 20
SAFE_VERSION = (3, 51, 3)


def has_wal_reset_bug() -> bool:
    """Whether this SQLite is one that two writing connections can corrupt (3.7.0 to 3.51.2)."""
    return sqlite3.sqlite_version_info < SAFE_VERSION


class Checkpointer:
    """Runs until `stop`."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._log = database.with_name(database.name + "-wal")
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checkpointer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        connection = sqlite3.connect(self._database, isolation_level=None, timeout=0.2)
        connection.execute("PRAGMA wal_autocheckpoint=0")
        try:
            while not self._over.wait(INTERVAL_SECONDS):
                self._checkpoint(connection)
            self._checkpoint(connection)
        finally:
            with writer_lock():
                connection.close()

    def _checkpoint(self, connection: sqlite3.Connection) -> None:
        size = self._log.stat().st_size if self._log.exists() else 0
        if not size:
            return
        mode = "TRUNCATE" if size > TRUNCATE_BYTES else "PASSIVE"
        with writer_lock():
            connection.execute(f"PRAGMA wal_checkpoint({mode})")
