"""Waits, approvals, signals, and what people tell a run: cancel, pause, resume; deadlines; quarantine."""

from tests.executors.engine.test_a_graph import chain
from tests.support.engine import Bench, doubling, encoded, returned
from tests.support.plans import PlanMaker


def waiting(kind="wait", **fields) -> PlanMaker:
    maker = PlanMaker()
    maker.module("double")
    maker.input("number")
    maker.node("w", kind, wires={"value": "number:value"}, on_error=fields.pop("on_error", "fail"), **fields)
    maker.call(
        "n",
        "double",
        {"value": {"from": "w:decision", "select": "size(value.by)"} if kind == "approval" else "w:value"},
    )
    maker.output("out", "n:value")
    return maker


def test_a_long_wait_gives_the_run_up_and_goes_on_when_it_is_over():
    bench = Bench(waiting(seconds=3600), inputs={"number": 4}).start()
    assert bench.types[-2:] == ["wait_opened", "run_waiting"]
    assert bench.released is not None
    bench.now += 3_600_000
    bench.recover()
    bench.answer_all(doubling)
    assert bench.outcome == ("succeeded", {"out": 8})


def test_a_short_wait_keeps_the_run():
    bench = Bench(waiting(seconds=1.5), inputs={"number": 4}).start()
    assert bench.released is None
    bench.wait_until_due()
    bench.answer_all(doubling)
    assert bench.outcome == ("succeeded", {"out": 8})


def test_a_wait_may_be_computed():
    bench = Bench(waiting(seconds="inputs.value * 100"), inputs={"number": 4}).start()
    assert bench.released.wake_at == bench.now + 400_000


def test_a_wait_until_an_instant():
    bench = Bench(waiting(until="timestamp('2026-02-01T00:00:00Z')"), inputs={"number": 1}).start()
    assert bench.last("wait_opened")["due_at"] == "2026-02-01T00:00:00.000Z"


def test_a_wait_that_no_calendar_holds_is_the_nodes_error():
    beyond = "timestamp('9999-12-31T23:59:59-12:00')"
    for fields in ({"seconds": "inputs.value * 1e12"}, {"seconds": "-inputs.value"}, {"until": beyond}):
        bench = Bench(waiting(**fields), inputs={"number": 4.0}).start()
        assert bench.outcome == ("failed", "system.expression")
    assert Bench(waiting(seconds=10_000_000_000), inputs={"number": 4}).start().types[-1] == "run_waiting"


def test_a_signal_is_awaited_after_its_input_has_come():
    maker = waiting("signal", name="go", schema=True, deadline_seconds=60)
    maker.call("first", "double", {"value": "number:value"})
    maker.nodes[1]["in"] = {"value": "first:value"}
    bench = Bench(maker, inputs={"number": 4}).start()
    assert "wait_opened" not in bench.types
    bench.answer("first", returned(value=8))
    assert bench.last("wait_opened")["kind"] == "signal"


def approval(**fields) -> PlanMaker:
    who = {"teams": ["t"], "count": 1, **fields.pop("who", {})}
    return waiting("approval", who=who, prompt="Go on?", deadline_seconds=3600, **fields)


def test_an_approval_waits_for_enough_people():
    bench = Bench(approval(who={"count": 2}), inputs={"number": 1}).start()
    bench.tell("decide", "user:a", node="w", verdict="approved")
    bench.tell("decide", "user:a", node="w", verdict="approved")
    assert "wait_closed" not in bench.types
    bench.tell("decide", "user:b", node="w", verdict="approved", form={"why": "fine"})
    bench.answer("n", returned(value=2))
    assert bench.last("wait_closed")["outcome"] == "approved"
    assert bench.outcome == ("succeeded", {"out": 2})


def test_one_refusal_refuses():
    bench = Bench(approval(who={"count": 2}), inputs={"number": 1}).start()
    bench.tell("decide", "user:a", node="w", verdict="refused")
    assert bench.last("wait_closed")["outcome"] == "refused"


def test_an_approval_that_nobody_gives_expires():
    bench = Bench(approval(), inputs={"number": 1}).start()
    bench.now += 3_600_000
    bench.recover()
    assert bench.last("wait_closed")["outcome"] == "expired"
    assert bench.outcome == ("failed", "system.deadline")


