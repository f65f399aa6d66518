"""Hostile modules: all contained on rung 3, and an exact list of what each lower rung lets through."""

import asyncio
import os
import socket
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from executors.protocol import Call, Failed, Outcome, Returned
from executors.trial import Packed
from executors.workers import bubblewrap
from tests.executors.workshop import Workshop, failure, given, json_port, module
from tests.hostile import reaching_attempts, wrecking_attempts

ATTEMPTS = {**reaching_attempts.ATTEMPTS, **wrecking_attempts.ATTEMPTS}
FILES = {
    name: (Path(__file__).parent / name).read_bytes()
    for name in ("reaching_attempts.py", "wrecking_attempts.py")
}
SOURCE = """
from reaching_attempts import ATTEMPTS as REACHING
from wrecking_attempts import ATTEMPTS as WRECKING

ATTEMPTS = {**REACHING, **WRECKING}


def run(inputs, context):
    return {"got": ATTEMPTS[inputs["attempt"]](inputs["facts"], context) or None}
"""
HANGS_SECONDS = 0.6
WHAT_IT_HOLDS = {"got": {"a": 1}}  # of a dict that says that it holds more


LIMITS = {
    "take_all_memory": ("system.limit", "memory"),
    "take_all_shared_memory": ("system.limit", "memory"),
    "spin": ("system.timeout", "wall"),
    "spin_in_native_code": ("system.timeout", "wall"),
    "sleep_for_ever": ("system.timeout", "wall"),
    "ignore_every_signal": ("system.timeout", "wall"),
    "swallow_every_exception": ("system.timeout", "wall"),
    "drip_a_frame": ("system.timeout", "wall"),
    "ask_malformed_questions": ("system.crashed", None),
    "log_too_deep": ("system.crashed", None),
    "claim_a_huge_cost": ("system.timeout", "wall"),
    "raise_a_huge_error": ("system.contract", None),
    "log_without_end": ("system.limit", "log"),
    "print_without_end": ("system.limit", "log"),
    "return_a_huge_output": ("system.limit", "output"),
    "announce_a_huge_frame": ("system.limit", "output"),
    "forge_a_second_result": ("system.crashed", None),
    "forge_a_result_of_another_call": ("system.crashed", None),
    "send_garbage": ("system.limit", "output"),
    "log_without_json": ("system.crashed", None),
    "log_in_another_shape": ("system.crashed", None),
    "send_an_unknown_frame": ("system.crashed", None),
    "ask_without_end": ("system.crashed", None),
    "report_progress_without_end": ("system.limit", "log"),
    "never_let_it_exit": ("system.timeout", "wall"),
    "hang_in_its_own_text": ("system.timeout", "wall"),
    "return_a_generator": ("system.contract", None),
    "end_the_process": ("system.crashed", None),
    "raise_the_end": ("system.crashed", None),
    "raise_an_interrupt": ("system.crashed", None),
    "raise_what_cannot_be_shown": ("system.crashed", None),
    "fall_into_a_hole": ("system.crashed", None),
    "return_a_deep_output": ("system.contract", None),
    "return_itself": ("system.contract", None),
    "return_not_a_number": ("system.contract", None),
    "return_a_lone_surrogate": ("system.contract", None),
    "return_a_nul": ("system.contract", None),
    "return_a_huge_integer": ("system.contract", None),
    "return_keys_that_are_not_text": ("system.contract", None),
    "return_an_object": ("system.contract", None),
    "raise_a_name_of_the_platform": ("system.undeclared", None),
    "ask_for_an_undeclared_host": ("system.capability", None),
    "ask_for_an_undeclared_secret": ("system.capability", None),
    "use_scratch_undeclared": ("system.capability", None),
}


