"""Rings that say "look again": within this process, and through the channel layer to the other web processes.

Owns:      the topics, who listens to them on the web loop, and getting a ring there from any thread.
Promises:  rings of one topic that come close together are heard once, by the listeners of that topic alone.
Never:     carries what happened, and is never needed for correctness: every listener also looks by itself.

Topics: `run.<id>`, `user.<id>`, `change.<kind>.<id>.<team>`. Who listens to `change` hears them all.
"""

import asyncio
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from channels.layers import get_channel_layer

from studio.deployment import deployment

GROUP: Final = "doorbell"
MAX_HEARD: Final = 1_000


class Rings:
    """One listener's side: `wait` returns after a ring or the time, whichever is first."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._heard: dict[str, None] = {}

    def ring(self, topic: str) -> None:
        if len(self._heard) < MAX_HEARD:
            self._heard[topic] = None
        self._rung.set()

    async def wait(self, seconds: float) -> Sequence[str]:
        """The topics that rang since the last wait, at most `MAX_HEARD`; none: the time is over."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return ()
        self._rung.clear()
        heard, self._heard = self._heard, {}
        return tuple(heard)


class Doorbell:
    """The doorbell of one process. Listeners live on the loop it is attached to; anybody may ring."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: dict[str, set[Rings]] = {}
        self._pending: set[str] = set()
        self._lock = threading.Lock()

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Make `loop` the one on which this process listens, or from which it reaches the channel layer."""
        if loop is not self._loop:
            with self._lock:
                self._loop, self._pending = loop, set()

    @contextmanager
    def listening(self, topic: str) -> Iterator[Rings]:
        self.attach(asyncio.get_running_loop())
        rings = Rings()
        self._listeners.setdefault(topic, set()).add(rings)
        try:
            yield rings
        finally:
            self._listeners[topic].discard(rings)
            if not self._listeners[topic]:
                del self._listeners[topic]

    def ring(self, topic: str) -> None:
        """From any thread; returns at once."""
        with self._lock:
            loop = self._loop
            if loop is None or loop.is_closed():
                return
            self._pending.add(topic)
            if len(self._pending) == 1:
                loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        with self._lock:
            topics, self._pending = self._pending, set()
        self.hear(topics)
        if deployment().redis_url:
            self._carrying = asyncio.ensure_future(_carry(sorted(topics)))

    def hear(self, topics: Iterable[str]) -> None:
        """Ring for the listeners of this process; on its loop."""
        for topic in topics:
            for name in (topic, topic.partition(".")[0]):
                for rings in tuple(self._listeners.get(name, ())):
                    rings.ring(topic)


async def _carry(topics: list[str]) -> None:
    layer: Any = get_channel_layer()
    await layer.group_send(GROUP, {"type": "rings", "topics": topics})


async def hear_others(bell: Doorbell) -> None:
    """Pass on what other processes ring, for as long as this process serves. Needs a shared channel layer."""
    layer: Any = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(GROUP, channel)
    try:
        while True:
            message = await layer.receive(channel)
            bell.hear(message["topics"])
    finally:
        await layer.group_discard(GROUP, channel)


doorbell: Final = Doorbell()
