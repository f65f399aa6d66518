"""Rings that say "look again": within this process, and through the channel layer to the other web processes.

Owns:      the topics, who listens to them on the web loop, and getting a ring there from any thread.
Promises:  rings of one topic that come close together are heard once, by the listeners of that topic alone.
Never:     carries what happened, and is never needed for correctness: every listener also looks by itself.

Topics: `run.<id>`, `user.<id>`, `change.<kind>.<id>.<team>` (without an id: many). Who listens to `change` hears
them all.
"""

import asyncio
import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from channels.layers import get_channel_layer

from studio.deployment import deployment

GROUP: Final = "doorbell"
MAX_HEARD: Final = 1_000
RETRY_SECONDS: Final = 1.0

_log = logging.getLogger(__name__)


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
    """The doorbell of one process. Listeners live on the loop it is attached to; anybody may ring.

    `is_shared`: the channel layer reaches other processes; what rings here rings there too.
    """

    def __init__(self, *, is_shared: bool) -> None:
        self._is_shared = is_shared
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: dict[str, set[Rings]] = {}
        self._pending: set[str] = set()
        self._lock = threading.Lock()
        self._hearing: asyncio.Task[None] | None = None

    @contextmanager
    def listening(self, topic: str) -> Iterator[Rings]:
        self._attach(asyncio.get_running_loop())
        rings = Rings()
        self._listeners.setdefault(topic, set()).add(rings)
        try:
            yield rings
        finally:
            self._listeners[topic].discard(rings)
            if not self._listeners[topic]:
                del self._listeners[topic]

    def _attach(self, loop: asyncio.AbstractEventLoop) -> None:
        if loop is not self._loop:
            with self._lock:
                self._loop, self._pending = loop, set()
            if self._is_shared:
                self._hearing = loop.create_task(self._hear_others())

    def ring(self, topic: str) -> None:
        """From any thread; returns at once."""
        with self._lock:
            if self._loop is None and self._is_shared:
                self._loop = _loop_of_its_own()
            if self._loop is None or self._loop.is_closed():
                return
            self._pending.add(topic)
            if len(self._pending) == 1:
                self._loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        with self._lock:
            topics, self._pending = self._pending, set()
        self.hear(topics)
        if self._is_shared:
            self._carrying = asyncio.ensure_future(_carry(sorted(topics)))

    def hear(self, topics: Iterable[str]) -> None:
        """Ring for the listeners of this process; on its loop."""
        for topic in topics:
            for name in (topic, topic.partition(".")[0]):
                for rings in tuple(self._listeners.get(name, ())):
                    rings.ring(topic)

    async def _hear_others(self) -> None:
        """For as long as the loop runs; without the layer for a while, readers look by themselves."""
        layer: Any = get_channel_layer()
        while True:
            try:
                channel = await layer.new_channel()
                await layer.group_add(GROUP, channel)
                while True:
                    self.hear((await layer.receive(channel))["topics"])
            except Exception:  # noqa: BLE001  whatever the layer raises: it is a hint, and comes back
                _log.warning("The channel layer does not answer, trying again", exc_info=True)
                await asyncio.sleep(RETRY_SECONDS)


async def _carry(topics: list[str]) -> None:
    layer: Any = get_channel_layer()
    try:
        await layer.group_send(GROUP, {"type": "rings", "topics": topics})
    except Exception:  # noqa: BLE001  as above: a lost ring does no harm
        _log.warning("The channel layer did not take a ring", exc_info=True)


def _loop_of_its_own() -> asyncio.AbstractEventLoop:
    """For a process that listens to nothing itself, such as a coordinator or a worker."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="doorbell", daemon=True).start()
    return loop


doorbell: Final = Doorbell(is_shared=bool(deployment().redis_url))
