"""The one checkpointer of the write-ahead log.

Owns:      a thread with its own connection, and the room of the log.
Promises:  checkpoints only under the writer lock, so that no write-ahead log is reset under a writer; the log has
           room, so that a commit need not make its file longer: to sync that takes the file system twice as long.
Never:     checkpoints while nothing has been written.
"""

import os
import sqlite3
import threading
from pathlib import Path

from studio.sqlite.writing import writer_lock

INTERVAL_SECONDS = 0.5
ROOM_BYTES = 16 << 20
ROOM_AT_ONCE = 1 << 20
TRUNCATE_BYTES = 32 << 20
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
        connection.execute("SELECT count(*) FROM sqlite_schema")  # there is a log from the first reader on
        known = 0
        try:
            self._make_room()
            while not self._over.wait(INTERVAL_SECONDS):
                written_at = self._written_at()
                if written_at != known:
                    known = written_at
                    self._checkpoint(connection)
                    self._make_room()
            self._checkpoint(connection)
        finally:
            with writer_lock():
                connection.close()

    def _written_at(self) -> int:
        return self._log.stat().st_mtime_ns if self._log.exists() else 0

    def _checkpoint(self, connection: sqlite3.Connection) -> None:
        is_long = self._log.exists() and self._log.stat().st_size > TRUNCATE_BYTES
        with writer_lock():
            connection.execute(f"PRAGMA wal_checkpoint({'TRUNCATE' if is_long else 'PASSIVE'})")

    def _make_room(self) -> None:
        """Zeros behind the frames are none to SQLite: it writes over them. A writer waits for one part of them."""
        while not self._over.is_set():
            with writer_lock():
                if not self._log.exists() or self._log.stat().st_size >= ROOM_BYTES:
                    return
                with self._log.open("ab") as file:
                    file.write(bytes(ROOM_AT_ONCE))
                    os.fdatasync(file.fileno())
