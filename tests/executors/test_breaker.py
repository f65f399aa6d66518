"""The circuit breaker: opens when the ground fails, tries one call, closes again; retries are not eaten."""

import asyncio

from executors.coordination.breaker import FIRST_MS, IN_A_ROW, Breaker
from executors.coordination.dispatch import Dispatcher
from tests.support.engine import doubling, failed, returned
from tests.support.plans import PlanMaker


def fail(breaker: Breaker, times: int, now: int = 0):
    turns = [breaker.note(failed("system.crashed"), now, is_probe=False) for _ in range(times)]
    return turns[-1]


def test_five_failures_in_a_row_open_it():
    breaker = Breaker()
    assert fail(breaker, IN_A_ROW - 1) is None
    assert breaker.room(0) is None
    assert fail(breaker, 1) == "opened"
    assert (breaker.until, breaker.room(0), breaker.room(FIRST_MS)) == (FIRST_MS, 0, 1)


def test_more_than_half_of_twenty_open_it():
    breaker = Breaker()
    turns = []
    for _ in range(20):
        turns.append(breaker.note(failed("system.crashed"), 0, is_probe=False))
        turns.append(breaker.note(returned(value=1), 0, is_probe=False))
    assert set(turns) == {None}
    breaker.note(failed("system.unavailable"), 0, is_probe=False)
    assert breaker.note(failed("system.unavailable"), 0, is_probe=False) == "opened"


def test_what_modules_do_by_themselves_does_not_count():
    breaker = Breaker()
    for name in ("declined", "system.timeout", "system.contract") * 10:
        assert breaker.note(failed(name), 0, is_probe=False) is None


def test_a_probe_closes_it_or_keeps_it_open_for_longer():
    breaker = Breaker()
    fail(breaker, IN_A_ROW)
    breaker.is_probing = True
    assert breaker.room(FIRST_MS) == 0
    assert breaker.note(failed("system.crashed"), FIRST_MS, is_probe=True) == "opened"
    assert breaker.until == FIRST_MS + 2 * FIRST_MS
    assert breaker.note(returned(value=1), 5 * FIRST_MS, is_probe=True) == "closed"
    assert breaker.room(0) is None


async def test_calls_wait_at_an_open_breaker_and_go_on_after_the_probe():
    maker = PlanMaker()
    maker.module("double")
    from tests.support.engine import Bench

    maker.input("number")
    for place in range(8):
        maker.call(f"n{place}", "double", {"value": "number:value"})
    calls = list(Bench(maker, inputs={"number": 1}).start().calls.values())
    now, sick, sent, ended, news = [0], [True], [], [], []

    class Port:
        async def execute(self, calls, deliver):
            for position, call in enumerate(calls):
                sent.append(call.node)
                deliver(position, failed("system.crashed") if sick[0] else doubling(call))

    dispatcher = Dispatcher(
        Port(),
        lambda ticket, outcome: ended.append(ticket[1]),
        lambda *turn: news.append(turn),
        lambda: now[0],
    )
    for number, call in enumerate(calls[:5]):
        dispatcher.add(("run", number), call, "local")
    dispatcher.flush()
    await asyncio.sleep(0.01)
    assert news == [("run", "t/double@1.0.0", "local", FIRST_MS)]
    for number, call in enumerate(calls[5:], start=5):
        dispatcher.add(("other", number), call, "local")
    dispatcher.flush()
    await asyncio.sleep(0.01)
    assert len(sent) == 5
    assert news[1:] == [("other", "t/double@1.0.0", "local", FIRST_MS)]
    now[0], sick[0] = FIRST_MS, False
    dispatcher.flush()
    await asyncio.sleep(0.01)
    assert len(sent) == 8
    assert news[2:] == [("other", "t/double@1.0.0", "local", None), ("run", "t/double@1.0.0", "local", None)]
    assert sorted(ended) == list(range(8))
    await dispatcher.close()
