"""A run of a plain graph: order, outputs, skips, joins."""

from tests.support.engine import Bench, decoded, doubling, failed, returned
from tests.support.plans import PlanMaker, port


def chain(length: int = 3) -> PlanMaker:
    maker = PlanMaker()
    maker.module("double")
    maker.input("number")
    source = "number:value"
    for place in range(length):
        maker.call(f"n{place}", "double", {"value": source})
        source = f"n{place}:value"
    maker.output("out", source)
    return maker


def test_a_chain_runs_in_order_and_gives_its_outputs():
    bench = Bench(chain(), inputs={"number": 3}).start()
    bench.answer_all(doubling)
    assert bench.outcome == ("succeeded", {"out": 24})
    assert bench.types == ["run_created", "run_claimed", *["invocation_completed"] * 3, "run_finished"]


def test_a_node_without_wires_starts_at_once():
    maker = PlanMaker()
    maker.module("make", inputs={})
    maker.call("m", "make")
    maker.output("out", "m:value")
    bench = Bench(maker).start()
    bench.answer("m", returned(value=1))
    assert bench.outcome == ("succeeded", {"out": 1})


def test_a_recovered_run_repeats_only_what_was_not_journaled():
    bench = Bench(chain(), inputs={"number": 3}).start()
    bench.answer("n0", returned(value=6))
    bench.recover()
    assert [call.node for call in bench.calls.values()] == ["n1"]
    assert decoded(bench.calls[bench.flight("n1")].inputs["value"]) == 6
    bench.answer_all(doubling)
    assert bench.outcome == ("succeeded", {"out": 24})


def test_a_false_condition_skips_the_node_and_what_needs_it():
    maker = chain()
    maker.nodes[2]["when"] = "inputs.value > 100"
    bench = Bench(maker, inputs={"number": 3}).start()
    bench.answer_all(doubling)
    assert bench.outcome == ("succeeded", None)
    skips = [fact.data for fact in bench.facts if fact.type == "invocation_skipped"]
    assert skips == [{"nodes": ["n1"], "cause": "when"}, {"nodes": ["n2", "out"], "cause": "upstream"}]


def test_a_skipped_optional_port_counts_as_not_wired():
    maker = chain(1)
    maker.module("join", inputs={"a": port(), "b": port(cardinality="optional")})
    maker.call("no", "double", {"value": "number:value"}, when="false")
    maker.call("join", "join", {"a": "n0:value", "b": "no:value"})
    maker.output("joined", "join:value")
    bench = Bench(maker, inputs={"number": 1}).start()
    bench.answer("n0", returned(value=2))
    assert set(bench.calls[bench.flight("join")].inputs) == {"a"}


def test_a_missing_optional_input_skips_what_needs_it():
    maker = PlanMaker()
    maker.module("double")
    maker.input("number", cardinality="optional")
    maker.call("n", "double", {"value": "number:value"})
    maker.output("out", "n:value")
    assert Bench(maker).start().outcome == ("succeeded", None)


def test_a_select_narrows_what_an_edge_brings():
    maker = chain(1)
    maker.nodes[1]["in"] = {"value": {"from": "number:value", "select": "value.inner + 1"}}
    bench = Bench(maker, inputs={"number": {"inner": 4}}).start()
    assert decoded(bench.calls[bench.flight("n0")].inputs["value"]) == 5


def test_an_expression_that_fails_is_the_nodes_error():
    maker = chain(1)
    maker.nodes[1]["in"] = {"value": {"from": "number:value", "select": "value.absent"}}
    bench = Bench(maker, inputs={"number": {}}).start()
    assert bench.outcome == ("failed", "system.expression")
    assert bench.last("run_finished")["node"] == "n0"


def test_config_expressions_see_the_parameters():
    maker = chain(1)
    maker.nodes[1]["config"] = {"least": {"$cel": "parameters.least * 2"}, "plain": "x"}
    bench = Bench(maker, inputs={"number": 1}, parameters={"least": 21}).start()
    assert bench.calls[bench.flight("n0")].config == b'{"least":42,"plain":"x"}'


def test_settings_that_are_left_out_reach_the_call_with_their_defaults():
    properties = {"least": {"type": "integer", "default": 3}, "word": {"type": "string", "default": "a"}}
    for given, sent in (
        ({}, b'{"least":3,"word":"a"}'),
        ({"word": {"$cel": "'b'"}}, b'{"word":"b","least":3}'),
    ):
        maker = chain(1)
        maker.module("double", config={"type": "object", "properties": properties})
        maker.nodes[1]["config"] = given
        bench = Bench(maker, inputs={"number": 1}).start()
        assert bench.calls[bench.flight("n0")].config == sent


def test_an_error_fails_the_run_and_stops_the_rest():
    maker = chain(1)
    maker.call("other", "double", {"value": "number:value"})
    maker.call("after", "double", {"value": "other:value"})
    bench = Bench(maker, inputs={"number": 1}).start()
    bench.answer("n0", failed("broken"))
    assert bench.calls == {}
    assert bench.outcome == ("failed", "broken")
    assert bench.last("invocation_cancelled")["nodes"] == ["other", "after"]


def test_an_error_port_takes_the_error_and_its_siblings_are_skipped():
    maker = chain(1)
    maker.nodes[1]["on_error"] = "port"
    maker.output("what", "n0:error")
    bench = Bench(maker, inputs={"number": 1}).start()
    bench.answer("n0", failed("broken", message="Gone."))
    assert bench.outcome == ("succeeded", {"what": {"name": "broken", "message": "Gone.", "data": None}})


def test_an_error_port_is_skipped_on_success():
    maker = chain(1)
    maker.nodes[1]["on_error"] = "port"
    maker.output("what", "n0:error")
    bench = Bench(maker, inputs={"number": 1}).start()
    bench.answer("n0", returned(value=2))
    assert bench.outcome == ("succeeded", {"out": 2})


def test_a_default_stands_in_for_a_failed_node():
    maker = chain(2)
    maker.nodes[1]["on_error"] = {"default": {"value": 10}}
    bench = Bench(maker, inputs={"number": 1}).start()
    bench.answer("n0", failed("broken"))
    bench.answer("n1", returned(value=20))
    assert bench.outcome == ("succeeded", {"out": 20})
    assert bench.last("invocation_exhausted")["handled"] == "default"
