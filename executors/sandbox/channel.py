"""A worker's end of the line to its host.

Owns:      reading frames and the descriptors that come with them, and sending from any thread.
Promises:  frames leave whole, in the order in which they were sent.
"""

import os
import select
import socket
import struct
import threading
import time
from collections import deque
from typing import Final

from executors.sandbox import frames

_HOLD_SECONDS: Final = 0.0005
_HOLD_BYTES: Final = 1 << 15
_DESCRIPTOR: Final = struct.Struct("i")
_ATTACHED_BYTES: Final = socket.CMSG_LEN(64 * _DESCRIPTOR.size)


class Channel:
    def __init__(self, connection: socket.socket, cap: int) -> None:
        self._connection = connection
        self._reader = frames.FrameReader(cap)
        self._frames: deque[frames.Frame] = deque()
        self._descriptors: deque[int] = deque()
        self._sending = threading.Lock()
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._held_since = 0.0

    def send(self, kind: int, number: int, payload: bytes) -> None:
        """At once, after what was held."""
        with self._sending:
            self._held.append(frames.pack(kind, number, payload))
            self._flush()

    def hold(self, kind: int, number: int, payload: bytes) -> None:
        """Send this together with what follows, unless nothing is about to follow."""
        with self._sending:
            if not self._held:
                self._held_since = time.monotonic()
            self._held.append(frames.pack(kind, number, payload))
            self._held_bytes += len(payload)
            is_last = not self._frames
            if (
                is_last
                or self._held_bytes > _HOLD_BYTES
                or time.monotonic() - self._held_since > _HOLD_SECONDS
            ):
                self._flush()

    def _flush(self) -> None:
        self._connection.sendall(b"".join(self._held))
        self._held.clear()
        self._held_bytes = 0

    def next_frame(self) -> frames.Frame | None:
        """Waits; None when the host has gone."""
        while not self._frames:
            with self._sending:
                if self._held:
                    self._flush()
            if not self._receive():
                return None
        return self._frames.popleft()

    def answer(self, number: int) -> bytes:
        """The answer to what was asked under this number; calls that come meanwhile wait."""
        while True:
            for position, (kind, about, payload) in enumerate(self._frames):
                if kind == frames.ANSWER and about == number:
                    del self._frames[position]
                    return payload
            if not self._receive():
                os._exit(0)

    def has_cancelled(self, number: int) -> bool:
        """Whether the host has asked to stop this call, without waiting."""
        if select.select([self._connection], [], [], 0)[0]:
            self._receive()
        return any(kind == frames.CANCEL and about == number for kind, about, _ in self._frames)

    def take_descriptor(self) -> int:
        return self._descriptors.popleft()

    def finish(self) -> None:
        """Nothing can be said after this."""
        with self._sending:
            self._connection.shutdown(socket.SHUT_WR)

    def _receive(self) -> bool:
        try:
            data, attached, _, _ = self._connection.recvmsg(self._reader.read_bytes, _ATTACHED_BYTES)
        except ConnectionError:
            return False
        if not data:
            return False
        for level, kind, descriptors in attached:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                whole = len(descriptors) - len(descriptors) % _DESCRIPTOR.size
                self._descriptors.extend(number for (number,) in _DESCRIPTOR.iter_unpack(descriptors[:whole]))
        self._frames.extend(self._reader.feed(data))
        return True
