"""Memory that the host shares with a lasting worker, for values too large for the socket.

Owns:      the inbox, which the host fills, and the outbox, which the worker fills.
Promises:  neither can change its size, or be given further seals, with which a worker would keep the host from
           emptying it; what is taken is copied before anybody looks at it.
Never:     reads the inbox: a worker can write into both.
"""

import fcntl
import mmap
import os
from collections.abc import Iterable
from typing import Final

from executors.artifacts import LAST_SEAL, SIZE_SEALS
from executors.sandbox.boxes import HEADER_BYTES

SHARED_SEALS: Final = SIZE_SEALS | LAST_SEAL
_FREE: Final = bytes(HEADER_BYTES)
NAMES: Final = ("inbox", "outbox")


class NotThere(ValueError):
    """A worker said that something lies where nothing can."""


class Boxes:
    """Sizes in bytes. Pages are taken as they are written."""

    __slots__ = ("_inbox", "_is_used", "_outbox", "descriptors")

    def __init__(self, inbox_bytes: int, outbox_bytes: int) -> None:
        sizes = (HEADER_BYTES + inbox_bytes, HEADER_BYTES + outbox_bytes)
        self.descriptors: list[int] = []
        try:
            for name, size in zip(NAMES, sizes, strict=True):
                self.descriptors.append(sealed_memory(name, size, seals=SHARED_SEALS))
            self._inbox, self._outbox = map(mmap.mmap, self.descriptors, sizes)
        except OSError:
            self.hand_over()
            raise
        self._is_used = False

    def fill(self, values: Iterable[bytes]) -> None:
        """Put values there, one after the other. The worker must be idle: it may be reading what was there."""
        at = 0
        for data in values:
            self._inbox[at : at + len(data)] = data
            at += len(data)
        self._is_used = True

    def take(self, sizes: Iterable[object]) -> list[bytes]:
        """Copy out as many values, one after the other; the worker may then fill it anew. Raises `NotThere`."""
        self._is_used = True
        at = HEADER_BYTES
        taken = []
        for size in sizes:
            if type(size) is not int or not 0 <= size <= len(self._outbox) - at:
                raise NotThere(f"a size of {size!r:.40}")
            taken.append(self._outbox[at : at + size])
            at += size
        self._outbox[:HEADER_BYTES] = _FREE
        return taken

    def hand_over(self) -> None:
        """The worker has the memory; the descriptors are not needed any more."""
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.descriptors = []

    def empty(self) -> None:
        """Give the pages of an idle worker back, with a result that nobody waited for any more."""
        if self._is_used or self._outbox[:HEADER_BYTES] != _FREE:
            self._is_used = False
            for box in (self._inbox, self._outbox):
                box.madvise(mmap.MADV_REMOVE)

    def close(self) -> None:
        self.hand_over()
        self._inbox.close()
        self._outbox.close()


def sealed_memory(name: str, size: int, *, seals: int = SIZE_SEALS) -> int:
    """Memory of a fixed size that can be written; pages are taken as they are written."""
    descriptor = os.memfd_create(name, os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(descriptor, size)
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    return descriptor
