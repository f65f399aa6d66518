"""The viewers of one stream: they share its reads, its frames and its pace.

Owns:      when a stream is read again, and the frames that were read in the current turn.
Promises:  a turn starts after a ring or a second, never sooner than 0.1 s after the last one; viewers with
           the same cursor in the same turn get the same `Frame`: it is read and executed once.
Never:     keeps a frame beyond its turn, nor anything at all once the last viewer has left.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Hashable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final, Protocol

from studio.live.doorbell import doorbell
from studio.live.frame import Frame

PACE_SECONDS: Final = 0.1
# A turn without news may fall just before a viewer's 2 s are over; the next one has to come within the third.
TURN_SECONDS: Final = 1.0
IDLE_SECONDS: Final = 1.9


class Read(Protocol):
    """Reads the stream beyond `cursor`, now: {kind, from, to, head, at, is_last} and what it carries."""

    def __call__(self, cursor: int, *, is_first: bool) -> Awaitable[dict[str, Any]]: ...


_hubs: dict[Hashable, "_Hub"] = {}


async def follow(key: Hashable, topic: str, read: Read, after: int) -> AsyncGenerator[Frame]:
    """Frames of a stream from `after` on, until one has `is_last`."""
    with _entered(key, topic, read) as hub:
        clock = asyncio.get_running_loop().time
        cursor, is_first, sent_at = after, True, clock()
        while True:
            turn = hub.turn
            frame = await hub.frame(cursor, is_first=is_first)
            value = frame.value
            if is_first or value["kind"] != "IDLE" or clock() - sent_at > IDLE_SECONDS:
                yield frame
                cursor, is_first, sent_at = value["to"], False, clock()
            if value["is_last"]:
                return
            if value["to"] < value["head"]:
                hub.ring()
            await asyncio.shield(turn)


@contextmanager
def _entered(key: Hashable, topic: str, read: Read) -> Iterator["_Hub"]:
    hub = _hubs.get(key)
    if hub is None:
        hub = _hubs[key] = _Hub(topic, read)
    hub.viewers += 1
    try:
        yield hub
    finally:
        hub.viewers -= 1
        if hub.viewers == 0:
            hub.close()
            del _hubs[key]


class _Hub:
    def __init__(self, topic: str, read: Read) -> None:
        loop = asyncio.get_running_loop()
        self.viewers = 0
        self.turn: asyncio.Future[None] = loop.create_future()
        self._read = read
        self._frames: dict[tuple[int, bool], asyncio.Task[Frame]] = {}
        # Listens before anything is read: what is committed from now on rings.
        self._topic = topic
        self._listening = ExitStack()
        self._rings = self._listening.enter_context(doorbell.listening(topic))
        self._ticker = loop.create_task(self._tick())

    async def frame(self, cursor: int, *, is_first: bool) -> Frame:
        """What lies beyond `cursor`; shared: one viewer's leaving does not take it from the others."""
        reading = self._frames.get((cursor, is_first))
        if reading is None:
            reading = asyncio.ensure_future(self._framed(cursor, is_first=is_first))
            self._frames[cursor, is_first] = reading
        return await asyncio.shield(reading)

    async def _framed(self, cursor: int, *, is_first: bool) -> Frame:
        return Frame(await self._read(cursor, is_first=is_first))

    def ring(self) -> None:
        """Have the next turn start as soon as the pace allows."""
        self._rings.ring(self._topic)

    async def _tick(self) -> None:
        while True:
            await self._rings.wait(TURN_SECONDS)
            self._frames = {}
            turn, self.turn = self.turn, asyncio.get_running_loop().create_future()
            turn.set_result(None)
            await asyncio.sleep(PACE_SECONDS)

    def close(self) -> None:
        self._ticker.cancel()
        self._listening.close()
