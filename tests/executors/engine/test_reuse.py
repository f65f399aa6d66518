"""Taking earlier outputs over: by address from a resumed run, by key within the team."""

from typing import Any

import pytest

from executors.protocol import Call, Outcome, Returned, Value
from tests.support.engine import Bench, decoded, doubling, encoded, failed, returned
from tests.support.plans import PlanMaker


def total(call: Call) -> Outcome:
    return returned(value=sum(decoded(call.inputs["value"])))


def two_steps(effect: str = "pure", **fields: Any) -> PlanMaker:
    """numbers → each (mapped) → sum → last; `fields` go to `each`."""
    maker = PlanMaker()
    maker.module("double", effect=effect)
    maker.module("sum")
    maker.module("last")
    maker.input("numbers")
    maker.call("each", "double", {"value": "numbers:value"}, map={"over": "value"}, **fields)
    maker.call("sum", "sum", {"value": "each:value"})
    maker.call("last", "last", {"value": "sum:value"}, retry={"attempts": 1})
    maker.output("out", "last:value")
    return maker


def work(call: Call) -> Outcome:
    return total(call) if call.node == "sum" else doubling(call)


def failing(call: Call) -> Outcome:
    return failed("broken") if call.node == "last" else work(call)


def ended(maker: PlanMaker, numbers: list[int], outcome: Any = failing, **options: Any) -> Bench:
    bench = Bench(maker, inputs={"numbers": numbers}, options=options).start()
    bench.answer_all(outcome)
    return bench


def resumed(maker: PlanMaker, numbers: list[int], before: Bench, **options: Any) -> Bench:
    return Bench(maker, inputs={"numbers": numbers}, options=options).after(before).start()


def test_a_resumed_run_takes_over_maps_and_what_comes_after_them():
    bench = resumed(two_steps(), [1, 2, 3], ended(two_steps(), [1, 2, 3]))
    assert [call.node for call in bench.calls.values()] == ["last"]
    chunk = bench.last("map_chunk_completed")
    assert (chunk["reused_count"], chunk["reused"]["seq"]) == (3, 4)
    bench.answer_all(work)
    assert bench.outcome == ("succeeded", {"out": 24})


def test_of_a_long_map_only_the_chunks_with_other_items_are_carried_out_again():
    before = ended(two_steps(), [1] * 2500)
    bench = resumed(two_steps(), [1] * 1500 + [2] + [1] * 999, before)
    calls = 0
    while bench.calls:
        call = next(iter(bench.calls.values()))
        calls += call.node == "each"
        bench.answer(call.node, work(call), call.index)
    assert calls == 1000
    assert bench.outcome == ("succeeded", {"out": (2500 + 1) * 4})


def test_a_map_that_stopped_half_way_goes_on_after_its_last_chunk():
    def until_1800(call: Call) -> Outcome:
        return failed("broken") if call.index == (1800,) else work(call)

    before = ended(two_steps(retry={"attempts": 1}), list(range(2000)), until_1800)
    assert before.outcome[0] == "failed"
    bench = resumed(two_steps(), list(range(2000)), before)
    assert min(call.index for call in bench.calls.values()) == (1000,)
    bench.answer_all(work)
    assert bench.outcome[0] == "succeeded"


def test_items_of_a_map_over_effects_are_not_applied_twice():
    maker = two_steps("keyed")
    bench = resumed(maker, [1, 2, 3], ended(maker, [1, 2, 3]))
    assert [call.node for call in bench.calls.values()] == ["last"]
    bench = resumed(maker, [1, 7, 3], ended(maker, [1, 2, 3]))
    assert [call.index for call in bench.calls.values()] == [(1,)]


def repeating() -> PlanMaker:
    maker = PlanMaker()
    maker.module("double")
    maker.module("last")
    maker.input("number")
    maker.call("grow", "double", {"value": "number:value"}, repeat={"until": "outputs.value > 20", "max": 9})
    maker.call("last", "last", {"value": "grow:value"}, retry={"attempts": 1})
    maker.output("out", "last:value")
    return maker