def subject(**limits: Any) -> Packed:
    return module(
        SOURCE,
        files=FILES,
        inputs={"attempt": json_port({"type": "string"}), "facts": json_port({"type": "object"})},
        outputs={"got": json_port(True)},
        contract={"errors": {"anything": {}}},
        limits={
            "wall_seconds": 60,
            "cpu_seconds": 10,
            "memory_bytes": 64 << 20,
            "output_bytes": 1 << 20,
            **limits,
        },
    )


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that everybody may enter; pytest's own is closed to other users."""
    with tempfile.TemporaryDirectory(prefix="lamina-hostile-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.fixture
def facts(public: Path) -> Iterator[dict[str, Any]]:
    """Things outside that an attempt may look for."""
    open_folder = public / "open"
    open_folder.mkdir()
    open_folder.chmod(0o777)
    outside = public / "outside"
    outside.write_text("a secret of the host")
    outside.chmod(0o644)
    name = f"lamina-hostile-{os.getpid()}"
    truncatable = public / "truncatable"
    truncatable.write_text("of the host")
    truncatable.chmod(0o666)
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.socket(socket.AF_UNIX) as abstract,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams,
    ):
        datagrams.bind(str(public / "datagrams"))
        (public / "datagrams").chmod(0o777)
        abstract.bind("\0" + name)
        abstract.listen()
        yield {
            "outside": str(outside),
            "changeable": str(outside),
            "writable": str(open_folder),
            "other_bundle": str(outside),
            "port": listener.getsockname()[1],
            "abstract": name,
            "datagrams": str(public / "datagrams"),
            "truncatable": str(truncatable),
            "pid": os.getpid(),
        }


@pytest.fixture
async def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Workshop]:
    monkeypatch.setenv("LAMINA_HOSTILE_SECRET", "a secret of the host")
    workshop = Workshop(tmp_path / "work", trust="unreviewed")
    if os.environ.get("LAMINA_TEST_BUBBLEWRAP"):
        workshop.execution._pool._bwrap = bubblewrap.find() or ""
    yield workshop
    await workshop.close()


def calls(hostile: Workshop, facts: dict[str, Any], names: Iterable[str]) -> list[Call]:
    packed = subject()
    return [
        hostile.call(
            packed,
            {"attempt": name, "facts": facts},
            timeout_seconds=60 if LIMITS.get(name, ("", ""))[1] != "wall" else HANGS_SECONDS,
        )
        for name in names
    ]


def escaped(outcome: Outcome) -> bool:
    return isinstance(outcome, Returned) and given(outcome, "got") not in (None, WHAT_IT_HOLDS)


async def test_every_attempt_is_contained_on_rung_3(hostile: Workshop, facts: dict[str, Any]) -> None:
    rung = await hostile.execution.rung()
    if rung.number < 3:
        pytest.skip(f"this machine reaches rung {rung.number} only: {rung.how_to_improve}")
    outcomes = await hostile.execute(calls(hostile, facts, ATTEMPTS))

    got = {name for name, outcome in zip(ATTEMPTS, outcomes, strict=True) if escaped(outcome)}
    assert got == set()
    by_name = dict(zip(ATTEMPTS, outcomes, strict=True))
    assert {name: failure(by_name[name]) for name in LIMITS} == LIMITS


async def test_processor_time_is_limited(hostile: Workshop, facts: dict[str, Any]) -> None:
    packed = subject(wall_seconds=20, cpu_seconds=0.2)

    outcome = await hostile.run(packed, {"attempt": "spin", "facts": facts})

    assert failure(outcome) == ("system.limit", "cpu")


async def test_an_honest_call_is_answered_among_hostile_ones(
    hostile: Workshop, facts: dict[str, Any]
) -> None:
    honest = module("def run(inputs, context):\n    return {'y': inputs['x'] + 1}\n")
    attempts = ("take_all_memory", "send_garbage", "end_the_process", "fall_into_a_hole")

    noise = asyncio.gather(*(hostile.run(subject(), {"attempt": name, "facts": facts}) for name in attempts))
    answers = [given(await hostile.run(honest, {"x": number})) for number in range(10)]

    assert answers == list(range(1, 11))
    assert all(isinstance(outcome, Failed) for outcome in await noise)
