"""Finding the rung of a machine by trying, and what is said to those who want a higher one."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from executors.protocol import Failed
from executors.sandbox import syscalls
from executors.sandbox.ladder import HIGHEST, climb
from tests.executors.workshop import Workshop, failure, given, module

NO_OP = "def run(inputs, context):\n    return {'y': inputs['x']}\n"
LINUX = pytest.mark.skipif(not syscalls.IS_LINUX, reason="rungs above 0 exist on Linux only")


def refusing(*numbers: int) -> Callable[[int], str | None]:
    return lambda number: f"no {number}" if number in numbers else None


@LINUX
def test_the_highest_rung_that_works_is_taken() -> None:
    assert climb(refusing()).number == HIGHEST
    assert climb(refusing()).how_to_improve == ""
    second = climb(refusing(3))
    assert second.number == 2
    assert "rung 3: no 3" in second.how_to_improve
    assert "bubblewrap" in second.how_to_improve


@LINUX
def test_where_nothing_works_the_reasons_are_told() -> None:
    ground = climb(refusing(1, 2, 3))
    assert ground.number == 0
    assert "Linux 5.13 or newer" in ground.how_to_improve
    assert "rung 2: no 2" in ground.how_to_improve


@LINUX
def test_rung_1_is_for_root_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    assert climb(refusing(2, 3)).number == 0


def test_a_setting_keeps_it_low_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAMINA_MAX_RUNG", "0")
    ground = climb(refusing())
    assert ground.number == 0
    assert "LAMINA_MAX_RUNG keeps it at 0" in ground.how_to_improve


def test_macos_has_no_rung_and_is_told_what_else_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(syscalls, "IS_LINUX", False)
    tried: list[int] = []

    def note(number: int) -> str | None:
        tried.append(number)
        return None

    ground = climb(note)
    assert (ground.number, tried) == (0, [])
    assert "Run Lamina on Linux" in ground.how_to_improve
    assert "wasm" in ground.how_to_improve


@pytest.mark.asyncio(loop_scope="module")
async def test_more_than_there_is_is_refused_with_what_there_is(workshop: Workshop) -> None:
    outcome = await workshop.run(module(NO_OP, min_rung=4), {"x": 1})

    assert failure(outcome) == ("system.capability", "sandbox")
    assert isinstance(outcome, Failed)
    assert f"the strongest there is has rung {HIGHEST}" in outcome.error.message
    assert given(await workshop.run(module(NO_OP, min_rung=0), {"x": 1})) == 1


WITHOUT_SEALS = """
import fcntl, os
for name in [name for name in dir(fcntl) if "SEAL" in name]:
    delattr(fcntl, name)
del os.memfd_create, os.sched_setaffinity
import executors.execution, executors.settling
"""


def test_the_engine_can_be_loaded_where_no_memory_can_be_sealed() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_SEALS], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
