"""Retry, timeout and give up: by class of error, attempts, budget."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.graph.document import RetryModifier
from executors.engine.retry import FREE_RETRIES, has_budget, pause_ms
from tests.executors.engine.test_a_graph import chain
from tests.support.engine import Bench, failed, returned
from tests.support.plans import PlanMaker


def one(effect="pure", **fields) -> PlanMaker:
    maker = PlanMaker()
    maker.module(
        "work",
        effect=effect,
        errors={"busy": {"retryable": True}, "refused": {}},
    )
    maker.input("number")
    maker.call("n", "work", {"value": "number:value"}, **fields)
    maker.output("out", "n:value")
    return maker


def test_a_crash_is_retried_after_a_pause_with_full_jitter():
    bench = Bench(one(), inputs={"number": 1}, dice=0.5).start()
    bench.answer("n", failed("system.crashed"))
    assert bench.calls == {}
    assert bench.last("invocation_attempt_failed")["error"]["name"] == "system.crashed"
    bench.wait(0.4)
    assert bench.calls == {}
    bench.wait(0.2)
    assert bench.calls[bench.flight("n")].attempt == 2
    bench.answer("n", returned(value=2))
    assert bench.last("invocation_completed")["attempt"] == 2
    assert bench.outcome == ("succeeded", {"out": 2})


@pytest.mark.parametrize(
    ("name", "is_retried"),
    [
        ("system.timeout", True),
        ("system.unavailable", True),
        ("system.contract", False),
        ("system.limit", False),
        ("busy", True),
        ("refused", False),
        ("undeclared", False),
    ],
)
def test_only_retryable_errors_are_retried(name, is_retried):
    bench = Bench(one(), inputs={"number": 1}).start()
    bench.answer("n", failed(name))
    assert ("invocation_attempt_failed" in bench.types) is is_retried
    assert ("run_finished" in bench.types) is not is_retried


def test_attempts_count_the_first_one():
    bench = Bench(one(retry={"attempts": 2}), inputs={"number": 1}).start()
    bench.answer("n", failed("busy"))
    bench.wait_until_due()
    bench.answer("n", failed("busy"))
    assert bench.outcome == ("failed", "busy")
    assert bench.last("invocation_exhausted")["attempt"] == 2


def test_three_crashes_exhaust_a_call_whatever_its_attempts():
    bench = Bench(one(retry={"attempts": 10}), inputs={"number": 1}).start()
    for _ in range(2):
        bench.answer("n", failed("system.crashed"))
        bench.wait_until_due()
    bench.answer("n", failed("system.crashed"))
    assert bench.outcome == ("failed", "system.crashed")


def test_a_pause_outlives_the_process():
    bench = Bench(one(), inputs={"number": 1}, dice=1.0).start()
    bench.answer("n", failed("busy"))
    bench.recover()
    assert bench.calls == {}
    bench.wait_until_due()
    assert bench.calls[bench.flight("n")].attempt == 2


def test_a_long_pause_gives_the_run_up_until_then():
    bench = Bench(one(retry={"first_seconds": 100}), inputs={"number": 1}, dice=0.9).start()
    bench.answer("n", failed("busy"))
    assert bench.released is not None
    assert bench.released.wake_at == bench.now + 90_000
    assert bench.types[-1] == "run_waiting"


def test_the_run_spends_at_most_a_fifth_of_its_calls_on_retries():
    assert has_budget(calls=0, retries=FREE_RETRIES - 1)
    assert not has_budget(calls=0, retries=FREE_RETRIES)
    assert has_budget(calls=100, retries=FREE_RETRIES + 19)
    assert not has_budget(calls=100, retries=FREE_RETRIES + 20)


def test_a_call_that_runs_long_is_noted():
    bench = Bench(chain(1), inputs={"number": 1}).start()
    bench.wait(0.1)
    assert "invocation_started" not in bench.types
    bench.wait(0.1)
    assert bench.last("invocation_started") == {"node": "n0"}
    bench.wait(1)
    assert bench.types.count("invocation_started") == 1


@given(
    st.integers(1, 2_000),
    st.floats(0, 1, exclude_max=True),
    st.floats(0.001, 100),
    st.floats(1, 10),
    st.floats(0.001, 1_000),
)
def test_a_pause_stays_within_its_bounds(attempt, dice, first, factor, cap):
    retry = RetryModifier(attempts=3, first_seconds=first, factor=factor, cap_seconds=cap)
    assert 0 <= pause_ms(retry, attempt, dice) <= cap * 1000
