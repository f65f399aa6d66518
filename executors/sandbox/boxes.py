"""Memory that a lasting worker shares with its host, so that large values need not go through the socket.

Owns:      the worker's side of both boxes: reading what the host put into one, filling the other.
Promises:  the outbox is filled only while its first word says that the host has taken what was in it.
"""

import mmap
import os
from collections.abc import Mapping
from typing import Any, Final

from executors.sandbox import codec

HEADER_BYTES: Final = 8
_QUOTE: Final = ord('"')


class Boxes:
    """Of two descriptors, which are closed."""

    def __init__(self, inbox: int, outbox: int) -> None:
        self._inbox = mmap.mmap(inbox, 0, prot=mmap.PROT_READ)
        self._outbox = mmap.mmap(outbox, 0)
        self._word = memoryview(self._outbox)[:HEADER_BYTES].cast("Q")
        os.close(inbox)
        os.close(outbox)

    def inputs(self, sizes: Mapping[str, int]) -> dict[str, Any]:
        """What the host has put there, one after the other."""
        found = {}
        at = 0
        with memoryview(self._inbox) as whole:
            for port, size in sizes.items():
                with whole[at : at + size] as part, part[1:-1] as within:
                    is_plain = part[0] == _QUOTE and self._inbox.find(b"\\", at, at + size) < 0
                    # A text without an escape is what stands between its quotes.
                    found[port] = str(within, "utf-8") if is_plain else codec.decode(part)
                at += size
        return found

    def put(self, values: Mapping[str, bytes]) -> bool:
        """Whether the outbox was free and had room; what is in it goes with the next result."""
        size = sum(map(len, values.values()))
        if self._word[0] or size > len(self._outbox) - HEADER_BYTES:
            return False
        at = HEADER_BYTES
        for data in values.values():
            self._outbox[at : at + len(data)] = data
            at += len(data)
        self._word[0] = 1
        return True
