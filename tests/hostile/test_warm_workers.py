"""What a call of a trusted version that turned hostile can do to the calls that its worker serves after it."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from executors.protocol import Failed, Outcome, Returned
from executors.trial import Packed
from tests.executors.workshop import Workshop, failure, given, json_port, module

SOURCE = (Path(__file__).parent / "warm_attempts.py").read_bytes()
CRASHED = ("system.crashed", None)
# A worker that is told from others by what it counts, and how the call itself ends where it fails.
ENDS_IT = {
    "answer_twice": None,
    "answer_a_call_to_come": CRASHED,
    "answer_when_nothing_was_asked": None,
    "log_when_nothing_was_asked": None,
    "say_that_a_wall_fell": ("system.capability", None),
    "number_frames_wrongly": CRASHED,
    "tell_every_length_wrongly": CRASHED,
    "close_all_descriptors": CRASHED,
    "close_half_of_the_line": CRASHED,
    "end_a_moment_later": None,
    "begin_a_frame_and_leave": ("system.timeout", "wall"),
    "never_let_go_of_the_line": ("system.timeout", "wall"),
}
USES_UP = {
    "keep_all_memory": "need_memory",
    "keep_all_descriptors": "need_a_file",
    "keep_all_threads": "need_a_thread",
}
CHANGES_NOTHING = (
    "ignore_signals",
    "register_for_the_end",
    "trace_calls",
    "empty_the_modules",
    "refuse_imports",
    "forget_standard_output",
    "patch_json",
    "patch_the_end",
)
REFUSED = ("change_the_affinity", "change_the_limits", "change_the_folder", "change_the_bundle")


def subject(version: str = "1.0.0") -> Packed:
    return module(
        SOURCE,
        version=version,
        inputs={"attempt": json_port({"type": "string"})},
        limits={"wall_seconds": 1, "memory_bytes": 64 << 20},
    )


@pytest.fixture
async def workshop(tmp_path: Path) -> AsyncIterator[Workshop]:
    made = Workshop(tmp_path, trust="released")
    yield made
    await made.close()


async def each(workshop: Workshop, packed: Packed, attempts: Sequence[str]) -> list[Outcome]:
    return [await workshop.run(packed, {"attempt": attempt}) for attempt in attempts]


async def test_a_worker_that_breaks_its_line_serves_nobody_else(workshop: Workshop) -> None:
    for number, (attempt, told) in enumerate(ENDS_IT.items()):
        packed = subject(f"1.0.{number}")
        first, *later = await each(workshop, packed, [attempt, "wait", "wait", "wait"])

        assert isinstance(first, Returned) if told is None else failure(first) == told, attempt
        # A call that was waiting when the worker broke down may have failed with it, as any call of that worker.
        counted = [given(outcome)["calls"] for outcome in later if isinstance(outcome, Returned)]
        assert len(counted) >= 2, attempt
        assert counted[-1] <= 3, attempt


@pytest.mark.parametrize("attempt", USES_UP)
async def test_what_a_call_keeps_fails_one_call_after_it_and_no_more(
    workshop: Workshop, attempt: str
) -> None:
    need = USES_UP[attempt]
    kept, first, *later = await each(workshop, subject(), [attempt, need, need, need])

    assert isinstance(kept, Returned)
    assert isinstance(first, Failed)
    assert [given(outcome)["calls"] for outcome in later] == [1, 2]


async def test_what_a_call_leaves_behind_does_not_keep_others_from_being_answered(workshop: Workshop) -> None:
    for number, attempt in enumerate(CHANGES_NOTHING):
        outcomes = await each(workshop, subject(f"2.0.{number}"), [attempt, "do_nothing", "do_nothing"])

        assert [given(outcome)["calls"] for outcome in outcomes] == [1, 2, 3], attempt


async def test_what_holds_for_a_worker_cannot_be_changed(workshop: Workshop) -> None:
    outcomes = await each(workshop, subject(), REFUSED)

    assert [given(outcome)["got"] for outcome in outcomes] == [None] * len(REFUSED)


async def test_a_worker_serves_one_version(workshop: Workshop) -> None:
    one, other = subject("1.0.0"), subject("1.0.1")
    await each(workshop, one, ["patch_json", "do_nothing"])

    assert given((await each(workshop, other, ["do_nothing"]))[0])["calls"] == 1
    assert given((await each(workshop, one, ["do_nothing"]))[0])["calls"] == 3


COSTS = ("-5", "1e300", '"12"', "true", "1e999", "null", "[]")


async def test_what_a_call_says_to_have_taken_is_at_most_its_limit(workshop: Workshop) -> None:
    for number, cost in enumerate(COSTS):
        [_, outcome] = await each(workshop, subject(f"3.0.{number}"), [f"cost {cost}", "do_nothing"])

        assert isinstance(outcome, Returned) or failure(outcome) == CRASHED
        assert 0 <= outcome.cost.execute <= 1_000_000