def test_a_repeat_is_taken_over_call_by_call():
    before = Bench(repeating(), inputs={"number": 3}).start()
    before.answer_all(failing)
    bench = Bench(repeating(), inputs={"number": 3}).after(before).start()
    assert [call.node for call in bench.calls.values()] == ["last"]
    assert [f.data["reused"]["seq"] for f in bench.facts if f.data.get("node") == "grow"] == [3, 4, 5]
    bench.answer_all(work)
    assert bench.outcome == ("succeeded", {"out": 48})


def test_a_repeat_never_takes_over_a_single_call_of_the_same_module():
    maker = PlanMaker()
    maker.module("double")
    maker.input("number")
    maker.call("once", "double", {"value": "number:value"})
    maker.output("out", "once:value")
    once = Bench(maker, inputs={"number": 3}, options={"reuse": True}).start()
    once.answer_all(work)
    bench = Bench(repeating(), inputs={"number": 3}, options={"reuse": True})
    bench.known = once.known
    bench.start()
    assert bench.last("invocation_completed")["index"] == (0,)
    bench.answer_all(work)
    assert bench.outcome == ("succeeded", {"out": 48})


def test_the_team_finds_chunks_again_and_a_call_with_the_whole_list_is_no_chunk():
    before = ended(two_steps(), [1, 2, 3], work, reuse=True)
    bench = Bench(two_steps(), inputs={"numbers": [1, 2, 3]}, options={"reuse": True})
    bench.known = before.known
    bench.start()
    assert (bench.calls, bench.outcome) == ({}, ("succeeded", {"out": 24}))

    maker = PlanMaker()
    maker.module("double")
    maker.input("numbers")
    maker.call("whole", "double", {"value": "numbers:value"})
    maker.output("out", "whole:value")
    bench = Bench(maker, inputs={"numbers": [1, 2, 3]}, options={"reuse": True})
    bench.known = before.known
    bench.start()
    assert len(bench.calls) == 1


@pytest.mark.parametrize(("effect", "calls"), [("pure", ["send", "after"]), ("keyed", ["after"])])
def test_what_is_no_longer_kept_is_made_again_unless_it_was_an_effect(effect, calls):
    def large(call: Call) -> Outcome:
        if call.node == "after":
            return failed("broken")
        return Returned(outputs={"value": Value(media="json", size=9, artifact="sha256:" + "a" * 64)})

    def maker() -> PlanMaker:
        made = PlanMaker()
        made.module("double", effect=effect)
        made.module("after")
        made.input("number")
        made.call("send", "double", {"value": "number:value"})
        made.call("after", "after", {"value": "number:value"})
        return made

    before = Bench(maker(), inputs={"number": 1}).start()
    before.artifacts["sha256:" + "a" * 64] = b"[1,2,3,4]"
    before.answer("send", large(before.calls[before.flight("send")]))
    before.answer_all(large)
    again = Bench(maker(), inputs={"number": 1}).after(before).start()
    assert [call.node for call in again.calls.values()] == ["after"]
    before.artifacts.clear()
    again = Bench(maker(), inputs={"number": 1}).after(before).start()
    assert sorted(call.node for call in again.calls.values()) == sorted(calls)


def test_what_was_pinned_is_not_taken_over():
    before = ended(two_steps(), [1], failing, pins={"sum": {"value": encoded(50)}})
    bench = resumed(two_steps(), [1], before)
    assert [call.node for call in bench.calls.values()] == ["sum"]


def test_from_a_node_on_everything_runs_anew():
    before = ended(two_steps(), [1, 2], work)
    bench = resumed(two_steps(), [1, 2], before, **{"from": ["sum"], "reuse": True})
    assert [call.node for call in bench.calls.values()] == ["sum"]


def test_another_process_takes_over_the_same():
    bench = resumed(two_steps(), [1, 2, 3], before := ended(two_steps(), [1, 2, 3]))
    bench.recover()
    bench.after(before)
    bench.answer_all(work)
    assert bench.outcome == ("succeeded", {"out": 24})
    assert bench.types.count("map_chunk_completed") == 1
