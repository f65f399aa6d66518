"""Calls that share a hop: followers of a call, through the real choke point."""

import asyncio
from contextlib import suppress
from itertools import count
from typing import Any, Literal
from unittest.mock import Mock

import pytest
from msgspec.structs import replace

from executors import chains
from executors.chains import CallChain, call_of
from executors.execution import Refused
from executors.guards import ContractGuard
from executors.interchange import decode
from executors.judging import outcome_of
from executors.protocol import Call, Failed, Follower, Items, Outcome, Returned, Value
from executors.strategies.registry import Gave, Job
from executors.trial import Packed
from executors.workers import lane
from tests.executors.workshop import Workshop, json_port, module

BOTH = pytest.mark.parametrize("strategy", ["inline", "process"])
pytestmark = pytest.mark.asyncio(loop_scope="module")

NUMBER = json_port({"type": "integer", "maximum": 3})
ADDS = "def run(inputs, context):\n    return {'y': inputs['x'] + 1}\n"
ADDER = module(ADDS, inputs={"x": NUMBER}, outputs={"y": NUMBER})
SLEEPS = """
import time
def run(inputs, context):
    time.sleep(inputs["x"] and 9)
    return {"y": 0}
"""
BREAKER = module("def run(inputs, context):\n    raise RuntimeError('no')\n")


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is."""
    monkeypatch.setattr(chains, "CHAIN_SECONDS", 60.0)
    monkeypatch.setattr(lane, "_IN_FLIGHT_SECONDS", 60.0)


def chain(
    workshop: Workshop, *packs: Packed, wires: Any = None, strategy: Literal["inline", "process"] = "inline"
) -> Call:
    """The first pack called with 1; each other one follows the one before it, or as `wires` says."""
    head = workshop.call(packs[0], {"x": 1}, strategy=strategy)
    followers = []
    for place, packed in enumerate(packs[1:]):
        call = workshop.call(packed, {}, strategy=strategy)
        source = place if wires is None else wires[place]
        followers.append(
            Follower(
                node=f"n{place}",
                name=call.name,
                version=call.version,
                contract=call.contract,
                config=call.config,
                inputs={},
                wires=(("x", source, "y"),),
                timeout_seconds=call.timeout_seconds,
                key=f"k{place}",
            )
        )
    return replace(head, followers=tuple(followers))


def shown(outcome: Outcome | None) -> Any:
    if outcome is None:
        return None
    return outcome.error.name if isinstance(outcome, Failed) else decode(outcome.outputs["y"].data or b"")


async def carried_out(workshop: Workshop, call: Call) -> list[Any]:
    """What became of a call and its followers, whose versions are prepared where they can be."""
    for follower in call.followers:
        with suppress(Refused):
            await workshop.execution.make_ready(call_of(follower, call))
        if call.strategy == "process":  # whether a version is quick is seen from its calls
            one = Value(media="json", size=1, data=b"0")
            await workshop.execute([replace(call_of(follower, call), inputs={"x": one})])
    [outcome] = await workshop.execute([call])
    return [shown(outcome), *(map(shown, outcome.then) if isinstance(outcome, Returned) else ())]


@BOTH
async def test_followers_get_the_outputs_of_those_before_them(workshop: Workshop, strategy: Any) -> None:
    assert await carried_out(workshop, chain(workshop, ADDER, ADDER, strategy=strategy)) == [2, 3]


@BOTH
async def test_what_follows_a_failure_is_left_alone_and_its_neighbours_are_not(
    workshop: Workshop, strategy: Any
) -> None:
    call = chain(workshop, ADDER, BREAKER, ADDER, ADDER, wires=(0, 1, 0), strategy=strategy)
    assert await carried_out(workshop, call) == [2, "system.crashed", None, 3]


@pytest.mark.parametrize("part", ["outputs", "inputs"])
async def test_a_defect_of_our_checks_costs_one_call_and_not_the_thread(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    call = chain(workshop, ADDER, ADDER)
    assert await carried_out(workshop, call) == [2, 3]
    judge, number = getattr(ContractGuard, part), count()

    def defective(*args: Any, **options: Any) -> Any:
        if next(number) == 1:
            raise RuntimeError("a defect")
        return judge(*args, **options)

    monkeypatch.setattr(ContractGuard, part, defective)
    assert await carried_out(workshop, call) == [2, "system.crashed"]
    assert await carried_out(workshop, call) == [2, 3]


@BOTH
async def test_a_call_that_fails_is_followed_by_nothing(workshop: Workshop, strategy: Any) -> None:
    assert await carried_out(workshop, chain(workshop, BREAKER, ADDER, strategy=strategy)) == [
        "system.crashed"
    ]


@BOTH
async def test_every_value_on_the_way_is_judged(workshop: Workshop, strategy: Any) -> None:
    call = chain(workshop, ADDER, ADDER, ADDER, ADDER, strategy=strategy)
    assert await carried_out(workshop, call) == [2, 3, "system.contract", None]


async def test_a_version_that_may_not_run_inline_is_left_alone(workshop: Workshop) -> None:
    foreign = module(ADDS + "\n", inputs={"x": NUMBER}, outputs={"y": NUMBER})
    workshop.trusts[foreign.version.bundle] = "reviewed"
    assert await carried_out(workshop, chain(workshop, ADDER, foreign, ADDER)) == [2]


async def test_a_version_that_takes_its_time_as_a_process_is_left_to_the_engine(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "_IN_FLIGHT_SECONDS", 0.0)
    assert await carried_out(workshop, chain(workshop, ADDER, ADDER, strategy="process")) == [2]


async def test_followers_of_a_process_are_stopped_with_it(workshop: Workshop) -> None:
    call = chain(workshop, ADDER, module(SLEEPS), strategy="process")
    nothing = Value(media="json", size=1, data=b"0")
    await workshop.execute([replace(call_of(call.followers[0], call), inputs={"x": nothing})])
    lanes = workshop.execution._pool._lanes
    bundle = call.followers[0].version.bundle
    [sleeping] = [lane for key, lane in lanes.items() if isinstance(key, tuple) and key[0] == bundle]
    waiting = asyncio.create_task(workshop.execute([call]))
    while not any(worker.pending for worker in sleeping.workers):
        await asyncio.sleep(0.01)
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting
    assert [ticket.is_abandoned for worker in sleeping.workers for ticket in worker.pending] == [True]


@BOTH
async def test_a_slow_follower_is_stopped_and_what_came_before_it_counts(
    workshop: Workshop, strategy: Any
) -> None:
    call = chain(workshop, ADDER, module(SLEEPS), ADDER, strategy=strategy)
    slow = replace(call.followers[0], timeout_seconds=0.1)
    call = replace(call, followers=(slow, call.followers[1]), timeout_seconds=60)
    assert await carried_out(workshop, call) == [2, "system.timeout", None]


async def test_a_chain_that_lasts_is_given_back_in_parts(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chains, "CHAIN_SECONDS", 0.0)
    assert await carried_out(workshop, chain(workshop, ADDER, ADDER, ADDER)) == [2]


async def test_the_clock_of_a_chain_runs_from_when_its_lead_begins(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = await workshop.execution._prepare(workshop.call(ADDER, {"x": 1}, strategy="inline"))
    call = chain(workshop, ADDER, ADDER, ADDER)
    job = Job(call=call, version=version, inputs={}, encoded={}, blobs={}, answer=lambda job, answer: None)
    clock = Mock(return_value=100.0)
    monkeypatch.setattr(chains, "time", Mock(monotonic=clock))
    prepared = {(call.version.bundle, call.version.contract): version}
    waiting = CallChain(job, prepared, outcome_of)
    clock.return_value = 200.0
    job.execute_us = 1_000_000
    follower = waiting.take(Gave(outputs={"y": 1}))
    assert follower is not None
    clock.return_value = 259.5
    assert waiting.take(Gave(outputs={"y": 2})) is None


async def test_the_call_that_leads_tells_what_the_way_here_cost(workshop: Workshop) -> None:
    version = await workshop.execution._prepare(workshop.call(ADDER, {"x": 1}, strategy="inline"))
    call = chain(workshop, ADDER, ADDER)
    job = Job(call=call, version=version, inputs={}, encoded={}, blobs={}, answer=lambda job, answer: None)
    chained = CallChain(job, {(call.version.bundle, call.version.contract): version}, outcome_of)
    chained.take(Gave(outputs={"y": 1}))
    chained.take(Gave(outputs={"y": 2}))
    job.transport_us = 70
    assert chained.end(Gave(outputs={"y": 2})).cost.transport == 70


async def test_a_version_that_is_not_prepared_follows_the_next_time(workshop: Workshop) -> None:
    tripler = module(ADDS.replace("+ 1", "* 3 - 3"), inputs={"x": NUMBER}, outputs={"y": NUMBER})
    call = chain(workshop, ADDER, tripler)
    [outcome] = await workshop.execute([call])
    assert [shown(outcome), outcome.then] == [2, ()]
    await asyncio.gather(*workshop.execution._beforehand)
    [outcome] = await workshop.execute([call])
    assert [shown(each) for each in outcome.then] == [3]


@pytest.mark.parametrize("strategy", ["inline", "process"])
async def test_items_share_a_call_and_each_has_its_own_outcome(workshop: Workshop, strategy: Any) -> None:
    call = workshop.call(ADDER, {}, strategy=strategy)
    items = Items(over="x", values=(b"1", b"3", b"9"), numbers=(4, 5, 7), keys=("a", "b", "c"), at_once=2)
    [outcome] = await workshop.execute([replace(call, items=items)])
    assert isinstance(outcome, Returned)
    assert [shown(each) for each in outcome.then] == [2, "system.contract", "system.contract"]


@BOTH
async def test_what_each_item_of_a_shared_call_cost_is_told(workshop: Workshop, strategy: Any) -> None:
    text = json_port({"type": "string", "pattern": "^(a|b)*$"})
    slow = "import time\ndef run(inputs, context):\n    time.sleep(0.002)\n    return {'y': inputs['x']}\n"
    call = workshop.call(module(slow, inputs={"x": text}), {}, strategy=strategy)
    long = b'"' + b"ab" * 50_000 + b'"'
    items = Items(over="x", values=(long,) * 3, numbers=(0, 1, 2), keys=("a", "b", "c"), at_once=1)
    [outcome] = await workshop.execute([replace(call, items=items)])
    assert isinstance(outcome, Returned)
    costs = [each.cost for each in outcome.then if each is not None]
    assert [cost.execute >= 2_000 and cost.validate > 0 for cost in costs] == [True] * 3
    if strategy == "inline":
        # One thread: each waits for those before it, and nothing is written out for another process.
        assert costs[0].queue + 2_000 <= costs[1].queue <= costs[2].queue - 2_000
        assert [cost.serialise for cost in costs] == [0, 0, 0]
    else:
        assert [cost.serialise > 0 and cost.transport > 0 for cost in costs] == [True] * 3


async def test_items_behind_one_that_does_not_come_back_are_left_alone(workshop: Workshop) -> None:
    call = workshop.call(module(SLEEPS + "\n"), {}, strategy="inline", timeout_seconds=0.1)
    values = (b"0", b"9", b"0", b"0")
    items = Items(over="x", values=values, numbers=(0, 1, 2, 3), keys=("a", "b", "c", "d"), at_once=4)
    [outcome] = await workshop.execute([replace(call, items=items)])
    assert isinstance(outcome, Returned)
    assert [shown(each) for each in outcome.then] == [0, "system.timeout", None, None]


async def test_calls_behind_one_that_does_not_come_back_are_carried_out_as_a_process(
    workshop: Workshop,
) -> None:
    packed = module(SLEEPS + "\n\n")
    calls = [
        workshop.call(packed, {"x": seconds}, strategy="inline", timeout_seconds=limit)
        for seconds, limit in ((0, 60), (9, 0.1), (0, 60))
    ]
    assert [shown(each) for each in await workshop.execute(calls)] == [0, "system.timeout", 0]


async def test_plain_calls_do_not_wait_for_items_of_their_batch(workshop: Workshop) -> None:
    packed = module(
        "import time\ndef run(inputs, context):\n    time.sleep(inputs['x'])\n    return {'y': 1}\n"
    )
    plain = workshop.call(packed, {"x": 0}, strategy="process")
    items = Items(over="x", values=(b"0.5",) * 4, numbers=(0, 1, 2, 3), keys=("a", "b", "c", "d"), at_once=1)
    order: list[int] = []
    await workshop.execution.execute(
        [replace(plain, inputs={}, items=items), plain], lambda position, outcome: order.append(position)
    )
    assert order == [1, 0]
