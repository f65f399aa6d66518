"""A folder of artifacts whose background writes wait for a test, and sealed memory to put into it."""

import fcntl
import os
import threading
from pathlib import Path

from executors.artifacts import ALL_SEALS, FolderArtifacts
from executors.workers.boxes import sealed_memory


class SlowFolder(FolderArtifacts):
    """What is written behind a call waits until `go` is set, and fails while there is a `failure`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.go = threading.Event()
        self.failure: OSError | None = None

    def keep_for_later(self, digest: str, data: memoryview) -> None:
        assert self.go.wait(30)
        if self.failure is not None:
            raise self.failure
        super().keep_for_later(digest, data)


def memory_of(data: bytes, *, length: int = 1 << 20, seals: int = ALL_SEALS) -> int:
    """Memory of a fixed length that begins with these bytes, sealed against more; the caller closes it."""
    memory = sealed_memory("output", length)
    os.pwrite(memory, data, 0)
    fcntl.fcntl(memory, fcntl.F_ADD_SEALS, seals)
    return memory
