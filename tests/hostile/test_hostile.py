"""Hostile modules: all contained on rung 3, and an exact list of what each lower rung lets through."""

import asyncio
import os
import secrets
import socket
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from executors.interchange import encode
from executors.protocol import Call, Failed, Outcome, Returned
from executors.trial import Packed
from executors.workers import bubblewrap
from executors.workers.pool import _SCRATCH_FOLDERS
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
    "close_the_line": ("system.crashed", None),
    "report_progress_in_another_shape": ("system.crashed", None),
    "log_more_than_a_result_may_be": ("system.limit", "log"),
    "raise_half_of_a_pair": ("system.crashed", None),
    "raise_data_without_json": ("system.contract", None),
    "raise_data_under_keys_that_are_not_text": ("system.contract", None),
    "interrupt_whoever_asks_what_it_raised": ("system.crashed", None),
    "raise_a_type_without_a_name": ("system.crashed", None),
    "raise_under_a_name_of_a_megabyte": ("system.undeclared", None),
    "forge_a_second_result": ("system.crashed", None),
    "forge_a_result_of_another_call": ("system.crashed", None),
    "send_garbage": ("system.crashed", None),
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
    "raise_a_nul": ("system.crashed", None),
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
    name = f"lamina-hostile-{secrets.token_hex(8)}"
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


WORDS = {
    "close_the_line": "The module disturbed its sandbox: it closed its line and went on.",
    "log_more_than_a_result_may_be": "The call logged more than 1048576 bytes.",
    "raise_a_nul": "ValueError: a\ufffdb",
    "raise_half_of_a_pair": "FileNotFoundError: no file ?",
    "raise_data_without_json": "The data of the error anything is not JSON: Out of range float values are not JSON"
    " compliant.",
    "interrupt_whoever_asks_what_it_raised": "The module raised an error that cannot be told.",
    "raise_a_type_without_a_name": "The module raised an error that cannot be told.",
}


@pytest.mark.parametrize("attempt", WORDS)
async def test_what_it_did_is_told_in_words(hostile: Workshop, facts: dict[str, Any], attempt: str) -> None:
    outcome = await hostile.run(subject(), {"attempt": attempt, "facts": facts})

    assert isinstance(outcome, Failed)
    assert outcome.error.message == WORDS[attempt]


async def test_a_name_of_a_megabyte_is_cut(hostile: Workshop, facts: dict[str, Any]) -> None:
    outcome = await hostile.run(subject(), {"attempt": "raise_under_a_name_of_a_megabyte", "facts": facts})

    assert isinstance(outcome, Failed)
    assert outcome.error.data == {"name": "n" * 63}
    assert len(outcome.error.message) < 2_200


async def test_what_it_says_can_be_kept_and_shown(hostile: Workshop, facts: dict[str, Any]) -> None:
    for attempt in ("log_what_no_database_takes", "say_half_of_a_pair"):
        outcome = await hostile.run(subject(), {"attempt": attempt, "facts": facts})
        assert isinstance(outcome, Returned)

    assert [line.message for line in hostile.lines] == ["\ufffd"] * 3 + ["?"] * 3
    for line in hostile.lines:
        encode(dict(line.fields))
    assert all("left_out" in line.fields for line in hostile.lines[:3])


LEAVINGS = {
    "a tree a thousand deep": """
    for _ in range(1_010):
        os.mkdir("d", dir_fd=folder)
        inner = os.open("d", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inner
""",
    "a folder nobody may read": """
    os.mkdir("x", 0o300, dir_fd=folder)
    os.close(os.open("x/file", os.O_CREAT | os.O_WRONLY, dir_fd=folder))
""",
    "a folder nobody may write to, inside another": """
    os.mkdir("a", dir_fd=folder)
    os.mkdir("a/b", 0o500, dir_fd=folder)
    os.mkdir("a/c", dir_fd=folder)
    os.mkdir("a/c/d", 0, dir_fd=folder)
""",
}
COUNTING = "n = 0\ndef run(inputs, context):\n    global n\n    n += 1\n    return {'y': n}\n"


@pytest.mark.parametrize("leaving", LEAVINGS)
async def test_what_it_leaves_in_scratch_folders_costs_nobody_a_worker(
    hostile: Workshop, leaving: str
) -> None:
    scratch = {"scratch_bytes": 1 << 20}
    code = LEAVINGS[leaving] + "\n    os._exit(0)\n"
    littering = module(
        "import os\ndef run(inputs, context):\n    folder = os.open(context.scratch, os.O_RDONLY)" + code,
        capabilities=scratch,
    )
    counting = module(COUNTING, capabilities=scratch)
    hostile.trusts[counting.version.bundle] = "released"
    assert given(await hostile.run(counting, {"x": 0})) == 1

    for number in range(_SCRATCH_FOLDERS + 1):
        assert failure(await hostile.run(littering, {"x": number})) == ("system.crashed", None)

    assert given(await hostile.run(counting, {"x": 0})) == 2
