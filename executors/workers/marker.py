"""The number of the call that a worker is at, in memory that it shares with the host."""

import mmap
import os
import sys
from typing import Final

from executors.workers.boxes import SHARED_SEALS, sealed_memory

_BYTES: Final = 4096


class Marker:
    """Memory shared with a worker, in which it writes the number of the call that it has begun.

    A worker can write anything into it; that can only confuse the calls of its own version.
    """

    __slots__ = ("_memory", "descriptor")

    def __init__(self) -> None:
        # Were it made smaller, reading it would be fatal.
        self.descriptor = sealed_memory("marker", _BYTES, seals=SHARED_SEALS)
        self._memory = mmap.mmap(self.descriptor, _BYTES, prot=mmap.PROT_READ)

    def number(self) -> int:
        return int.from_bytes(self._memory[:8], sys.byteorder)

    def hand_over(self) -> None:
        """The worker has the memory; the descriptor is not needed any more."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def close(self) -> None:
        self.hand_over()
        self._memory.close()
