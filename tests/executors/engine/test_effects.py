"""Effects: scheduled before they start, repeated with one key or left to people when interrupted."""

from executors.engine.commands import Execute
from tests.executors.engine.test_retries import one
from tests.support.engine import RUN, Bench, encoded, failed, returned
from tests.support.plans import PlanMaker


def test_an_effect_is_journaled_before_it_starts():
    bench = Bench(one("effectful"), inputs={"number": 1}).start()
    assert bench.types[-2:] == ["invocation_scheduled", "invocation_started"]
    (execute,) = [command for command in bench.asked if isinstance(command, Execute)]
    assert execute.permit_until is not None
    bench.answer("n", returned(value=2))
    assert bench.outcome == ("succeeded", {"out": 2})


def test_an_interrupted_keyed_call_is_repeated_with_its_key():
    bench = Bench(one("keyed"), inputs={"number": 1}).start()
    key = bench.calls[bench.flight("n")].key
    assert key == f"{RUN}/n"
    bench.recover()
    again = bench.calls[bench.flight("n")]
    assert (again.key, again.attempt) == (key, 2)
    bench.answer("n", failed("system.timeout"))
    bench.wait_until_due()
    assert bench.calls[bench.flight("n")].key == key


def test_a_key_that_died_at_the_receiver_is_not_used_again():
    bench = Bench(one("keyed"), inputs={"number": 1}).start()
    bench.now += 3_601_000
    bench.recover()
    assert bench.calls == {}
    assert bench.types[-2:] == ["invocation_uncertain", "run_attention_raised"]


def test_an_interrupted_unkeyed_call_waits_for_somebody():
    bench = Bench(one("effectful"), inputs={"number": 1}).start()
    bench.recover()
    assert bench.calls == {}
    assert bench.state.status == "attention"
    assert bench.last("run_attention_raised") == {"invocations": [{"node": "n"}]}
    assert bench.released is not None


def test_a_timed_out_unkeyed_call_is_uncertain():
    bench = Bench(one("effectful"), inputs={"number": 1}).start()
    bench.answer("n", failed("system.timeout"))
    assert bench.state.status == "attention"


def test_a_declared_error_of_an_effect_is_certain():
    bench = Bench(one("effectful"), inputs={"number": 1}).start()
    bench.answer("n", failed("refused"))
    assert bench.outcome == ("failed", "refused")


def test_somebody_says_it_was_done():
    bench = Bench(one("effectful"), inputs={"number": 1}).start()
    bench.recover()
    bench.recover()
    bench.tell(
        "resolve",
        node="n",
        decision="done",
        reason="Seen at the bank.",
        outputs={"value": encoded(7)},
    )
    assert bench.outcome == ("succeeded", {"out": 7})


def test_what_somebody_says_was_done_is_not_done_again_by_a_resumed_run():
    def maker() -> PlanMaker:
        made = one("effectful")
        made.module("after")
        made.call("after", "after", {"value": "n:value"})
        return made

    before = Bench(maker(), inputs={"number": 1}).start()
    before.recover()
    before.tell("resolve", node="n", decision="done", reason="Seen.", outputs={"value": encoded(7)})
    before.answer("after", failed("broken"))
    assert before.outcome == ("failed", "broken")
    again = Bench(maker(), inputs={"number": 1}).after(before).start()
    assert [call.node for call in again.calls.values()] == ["after"]


def test_somebody_says_it_was_not_applied():
    bench = Bench(one("effectful"), inputs={"number": 1}).start()
    bench.recover()
    bench.tell("resolve", node="n", decision="not_applied", reason="Not there.")
    assert bench.state.status == "running"
    assert bench.calls[bench.flight("n")].attempt == 2
    bench.answer("n", returned(value=2))
    assert bench.outcome == ("succeeded", {"out": 2})


def test_somebody_says_it_failed():
    bench = Bench(one("effectful"), inputs={"number": 1}).start()
    bench.recover()
    bench.tell("resolve", node="n", decision="fail", reason="Refused by hand.")
    assert bench.outcome == ("failed", "system.crashed")


def test_what_was_left_uncertain_is_listed_at_the_end():
    bench = Bench(one("effectful"), inputs={"number": 1}).start()
    bench.recover()
    bench.tell("cancel", reason="Enough.")
    assert bench.outcome == ("cancelled", None)
    assert bench.last("run_finished")["unresolved"] == [{"node": "n"}]


def test_a_started_effect_is_awaited_when_the_run_is_cancelled():
    bench = Bench(one("effectful"), inputs={"number": 1}).start()
    bench.tell("cancel")
    assert bench.state.status == "cancelling"
    assert "run_finished" not in bench.types
    bench.answer("n", returned(value=2))
    assert bench.outcome == ("cancelled", None)
    assert "invocation_completed" in bench.types
