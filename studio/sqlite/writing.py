"""Who may write to SQLite now.

Owns:      the writer lock of this process and the lock file of the data folder.
Promises:  one thread writes at a time; a second writing process is refused with what to do.
Never:     is used on PostgreSQL.
"""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

writer = threading.RLock()


class FolderInUse(RuntimeError):
    """Another process writes to the data folder."""

    code = "folder_in_use"

    def __init__(self, folder: Path, holder: str) -> None:
        self.folder = folder
        self.holder = holder
        super().__init__(
            f"{folder} is in use by process {holder or 'unknown'}. "
            "Stop that process, or give this one a folder of its own with LAMINA_DATA."
        )


@contextmanager
def writer_lock() -> Iterator[None]:
    """Hold the right to write, for code that begins its transactions itself."""
    with writer:
        yield


def own_folder(folder: Path, process: str) -> IO[str]:
    """Lock the data folder for this process, until the returned file is closed. Raises `FolderInUse`."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "writer.lock"
    file = path.open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        holder = file.read().strip()
        file.close()
        raise FolderInUse(folder, holder) from None
    file.truncate(0)
    file.write(process)
    file.flush()
    return file
