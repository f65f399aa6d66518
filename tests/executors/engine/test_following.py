"""Calls that may follow another in the same hop, and what the engine makes of their outcomes."""

from executors.engine.commands import Concluded
from executors.protocol import Returned
from tests.support.engine import Bench, encoded, failed, returned
from tests.support.plans import PlanMaker


def plan(**fields):
    """a → b → d, a → c → d, d → out; `fields` go to the modifiers of c."""
    maker = PlanMaker()
    maker.module("one")
    maker.module(
        "two", inputs={"left": {"media": "json", "schema": True}, "right": {"media": "json", "schema": True}}
    )
    maker.input("in")
    maker.call("a", "one", {"value": "in:value"})
    maker.call("b", "one", {"value": "a:value"})
    maker.call("c", "one", {"value": "a:value"}, **fields)
    maker.call("d", "two", {"left": "b:value", "right": "c:value"})
    maker.output("out", "d:value")
    return maker


def led(bench):
    (call,) = bench.calls.values()
    return [(follower.node, follower.wires) for follower in call.followers]


def together(first, *then):
    return Returned(outputs=first.outputs, then=then)


def test_what_needs_nothing_but_the_call_and_its_followers_may_follow():
    bench = Bench(plan(), inputs={"in": 1}).start()
    assert led(bench) == [
        ("b", (("value", 0, "value"),)),
        ("c", (("value", 0, "value"),)),
        ("d", (("left", 1, "value"), ("right", 2, "value"))),
    ]


def test_a_decision_of_the_engine_stands_before_a_follower():
    bench = Bench(plan(when="inputs.value > 0"), inputs={"in": 1}).start()
    assert [name for name, _ in led(bench)] == ["b"]


def test_processes_are_followed_where_the_way_does_not_part_and_not_for_long():
    apart = {"placement": {"strategy": "process"}}
    maker = PlanMaker()
    maker.module("one")
    maker.versions["t/one@1.0.0"]["strategies"] = ["inline", "process"]
    maker.input("in")
    source = "in:value"
    for number in range(20):
        maker.call(f"n{number}", "one", {"value": source}, **apart)
        source = f"n{number}:value"
    maker.output("out", source)
    assert [name for name, _ in led(Bench(maker, inputs={"in": 1}).start())] == [
        f"n{number}" for number in range(1, 17)
    ]
    maker.call("aside", "one", {"value": "n2:value"}, **apart)
    maker.output("more", "aside:value")
    assert [name for name, _ in led(Bench(maker, inputs={"in": 1}).start())] == ["n1", "n2"]


def test_followers_are_journaled_like_calls_of_their_own():
    bench = Bench(plan(), inputs={"in": 1}).start()
    bench.answer("a", together(returned(value=1), returned(value=2), returned(value=3), returned(value=4)))
    assert [fact.data["node"] for fact in bench.facts if fact.type == "invocation_completed"] == [
        "a",
        "b",
        "c",
        "d",
    ]
    assert bench.state.status == "succeeded"


def test_what_was_left_alone_is_called_when_its_inputs_are_there():
    bench = Bench(plan(), inputs={"in": 1}).start()
    bench.answer("a", together(returned(value=1), returned(value=2), None, None))
    assert [call.node for call in bench.calls.values()] == ["c"]


def test_a_follower_that_failed_is_tried_again_by_itself():
    bench = Bench(plan(), inputs={"in": 1}).start()
    bench.answer(
        "a", together(returned(value=1), failed("system.crashed", retryable=True), returned(value=3), None)
    )
    bench.wait_until_due()
    assert [(call.node, call.attempt) for call in bench.calls.values()] == [("b", 2)]


def test_an_outcome_that_comes_twice_counts_once():
    bench = Bench(plan(), inputs={"in": 1}).start()
    outcome = together(returned(value=1), returned(value=2), None, None)
    flight = next(iter(bench.calls))
    bench.give(Concluded(flight, outcome), Concluded(flight, outcome))
    assert sum(fact.type == "invocation_completed" for fact in bench.facts) == 2


def test_what_is_too_large_for_a_follower_is_left_to_the_engine():
    maker = PlanMaker()
    maker.module("one")
    maker.module(
        "two", inputs={"left": {"media": "json", "schema": True}, "right": {"media": "json", "schema": True}}
    )
    maker.input("in")
    maker.input("large")
    maker.call("a", "one", {"value": "in:value"})
    maker.call("d", "two", {"left": "a:value", "right": "large:value"})
    maker.output("out", "d:value")
    bench = Bench(maker, inputs={"in": 1, "large": "x" * (16 << 20)}).start()
    assert led(bench) == []
    bench.answer("a", returned(value=1))
    assert bench.outcome == ("failed", "system.limit")


def test_a_pinned_node_follows_nothing():
    pins = {"b": {"value": encoded(7)}}
    bench = Bench(plan(), inputs={"in": 1}, options={"pins": pins}).start()
    assert [name for name, _ in led(bench)] == ["c", "d"]
