"""More versions than workers may live at once: what is called waits for room, and no longer than that."""

import asyncio
import os
import signal

import pytest

from executors.trial import Packed
from executors.workers.pool import _WORKER_CAP
from tests.executors.workshop import Workshop, failure, given, module, parent_of

SLEEPER = """
import time
def run(inputs, context):
    print("here")
    time.sleep(inputs["x"])
    return {"y": 0}
"""
FAR_TOO_LONG = 60


def sleeper(number: int) -> Packed:
    return module(SLEEPER, version=f"1.0.{number}", limits={"wall_seconds": 30})


async def test_a_call_that_waited_for_room_is_watched_as_any(own_workshop: Workshop) -> None:
    for number in range(_WORKER_CAP):
        assert given(await own_workshop.run(sleeper(number), {"x": 0})) == 0
    # Workers that leave slowly: the watch, which saw nothing run, has gone to sleep before there is room.
    for process in own_workshop.processes():
        os.kill(process, signal.SIGSTOP)

    async with asyncio.timeout(FAR_TOO_LONG):
        outcome = await own_workshop.run(sleeper(_WORKER_CAP), {"x": 30}, timeout_seconds=0.3)

    assert failure(outcome) == ("system.timeout", "wall")


async def test_a_worker_whose_end_is_never_told_keeps_its_place_for_a_moment_only(
    own_workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("executors.workers.worker.ZYGOTE_SECONDS", 0.2)
    for number in range(_WORKER_CAP):
        assert given(await own_workshop.run(sleeper(number), {"x": 0})) == 0
    for process in {parent_of(process) for process in own_workshop.processes()}:
        os.kill(process, signal.SIGSTOP)

    async with asyncio.timeout(FAR_TOO_LONG):
        assert failure(await own_workshop.run(sleeper(_WORKER_CAP), {"x": 0})) == ("system.crashed", None)
        assert given(await own_workshop.run(sleeper(_WORKER_CAP), {"x": 0})) == 0


async def test_a_version_without_a_worker_gets_the_first_that_has_nothing_to_do(
    own_workshop: Workshop,
) -> None:
    running = [
        asyncio.create_task(own_workshop.run(sleeper(number), {"x": 0.5})) for number in range(_WORKER_CAP)
    ]
    while len(own_workshop.lines) < _WORKER_CAP:
        await asyncio.sleep(0.01)

    async with asyncio.timeout(FAR_TOO_LONG):
        assert given(await own_workshop.run(sleeper(_WORKER_CAP), {"x": 0})) == 0

    assert [given(await task) for task in running] == [0] * _WORKER_CAP
