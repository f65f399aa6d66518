"""While quick calls come one by one, host and worker share a core; otherwise all may run anywhere."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from executors.protocol import Returned
from tests.conformance.subject import wasm_subject
from tests.executors.workshop import Workshop, json_port, module

CORES = json_port({"type": "array", "items": {"type": "integer"}})
SECONDS = json_port({"type": "number"})
LOOK = """
import os, time

def run(inputs, context):
    time.sleep(inputs["seconds"])
    return {"cores": sorted(os.sched_getaffinity(0))}
"""
ALL = os.sched_getaffinity(0)
pytestmark = pytest.mark.skipif(len(ALL) < 2, reason="there is one core only")


@pytest.fixture
async def workshop(tmp_path: Path) -> AsyncIterator[Workshop]:
    workshop = Workshop(tmp_path)
    yield workshop
    await workshop.close()


async def cores_of(workshop: Workshop, times: int = 1, *, seconds: float = 0) -> list[set[int]]:
    """What the module saw in each of so many calls sent at once."""
    look = module(LOOK, inputs={"seconds": SECONDS}, outputs={"cores": CORES})
    outcomes = await workshop.run_all(look, [{"seconds": seconds}] * times)
    assert all(isinstance(outcome, Returned) for outcome in outcomes), outcomes
    return [set(map(int, outcome.outputs["cores"].data.decode()[1:-1].split(","))) for outcome in outcomes]


async def brought_near(workshop: Workshop) -> set[int]:
    """The core on which host and worker were found together; bound for a moment only, so it is tried again."""
    for _ in range(200):
        (seen,) = await cores_of(workshop)
        if len(seen) == 1 and os.sched_getaffinity(0) == seen:
            return seen
    raise AssertionError("two hundred calls one by one did not come near")


async def test_lone_quick_calls_share_the_core_of_the_loop(workshop: Workshop) -> None:
    (first,) = await cores_of(workshop)
    assert first == ALL, "the call that loads the module sees all cores"
    assert await brought_near(workshop) < ALL


async def test_many_calls_at_once_may_run_anywhere(workshop: Workshop) -> None:
    await brought_near(workshop)
    seen = await cores_of(workshop, 300)
    assert seen == [ALL] * 300
    assert os.sched_getaffinity(0) == ALL


async def test_slow_calls_may_run_anywhere(workshop: Workshop) -> None:
    seen = [(await cores_of(workshop, seconds=0.02))[0] for _ in range(10)]
    assert seen == [ALL] * 10


async def test_they_part_by_themselves_with_the_threads_begun_meanwhile(workshop: Workshop) -> None:
    await brought_near(workshop)
    told: list[int] = []
    may_end = threading.Event()

    def live() -> None:
        told.append(threading.get_native_id())
        may_end.wait()

    thread = threading.Thread(target=live)
    thread.start()
    while not told:
        await asyncio.sleep(0)
    try:
        while os.sched_getaffinity(0) != ALL:
            await asyncio.sleep(0.01)
        assert os.sched_getaffinity(told[0]) == ALL
    finally:
        may_end.set()
        thread.join()


async def test_a_system_that_refuses_is_not_asked_again(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def refuse(process: int, cores: set[int]) -> None:
        asked.append(process)
        raise PermissionError("not here")

    monkeypatch.setattr(os, "sched_setaffinity", refuse)
    for _ in range(200):
        assert await cores_of(workshop) == [ALL]
        if asked:
            break
    for _ in range(20):
        assert await cores_of(workshop) == [ALL]
    assert len(asked) == 1


async def test_a_worker_of_webassembly_comes_near_too(workshop: Workshop) -> None:
    for _ in range(200):
        await workshop.run(wasm_subject(), {"x": 1}, strategy="wasm")
        if os.sched_getaffinity(0) < ALL:
            return
    raise AssertionError("two hundred calls one by one did not come near")


async def test_while_they_are_kept_apart_nothing_is_bound(workshop: Workshop) -> None:
    await brought_near(workshop)
    with workshop.execution._pool.nearness.apart():
        for _ in range(20):
            assert await cores_of(workshop) == [ALL]
            assert os.sched_getaffinity(0) == ALL
    await brought_near(workshop)


async def test_two_pools_of_one_thread_leave_each_other_free(workshop: Workshop, tmp_path: Path) -> None:
    other = Workshop(tmp_path / "other")
    try:
        for _ in range(20):
            await brought_near(workshop)
            await cores_of(other)
        for each in (workshop, other):
            await cores_of(each, 300)
            assert await cores_of(each, 300) == [ALL] * 300
    finally:
        await other.close()


async def test_a_system_that_refuses_to_let_go_stops_no_call(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await brought_near(workshop)
    set_affinity = os.sched_setaffinity

    def refuse(process: int, cores: set[int]) -> None:
        raise PermissionError("not any more")

    with monkeypatch.context() as patch:
        patch.setattr(os, "sched_setaffinity", refuse)
        assert len(await cores_of(workshop, 300)) == 300
    set_affinity(0, ALL)
