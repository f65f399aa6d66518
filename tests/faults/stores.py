"""Artifacts of the simulation: those on the disk that all processes share, and those on their way there.

Promises:  what was on its way dies with its process; an artifact that could not be stored is never taken for kept.
"""

import io
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from contracts.canonical import digest_of_bytes


class MemoryArtifacts:
    """The disk."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, source: Any) -> tuple[str, int]:
        digest = digest_of_bytes(source)
        self.kept[digest] = bytes(source)
        return digest, len(source)

    def open(self, digest: str) -> io.BytesIO:
        return io.BytesIO(self.kept[digest])

    def has(self, digest: str) -> bool:
        return digest in self.kept


class Settling:
    """Of one process, as `SettlingArtifacts`; `later(digest)` has `settle` called when its time has come."""

    def __init__(self, disk: MemoryArtifacts, later: Callable[[str], None]) -> None:
        self._disk = disk
        self._later = later
        self._memory: dict[str, bytes] = {}
        self.unsettled: dict[str, Future[None]] = {}

    def leave(self, data: bytes) -> str:
        digest = digest_of_bytes(data)
        if digest in self._memory or self._disk.has(digest):
            return digest
        if digest in self.unsettled:  # it could not be stored before
            self._disk.put(data)
            del self.unsettled[digest]
            return digest
        self._memory[digest], self.unsettled[digest] = data, Future()
        self._later(digest)
        return digest

    def settle(self, digest: str, *, fails: bool) -> None:
        data = self._memory.pop(digest)
        if fails:
            self.unsettled[digest].set_exception(OSError(28, "No space left on device"))
            return
        self._disk.put(data)
        self.unsettled.pop(digest).set_result(None)

    def read(self, digest: str) -> bytes | None:
        return self._memory.get(digest, self._disk.kept.get(digest))
