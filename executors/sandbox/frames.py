"""The messages between host and sandbox: length, kind, id, payload.

Owns:      the byte form of a frame, and `FrameReader`, which takes frames out of a stream.
Promises:  a length above the cap is refused before anything is allocated for it.
Never:     interprets a payload.
"""

import struct
from typing import Final

HEADER: Final = struct.Struct("<IBQ")

# host → zygote
START: Final = 1
FORK: Final = 2
# zygote → host
READY: Final = 3
FORKED: Final = 4
EXITED: Final = 5
# host → worker
CALL: Final = 10
ANSWER: Final = 11
CANCEL: Final = 12
# worker → host
RESULT: Final = 20
LOG: Final = 21
PROGRESS: Final = 22
ASK: Final = 23
REFUSED: Final = 24
LAST_RESULT: Final = 25  # as RESULT; what a call may take is used up, so that further calls would fail too

Frame = tuple[int, int, bytes]


class ProtocolError(Exception):
    """The other side broke the protocol; nothing that it says can be believed any more."""


class TooLong(ProtocolError):
    """A frame longer than its cap."""

    def __init__(self, kind: int, length: int, cap: int) -> None:
        super().__init__(f"a frame of {length} bytes where {cap} are allowed")
        self.kind = kind


def pack(kind: int, number: int, payload: bytes) -> bytes:
    return HEADER.pack(len(payload), kind, number) + payload


class FrameReader:
    """Frames out of a stream of bytes, fed piece by piece."""

    __slots__ = ("_buffer", "_cap", "_needed")

    def __init__(self, cap: int) -> None:
        self._buffer = bytearray()
        self._cap = cap
        self._needed = HEADER.size

    @property
    def cap(self) -> int:
        return self._cap

    @cap.setter
    def cap(self, value: int) -> None:
        self._cap = value

    @property
    def read_bytes(self) -> int:
        """How much to read next: small reads are quick, a long frame is worth large ones."""
        return 1 << 16 if self._needed < 1 << 16 else 1 << 20

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are complete now. Raises `ProtocolError` for a length above the cap."""
        buffer = self._buffer
        if not buffer and len(data) >= HEADER.size:
            length, kind, number = HEADER.unpack_from(data)
            if length > self._cap:
                raise TooLong(kind, length, self._cap)
            if len(data) == HEADER.size + length:
                return [(kind, number, data[HEADER.size :])]  # one alone, as most are
        buffer += data
        frames: list[Frame] = []
        if len(buffer) < self._needed:
            return frames
        at, available = 0, len(buffer)
        with memoryview(buffer) as view:
            while available - at >= HEADER.size:
                length, kind, number = HEADER.unpack_from(view, at)
                if length > self._cap:
                    raise TooLong(kind, length, self._cap)
                end = at + HEADER.size + length
                if end > available:
                    self._needed = end - at
                    break
                frames.append((kind, number, bytes(view[at + HEADER.size : end])))
                at = end
                self._needed = HEADER.size
        del buffer[:at]
        return frames
