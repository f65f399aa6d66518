"""Calls that share a hop: followers of an inline call, through the real choke point."""

from typing import Any

import pytest
from msgspec.structs import replace

from executors import chains
from executors.interchange import decode
from executors.protocol import Call, Failed, Follower, Items, Outcome, Returned
from executors.trial import Packed
from tests.executors.workshop import Workshop, json_port, module

pytestmark = pytest.mark.asyncio(loop_scope="module")

NUMBER = json_port({"type": "integer", "maximum": 3})
ADDS = "def run(inputs, context):\n    return {'y': inputs['x'] + 1}\n"
ADDER = module(ADDS, inputs={"x": NUMBER}, outputs={"y": NUMBER})
BREAKER = module("def run(inputs, context):\n    raise RuntimeError('no')\n")


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is."""
    monkeypatch.setattr(chains, "CHAIN_SECONDS", 60.0)


def chain(workshop: Workshop, *packs: Packed, wires: Any = None) -> Call:
    """The first pack called with 1; each other one follows the one before it, or as `wires` says."""
    head = workshop.call(packs[0], {"x": 1}, strategy="inline")
    followers = []
    for place, packed in enumerate(packs[1:]):
        call = workshop.call(packed, {}, strategy="inline")
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
    [outcome] = await workshop.execute([call])
    return [shown(outcome), *(map(shown, outcome.then) if isinstance(outcome, Returned) else ())]


async def test_followers_get_the_outputs_of_those_before_them(workshop: Workshop) -> None:
    assert await carried_out(workshop, chain(workshop, ADDER, ADDER)) == [2, 3]


async def test_what_follows_a_failure_is_left_alone_and_its_neighbours_are_not(workshop: Workshop) -> None:
    call = chain(workshop, ADDER, BREAKER, ADDER, ADDER, wires=(0, 1, 0))
    assert await carried_out(workshop, call) == [2, "system.crashed", None, 3]


async def test_a_call_that_fails_is_followed_by_nothing(workshop: Workshop) -> None:
    assert await carried_out(workshop, chain(workshop, BREAKER, ADDER)) == ["system.crashed"]


async def test_every_value_on_the_way_is_judged(workshop: Workshop) -> None:
    call = chain(workshop, ADDER, ADDER, ADDER, ADDER)
    assert await carried_out(workshop, call) == [2, 3, "system.contract", None]


async def test_a_version_that_may_not_run_inline_is_left_alone(workshop: Workshop) -> None:
    foreign = module(ADDS + "\n", inputs={"x": NUMBER}, outputs={"y": NUMBER})
    workshop.trusts[foreign.version.bundle] = "reviewed"
    assert await carried_out(workshop, chain(workshop, ADDER, foreign, ADDER)) == [2]


async def test_a_slow_follower_is_stopped_and_what_came_before_it_counts(workshop: Workshop) -> None:
    sleeper = module("import time\ndef run(inputs, context):\n    time.sleep(1)\n    return {'y': 0}\n")
    call = chain(workshop, ADDER, sleeper, ADDER)
    slow = replace(call.followers[0], timeout_seconds=0.1)
    call = replace(call, followers=(slow, call.followers[1]), timeout_seconds=0.1)
    assert await carried_out(workshop, call) == [2, "system.timeout", None]


async def test_a_chain_that_lasts_is_given_back_in_parts(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chains, "CHAIN_SECONDS", 0.0)
    assert await carried_out(workshop, chain(workshop, ADDER, ADDER, ADDER)) == [2]


@pytest.mark.parametrize("strategy", ["inline", "process"])
async def test_items_share_a_call_and_each_has_its_own_outcome(workshop: Workshop, strategy: Any) -> None:
    call = workshop.call(ADDER, {}, strategy=strategy)
    items = Items(over="x", values=(b"1", b"3", b"9"), numbers=(4, 5, 7), keys=("a", "b", "c"), at_once=2)
    [outcome] = await workshop.execute([replace(call, items=items)])
    assert isinstance(outcome, Returned)
    assert [shown(each) for each in outcome.then] == [2, "system.contract", "system.contract"]
