"""What fails once is tried again, and what cannot go on ends: nobody waits for it."""

import asyncio
import errno
import queue
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from executors.trial import MemoryBundles
from tests.executors.workshop import Workshop, failure, given, module
from tests.support import waiting

ECHO = "def run(inputs, context):\n    return {'y': inputs['x']}\n"
FAR_TOO_LONG = 60


class FailingOnce:
    """In place of a callable: fails, and from then on does what it does."""

    def __init__(self, real: Any, failure: Exception) -> None:
        self.real, self.failures = real, [failure]

    def __call__(self, *args: Any, **options: Any) -> Any:
        if self.failures:
            raise self.failures.pop()
        return self.real(*args, **options)


async def test_a_version_that_could_not_be_prepared_is_prepared_the_next_time(
    own_workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = FailingOnce(MemoryBundles.files, RuntimeError("the database is away"))
    monkeypatch.setattr(MemoryBundles, "files", lambda *args: files(*args))

    assert failure(await own_workshop.run(module(ECHO), {"x": 1})) == ("system.unavailable", None)

    assert given(await own_workshop.run(module(ECHO), {"x": 1})) == 1


async def test_a_sandbox_that_could_not_be_started_is_started_the_next_time(
    own_workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await own_workshop.execution.rung()
    start = FailingOnce(subprocess.Popen, OSError(errno.EAGAIN, "Resource temporarily unavailable"))
    monkeypatch.setattr(subprocess, "Popen", start)

    assert failure(await own_workshop.run(module(ECHO), {"x": 1})) == ("system.unavailable", None)

    assert given(await own_workshop.run(module(ECHO), {"x": 1})) == 1


class NoSecrets:
    def reveal(self, **_: Any) -> str:
        raise RuntimeError("the database is away")


async def test_a_question_that_the_host_fails_to_answer_is_answered(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path, options={"secrets": NoSecrets()})
    source = "def run(inputs, context):\n    return {'y': context.secret('token')}\n"
    packed = module(source, capabilities={"secrets": ["token"]})

    outcome = await workshop.run(packed, {"x": 1}, timeout_seconds=FAR_TOO_LONG)

    assert failure(outcome) == ("system.unavailable", None)
    await workshop.close()


async def test_calls_end_with_the_sandbox(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    slow = module("import time\ndef run(inputs, context):\n    print('here')\n    time.sleep(60)\n")
    running = asyncio.create_task(workshop.run_all(slow, [{"x": number} for number in range(300)]))
    while not workshop.lines:
        await asyncio.sleep(0.01)

    await workshop.close()

    async with asyncio.timeout(FAR_TOO_LONG):
        assert {failure(outcome) for outcome in await running} == {("system.crashed", None)}


SLEEPER = (
    "import time\ndef run(inputs, context):\n    time.sleep(inputs['x'])\n    return {'y': inputs['x']}\n"
)


async def test_a_slow_call_among_quick_ones_holds_up_none_of_them(own_workshop: Workshop) -> None:
    packed = module(SLEEPER)
    while not lane_is_quick(own_workshop):
        await own_workshop.run_all(packed, [{"x": 0}] * 100)
    order: list[int] = []
    calls = [own_workshop.call(packed, {"x": 3 if place == 50 else 0}) for place in range(100)]
    together = asyncio.create_task(
        own_workshop.execution.execute(calls, lambda place, _: order.append(place))
    )
    while len(order) < 99:
        await asyncio.sleep(0.01)

    later = [await own_workshop.run(packed, {"x": 0}) for _ in range(20)]

    assert 50 not in order
    assert [given(outcome) for outcome in later] == [0] * 20
    await together
    assert sorted(order) == list(range(100))


def lane_is_quick(workshop: Workshop) -> bool:
    return any(lane.is_quick for lane in workshop.execution._pool._lanes.values())


class TakenMeanwhile(queue.SimpleQueue):
    """What waits is taken by the thread that was given up, which comes back just when others look."""

    def __init__(self, comes_back: threading.Event) -> None:
        self.comes_back = comes_back

    def get_nowait(self) -> Any:
        self.comes_back.set()
        waiting.until(self.empty)
        return super().get_nowait()


async def test_a_thread_that_comes_back_when_it_is_given_up_takes_nothing_with_it(
    own_workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = SimpleNamespace(reached=threading.Event(), comes_back=threading.Event())
    monkeypatch.setitem(sys.modules, "gate", gate)
    stuck = module(
        "import gate\ndef run(inputs, context):\n    gate.reached.set()\n    gate.comes_back.wait(60)\n"
    )
    own_workshop.execution._inline._errands = TakenMeanwhile(gate.comes_back)
    first = asyncio.create_task(own_workshop.run(stuck, {"x": 0}, strategy="inline", timeout_seconds=0.5))
    while not gate.reached.is_set():
        await asyncio.sleep(0.01)

    async with asyncio.timeout(FAR_TOO_LONG):
        second = await own_workshop.run(module(ECHO), {"x": 1}, strategy="inline")
        third = await own_workshop.run(module(ECHO), {"x": 2}, strategy="inline")

    assert failure(await first) == ("system.timeout", "wall")
    assert (given(second), given(third)) == (1, 2)
