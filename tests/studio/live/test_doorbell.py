"""Rings within a process and between processes."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from channels.layers import channel_layers
from django.test import override_settings

from studio.live.doorbell import MAX_HEARD, Doorbell


async def test_a_ring_from_another_thread_is_heard_by_its_topic_alone() -> None:
    bell = Doorbell(is_shared=False)
    with bell.listening("run.1") as one, bell.listening("run.2") as two:
        threading.Thread(target=bell.ring, args=("run.1",)).start()
        assert await one.wait(5) == ("run.1",)
        assert await two.wait(0.01) == ()


async def test_rings_close_together_are_heard_once() -> None:
    bell = Doorbell(is_shared=False)
    with bell.listening("run.1") as rings:
        for _ in range(100):
            bell.ring("run.1")
        assert await rings.wait(5) == ("run.1",)
        assert await rings.wait(0.01) == ()


async def test_a_family_hears_all_of_its_topics_within_bounds() -> None:
    bell = Doorbell(is_shared=False)
    with bell.listening("change") as rings:
        bell.ring("change.run.1.")
        bell.ring("change.graph.2.t")
        assert set(await rings.wait(5)) == {"change.run.1.", "change.graph.2.t"}
        for number in range(2 * MAX_HEARD):
            bell.ring(f"change.run.{number}.")
        assert len(await rings.wait(5)) == MAX_HEARD


def test_a_ring_before_anybody_listens_does_no_harm() -> None:
    Doorbell(is_shared=False).ring("run.1")


@pytest.fixture
def shared_layer(redis_url: str) -> Iterator[None]:
    hosts = [{"address": redis_url, "socket_timeout": None}]
    layer = {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": hosts}}
    with override_settings(CHANNEL_LAYERS={"default": layer}):
        channel_layers.backends.clear()
        yield
    channel_layers.backends.clear()


@pytest.mark.redis
async def test_a_ring_in_one_process_is_heard_in_another(shared_layer: None) -> None:
    here, there = Doorbell(is_shared=True), Doorbell(is_shared=True)
    with here.listening("run.1") as rings, there.listening("run.2"):
        async with asyncio.timeout(10):
            while not await rings.wait(0.2):
                there.ring("run.1")
        assert here._hearing is not None
        here._hearing.cancel()
        assert there._hearing is not None
        there._hearing.cancel()
