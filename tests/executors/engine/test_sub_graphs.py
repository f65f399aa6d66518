"""Graph nodes and repeats: scopes, parameters, errors, time-outs, iterations."""

from tests.support.engine import Bench, decoded, doubling, failed, returned
from tests.support.plans import PlanMaker


def nested(**fields) -> PlanMaker:
    maker = PlanMaker()
    maker.module("double")
    maker.input("number")
    maker.node(
        "g", "graph", **{"wires": {"value": "number:value"}, "config": {}, "on_error": "fail", **fields}
    )
    maker.input("g/value", name="value")
    maker.call("g/a", "double", {"value": "g/value:value"})
    maker.call("g/b", "double", {"value": "g/value:value"})
    maker.output("g/out", "g/a:value", name="value")
    maker.output("out", "g:value")
    return maker


def test_a_graph_node_hands_its_outputs_on():
    bench = Bench(nested(), inputs={"number": 1}).start()
    bench.answer_all(doubling)
    assert bench.outcome == ("succeeded", {"out": 2})


def test_a_graph_node_without_calls_inside_passes_values_through():
    maker = PlanMaker()
    maker.input("number")
    maker.node("g", "graph", wires={"value": "number:value"}, config={}, on_error="fail")
    maker.input("g/value", name="value")
    maker.output("g/out", "g/value:value", name="value")
    maker.output("out", "g:value")
    assert Bench(maker, inputs={"number": 5}).start().outcome == ("succeeded", {"out": 5})


def test_a_skipped_graph_node_starts_nothing_inside():
    bench = Bench(nested(when="inputs.value > 10"), inputs={"number": 1}).start()
    assert bench.calls == {}
    assert bench.outcome == ("succeeded", None)
    assert bench.facts[2].data == {"nodes": ["g"], "cause": "when"}


def test_the_config_of_a_graph_node_is_what_parameters_means_inside():
    maker = nested(config={"least": {"$cel": "parameters.base + 1"}})
    maker.nodes[3]["config"] = {"limit": {"$cel": "parameters.least"}}
    bench = Bench(maker, inputs={"number": 1}, parameters={"base": 4}).start()
    assert bench.calls[bench.flight("g/a")].config == b'{"limit":5}'


LEAST = {"type": "object", "properties": {"least": {"type": "integer", "default": 3, "maximum": 9}}}


def test_settings_that_a_graph_node_leaves_out_have_their_defaults_inside():
    maker = nested(schema=LEAST)
    maker.nodes[3]["config"] = {"limit": {"$cel": "parameters.least"}}
    bench = Bench(maker, inputs={"number": 1}).start()
    assert bench.calls[bench.flight("g/a")].config == b'{"limit":3}'


def test_computed_settings_that_a_graph_node_refuses_are_its_error():
    maker = nested(schema=LEAST, config={"least": {"$cel": "parameters.base * 2"}})
    bench = Bench(maker, inputs={"number": 1}, parameters={"base": 5}).start()
    assert bench.outcome == ("failed", "system.contract")
    assert bench.last("run_finished")["node"] == "g"
    assert "/least" in bench.last("run_finished")["error"]["message"]


def test_an_error_inside_stops_the_inside_and_is_the_graph_nodes_error():
    bench = Bench(nested(), inputs={"number": 1}).start()
    bench.answer("g/a", failed("broken"))
    assert bench.calls == {}
    assert bench.outcome == ("failed", "broken")
    assert bench.last("run_finished")["node"] == "g/a"


def test_a_graph_node_can_have_a_default():
    bench = Bench(nested(on_error={"default": {"value": 0}}), inputs={"number": 1}).start()
    bench.answer("g/a", failed("broken"))
    assert bench.outcome == ("succeeded", {"out": 0})
    assert bench.last("invocation_cancelled") == {"nodes": ["g/b"]}
    assert bench.recover().outcome == ("succeeded", {"out": 0})


def test_a_graph_node_that_takes_too_long_fails():
    bench = Bench(nested(timeout_seconds=5), inputs={"number": 1}).start()
    bench.answer("g/b", returned(value=2))
    bench.wait(6)
    assert bench.calls == {}
    assert bench.outcome == ("failed", "system.timeout")


def test_the_time_of_a_graph_node_goes_on_while_its_inside_waits():
    maker = nested(timeout_seconds=60)
    maker.node("g/w", "signal", name="go", schema=True, deadline_seconds=3600, on_error="fail")
    maker.output("g/went", "g/w:value", name="went")
    bench = Bench(maker, inputs={"number": 1}).start()
    bench.answer_all(doubling)
    assert bench.released.wake_at == bench.now + 60_000
    for _ in range(2):
        bench.now += 40_000
        bench.recover()
    assert bench.outcome == ("failed", "system.timeout")


def test_a_recovered_run_finds_its_way_back_inside():
    bench = Bench(nested(), inputs={"number": 1}).start()
    bench.answer("g/a", returned(value=2))
    bench.recover()
    assert [call.node for call in bench.calls.values()] == ["g/b"]
    bench.answer_all(doubling)
    assert bench.outcome == ("succeeded", {"out": 2})


def repeated(**repeat) -> PlanMaker:
    maker = PlanMaker()
    maker.module("double")
    maker.input("number")
    rule = {"until": "outputs.value > 10", "max": 5, "delay_seconds": 0, **repeat}
    maker.call("n", "double", {"value": "number:value"}, repeat=rule)
    maker.output("out", "n:value")
    return maker


def test_a_repeat_feeds_outputs_back_until_its_condition_holds():
    bench = Bench(repeated(), inputs={"number": 2}).start()
    bench.answer("n", returned(value=4), (0,))
    assert decoded(bench.calls[bench.flight("n", (1,))].inputs["value"]) == 4
    bench.answer_all(doubling)
    assert bench.outcome == ("succeeded", {"out": 16})
    assert bench.last("invocation_completed") | {"outputs": None} == {
        "node": "n",
        "index": (2,),
        "outputs": None,
        "last": True,
    }


def test_an_output_that_a_later_call_leaves_out_keeps_what_it_fed_back():
    maker = repeated(until="has(outputs.end)")
    maker.module("double", outputs=("value", "end"))
    bench = Bench(maker, inputs={"number": 2}).start()
    bench.answer("n", returned(value=4), (0,))
    bench.answer("n", returned(), (1,))
    assert decoded(bench.calls[bench.flight("n", (2,))].inputs["value"]) == 4
    bench.recover()
    assert decoded(bench.calls[bench.flight("n", (2,))].inputs["value"]) == 4


def test_a_repeat_ends_at_its_maximum():
    bench = Bench(repeated(max=2), inputs={"number": 1}).start()
    bench.answer_all(doubling)
    assert bench.outcome == ("failed", "system.repeat_limit")


def test_a_repeat_pauses_between_its_calls_and_survives_the_process():
    bench = Bench(repeated(delay_seconds=1), inputs={"number": 1}).start()
    bench.answer("n", returned(value=2), (0,))
    assert bench.calls == {}
    bench.recover()
    assert bench.calls == {}
    bench.wait(1)
    assert bench.flight("n", (1,))


def test_a_graph_node_can_be_repeated():
    maker = nested(repeat={"until": "outputs.value > 10", "max": 9, "delay_seconds": 0})
    bench = Bench(maker, inputs={"number": 2}).start()
    for iteration in range(3):
        bench.answer("g/a", returned(value=4 * 2**iteration), (iteration,))
        bench.answer("g/b", returned(value=0), (iteration,))
        if iteration == 1:
            bench.recover()
    assert bench.outcome == ("succeeded", {"out": 16})
