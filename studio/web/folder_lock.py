"""One writing process for a data folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FolderTaken(Exception):
    """Another process writes to this data folder."""

    code = "folder_taken"

    def __init__(self, folder: Path, owner: str) -> None:
        self.folder, self.owner = folder, owner
        super().__init__(
            f"Another server (process {owner or 'unknown'}) uses {folder}. Stop it, or set LAMINA_DATA elsewhere."
        )


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Raises `FolderTaken`. The lock ends with the context or the process, whichever is first."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise FolderTaken(folder, file.read().strip()) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