def test_a_signal_that_comes_early_is_kept():
    maker = waiting("signal", name="go", schema=True, deadline_seconds=60)
    maker.nodes[1]["in"] = {"value": "first:value"}
    maker.call("first", "double", {"value": "number:value"})
    bench = Bench(maker, inputs={"number": 1}).start()
    bench.tell("signal", name="go", outputs={"value": encoded(5)})
    bench.answer("first", returned(value=2))
    assert bench.last("wait_closed")["outcome"] == "signalled"
    bench.answer_all(doubling)
    assert bench.outcome == ("succeeded", {"out": 10})


def test_cancelling_stops_what_runs():
    bench = Bench(chain(), inputs={"number": 1}).start()
    bench.tell("cancel", "user:a", reason="Wrong input.")
    assert bench.calls == {}
    assert bench.outcome == ("cancelled", None)
    assert bench.last("run_cancel_requested") == {"actor": "user:a", "reason": "Wrong input."}
    assert bench.last("invocation_cancelled")["nodes"] == ["n0", "n1", "n2"]


def test_a_waiting_run_can_be_cancelled():
    bench = Bench(approval(), inputs={"number": 1}).start()
    bench.recover()
    bench.tell("cancel")
    assert bench.outcome == ("cancelled", None)


def test_a_paused_run_finishes_what_runs_and_starts_nothing():
    bench = Bench(chain(), inputs={"number": 1}).start()
    bench.tell("pause", "user:a")
    assert bench.released is None
    bench.answer("n0", returned(value=2))
    assert bench.calls == {}
    assert bench.released is not None
    bench.recover()
    assert bench.calls == {}
    bench.tell("resume", "user:a")
    bench.answer_all(doubling)
    assert bench.outcome == ("succeeded", {"out": 8})


def test_a_paused_run_can_be_cancelled():
    bench = Bench(chain(), inputs={"number": 1}).start()
    bench.tell("pause")
    bench.answer("n0", returned(value=2))
    bench.tell("cancel")
    assert bench.outcome == ("cancelled", None)


def test_a_run_may_work_only_so_long():
    maker = chain()
    maker.deadline_seconds = 10
    bench = Bench(maker, inputs={"number": 1}).start()
    bench.wait(10)
    assert bench.calls == {}
    assert bench.outcome == ("timed_out", "system.deadline")


def test_waiting_does_not_count_as_work():
    maker = waiting(seconds=3600)
    maker.deadline_seconds = 10
    bench = Bench(maker, inputs={"number": 4}).start()
    bench.now += 3_600_000
    bench.recover()
    bench.answer_all(doubling)
    assert bench.outcome == ("succeeded", {"out": 8})


def test_five_fruitless_claims_quarantine_a_run_until_somebody_resumes_it():
    bench = Bench(chain(), inputs={"number": 1}).start()
    bench.recover(streak=6)
    assert bench.types[-1] == "run_quarantined"
    assert bench.calls == {}
    bench.recover(streak=7)
    assert bench.calls == {}
    bench.tell("resume", "user:a")
    bench.answer_all(doubling)
    assert bench.outcome == ("succeeded", {"out": 8})


def test_a_run_up_to_some_nodes_leaves_the_rest_out():
    bench = Bench(chain(), inputs={"number": 1}, options={"upto": ["n1"]}).start()
    bench.answer_all(doubling)
    assert bench.outcome == ("succeeded", None)
    assert [fact.data["node"] for fact in bench.facts if fact.type == "invocation_completed"] == ["n0", "n1"]


def test_pinned_values_stand_in_for_calls():
    bench = Bench(chain(2), inputs={"number": 1}, options={"pins": {"n0": {"value": encoded(50)}}}).start()
    bench.answer("n1", returned(value=100))
    assert bench.outcome == ("succeeded", {"out": 100})


def test_what_only_a_pinned_node_needs_is_left_out():
    options = {"pins": {"n1": {"value": encoded(50)}}, "upto": ["n2"]}
    bench = Bench(chain(), inputs={"number": 1}, options=options).start()
    bench.answer("n2", returned(value=100))
    assert bench.outcome[0] == "succeeded"
    assert [fact.data["node"] for fact in bench.facts if fact.type == "invocation_completed"] == ["n1", "n2"]


def test_a_mapped_node_is_pinned_with_its_list():
    maker = PlanMaker()
    maker.module("double")
    maker.input("numbers")
    maker.call("each", "double", {"value": "numbers:value"}, map={"over": "value"})
    maker.output("out", "each:value")
    bench = Bench(
        maker, inputs={"numbers": [1]}, options={"pins": {"each": {"value": encoded([4, 5])}}}
    ).start()
    assert (bench.calls, bench.outcome) == ({}, ("succeeded", {"out": [4, 5]}))
