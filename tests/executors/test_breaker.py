"""The circuit breaker: opens when the ground fails, tries one call, closes again; retries are not eaten."""

import asyncio

from msgspec.structs import replace

from executors.coordination.breaker import FIRST_MS, IN_A_ROW, Breaker
from executors.coordination.dispatch import Dispatcher
from executors.protocol import Items, Returned
from tests.support.engine import Bench, doubling, failed, returned
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


def test_successes_count_together_as_they_do_one_by_one():
    breaker = Breaker()
    fail(breaker, IN_A_ROW - 1)
    breaker.note_successes(1000)
    assert fail(breaker, IN_A_ROW - 1) is None
    assert fail(breaker, 1) == "opened"
    breaker.note_successes(1000)
    assert breaker.until == FIRST_MS


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


class Port:
    """Answers as it is told to, once it `goes_on`. `sent` are the nodes it was asked for."""

    def __init__(self, answer):
        self.answer = answer
        self.sent = []
        self.goes_on = asyncio.Event()
        self.goes_on.set()

    async def execute(self, calls, deliver):
        for position, call in enumerate(calls):
            self.sent.append(call.node)
            await self.goes_on.wait()
            deliver(position, self.answer(call))


class Desk:
    """A dispatcher with a clock by hand."""

    def __init__(self, answer):
        self.now = 0
        self.ended = []
        self.news = []
        self.port = Port(answer)
        self.dispatcher = Dispatcher(
            self.port,
            lambda ticket, outcome: self.ended.append(ticket[1]),
            lambda *turn: self.news.append(turn),
            lambda: self.now,
        )

    async def send(self, calls, run="run", first=0):
        for number, call in enumerate(calls, start=first):
            self.dispatcher.add((run, number), call, "local")
        await self.flush()

    async def flush(self):
        self.dispatcher.flush()
        await asyncio.sleep(0.01)


def calls_of(name, count):
    maker = PlanMaker()
    maker.module(name)
    maker.input("number")
    for place in range(count):
        maker.call(f"n{place}", name, {"value": "number:value"})
    return list(Bench(maker, inputs={"number": 1}).start().calls.values())


def crashing(call):
    return failed("system.crashed")


async def test_calls_wait_at_an_open_breaker_and_go_on_after_the_probe():
    calls = calls_of("double", 8)
    desk = Desk(crashing)
    await desk.send(calls[:5])
    assert desk.news == [("run", "t/double@1.0.0", "local", FIRST_MS)]
    await desk.send(calls[5:], run="other", first=5)
    assert len(desk.port.sent) == 5
    assert desk.news[1:] == [("other", "t/double@1.0.0", "local", FIRST_MS)]
    desk.now, desk.port.answer = FIRST_MS, doubling
    await desk.flush()
    assert len(desk.port.sent) == 8
    assert desk.news[2:] == [
        ("other", "t/double@1.0.0", "local", None),
        ("run", "t/double@1.0.0", "local", None),
    ]
    assert sorted(desk.ended) == list(range(8))
    await desk.dispatcher.close()


async def test_a_version_whose_only_waiting_call_was_stopped_holds_up_no_other():
    calls = calls_of("double", 6)
    desk = Desk(crashing)
    await desk.send(calls[:5])
    await desk.send(calls[5:], first=5)
    desk.dispatcher.stop(("run", 5))
    desk.now, desk.port.answer = FIRST_MS, doubling
    await desk.send(calls_of("triple", 1), first=6)
    assert desk.ended[-1] == 6
    await desk.send(calls[5:], first=7)
    assert desk.ended[-1] == 7
    await desk.dispatcher.close()


async def test_a_probe_that_is_stopped_is_followed_by_another():
    calls = calls_of("double", 7)
    desk = Desk(crashing)
    await desk.send(calls[:5])
    desk.now, desk.port.goes_on = FIRST_MS, asyncio.Event()
    await desk.send(calls[5:], first=5)
    assert desk.port.sent[5:] == [calls[5].node]
    desk.port.answer = doubling
    desk.port.goes_on.set()
    desk.dispatcher.stop(("run", 5))
    await asyncio.sleep(0.01)
    assert desk.ended[5:] == [6]
    await desk.dispatcher.close()


def with_items(call, count):
    each = tuple(map(str, range(count)))
    values = tuple(number.encode() for number in each)
    items = Items(over="value", values=values, numbers=tuple(range(count)), keys=each, at_once=count)
    return replace(call, items=items)


def all_crash(call):
    """Items that crash, however many there are."""
    if call.items is None:
        return failed("system.crashed")
    return Returned(outputs={}, then=(failed("system.crashed"),) * len(call.items.numbers))


async def test_items_that_crash_together_open_it_and_such_a_probe_keeps_it_open():
    call, later = calls_of("double", 2)
    desk = Desk(all_crash)
    await desk.send([with_items(call, IN_A_ROW)])
    assert desk.news == [("run", "t/double@1.0.0", "local", FIRST_MS)]
    desk.now = FIRST_MS
    await desk.send([with_items(call, 2), later], first=1)
    assert desk.ended == [0, 1]
    assert desk.news[1:] == [("run", "t/double@1.0.0", "local", 3 * FIRST_MS)]
    await desk.dispatcher.close()


async def test_a_probe_of_which_nothing_was_carried_out_is_followed_by_another():
    calls = calls_of("double", 6)
    desk = Desk(crashing)
    await desk.send(calls[:5])
    desk.now = FIRST_MS
    desk.port.answer = lambda call: Returned(outputs={}, then=(None,)) if call.items else crashing(call)
    await desk.send([with_items(calls[5], 1), calls[5]], first=5)
    assert desk.ended == [0, 1, 2, 3, 4, 5, 6]
    assert desk.news[1:] == [("run", "t/double@1.0.0", "local", 3 * FIRST_MS)]
    await desk.dispatcher.close()


async def test_a_follower_that_crashes_counts_for_its_own_version():
    maker = PlanMaker()
    maker.module("double")
    maker.module("triple")
    maker.input("number")
    maker.call("a", "double", {"value": "number:value"})
    maker.call("b", "triple", {"value": "a:value"})
    (call,) = Bench(maker, inputs={"number": 1}).start().calls.values()
    assert len(call.followers) == 1
    desk = Desk(lambda call: replace(doubling(call), then=(failed("system.crashed"),)))
    await desk.send([call] * IN_A_ROW)
    assert desk.news == [("run", "t/triple@1.0.0", "local", FIRST_MS)]
    await desk.dispatcher.close()
