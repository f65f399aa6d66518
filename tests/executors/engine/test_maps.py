"""Maps: one call per item, order kept, chunks, failures, retries of items only."""

import pytest

from tests.support.engine import Bench, decoded, doubling, failed, returned
from tests.support.plans import ANY, PlanMaker


def mapped(*, rule=None, effect="pure", strategy="inline", **fields) -> PlanMaker:
    maker = PlanMaker()
    maker.module("double", inputs={"value": ANY}, effect=effect, strategy=strategy)
    maker.input("numbers")
    maker.call("each", "double", {"value": "numbers:value"}, map={"over": "value", **(rule or {})}, **fields)
    maker.output("out", "each:value")
    return maker


def test_a_map_keeps_the_order_of_its_items():
    bench = Bench(mapped(), inputs={"numbers": [3, 1, 2]}).start()
    for item, value in ((2, 4), (0, 6), (1, 2)):
        bench.answer("each", returned(value=value), (item,))
    assert bench.outcome == ("succeeded", {"out": [6, 2, 4]})
    assert bench.types[2:] == ["map_opened", "map_chunk_completed", "run_finished"]


def test_an_empty_list_gives_empty_lists():
    assert Bench(mapped(), inputs={"numbers": []}).start().outcome == ("succeeded", {"out": []})


def test_no_more_calls_are_under_way_than_the_concurrency_says():
    bench = Bench(mapped(rule={"concurrency": 4}), inputs={"numbers": list(range(20))}).start()
    assert len(bench.calls) == 4
    most = 0
    while bench.calls:
        most = max(most, len(bench.calls))
        call = next(iter(bench.calls.values()))
        bench.answer("each", doubling(call), call.index)
    assert most == 4
    assert bench.outcome == ("succeeded", {"out": [2 * n for n in range(20)]})


def test_a_chunk_of_a_thousand_items_is_one_fact():
    bench = Bench(mapped(rule={"concurrency": 64}), inputs={"numbers": list(range(2_500))}).start()
    bench.answer_all(doubling)
    chunks = [fact.data for fact in bench.facts if fact.type == "map_chunk_completed"]
    assert sorted((chunk["first"], chunk["count"]) for chunk in chunks) == [
        (0, 1000),
        (1000, 1000),
        (2000, 500),
    ]
    assert bench.outcome == ("succeeded", {"out": [2 * n for n in range(2_500)]})


def test_a_recovered_map_does_not_repeat_finished_chunks():
    bench = Bench(mapped(rule={"concurrency": 64}), inputs={"numbers": list(range(2_500))}).start()
    while "map_chunk_completed" not in bench.types:
        call = next(iter(bench.calls.values()))
        bench.answer("each", doubling(call), call.index)
    bench.recover()
    assert min(call.index[0] for call in bench.calls.values()) == 1_000
    bench.answer_all(doubling)
    assert bench.outcome == ("succeeded", {"out": [2 * n for n in range(2_500)]})


def test_a_retry_repeats_the_failed_item_only():
    bench = Bench(mapped(), inputs={"numbers": [1, 2]}).start()
    bench.answer("each", failed("system.crashed"), (0,))
    bench.answer("each", returned(value=4), (1,))
    assert bench.calls == {}
    bench.wait_until_due()
    assert [(call.index, call.attempt) for call in bench.calls.values()] == [((0,), 2)]
    bench.answer_all(doubling)
    assert bench.last("map_chunk_completed")["retry_count"] == 1
    assert bench.outcome == ("succeeded", {"out": [2, 4]})


def test_the_first_failed_item_ends_the_map():
    bench = Bench(mapped(), inputs={"numbers": [1, 2, 3]}).start()
    bench.answer("each", failed("broken"), (1,))
    assert bench.calls == {}
    assert bench.outcome == ("failed", "broken")
    assert bench.last("run_finished")["index"] == (1,)


def test_collected_failures_are_left_out_and_listed():
    maker = mapped(rule={"failures": "collect"})
    maker.output("what", "each:error")
    bench = Bench(maker, inputs={"numbers": [1, 2, 3]}).start()
    bench.answer("each", failed("broken", message="No."), (1,))
    bench.answer_all(doubling)
    status, outputs = bench.outcome
    assert status == "succeeded"
    assert outputs == {"out": [2, 6], "what": [{"index": 1, "error": {"name": "broken", "message": "No."}}]}
    assert bench.last("map_chunk_completed")["failed_count"] == 1


def test_what_is_no_list_cannot_be_mapped_over():
    assert Bench(mapped(), inputs={"numbers": 3}).start().outcome == ("failed", "system.contract")


@pytest.mark.parametrize("effect", ["keyed", "effectful"])
def test_items_with_effects_have_facts_of_their_own(effect):
    bench = Bench(mapped(effect=effect), inputs={"numbers": [1, 2]}).start()
    bench.answer("each", returned(value=2), (0,))
    bench.answer("each", returned(value=4), (1,))
    assert bench.outcome == ("succeeded", {"out": [2, 4]})
    assert bench.types.count("invocation_completed") == 2
    assert bench.types.count("invocation_scheduled") == 2


def test_a_mapped_graph_runs_its_inside_per_item():
    maker = PlanMaker()
    maker.module("double")
    maker.input("numbers")
    maker.node(
        "g",
        "graph",
        wires={"value": "numbers:value"},
        config={},
        on_error="fail",
        map={"over": "value", "concurrency": 2, "failures": "fail"},
    )
    maker.input("g/value", name="value")
    maker.call("g/a", "double", {"value": "g/value:value"})
    maker.call("g/b", "double", {"value": "g/a:value"})
    maker.output("g/out", "g/b:value", name="result")
    maker.output("out", "g:result")
    bench = Bench(maker, inputs={"numbers": [1, 2, 3]}).start()
    assert [(call.node, call.index) for call in bench.calls.values()] == [("g/a", (0,)), ("g/a", (1,))]
    bench.answer("g/a", returned(value=4), (1,))
    bench.recover()
    bench.answer_all(doubling)
    assert bench.outcome == ("succeeded", {"out": [4, 8, 12]})


def test_a_mapped_graph_collects_the_errors_of_its_items():
    maker = PlanMaker()
    maker.module("double")
    maker.input("numbers")
    maker.node(
        "g",
        "graph",
        wires={"value": "numbers:value"},
        config={},
        on_error="fail",
        map={"over": "value", "concurrency": 16, "failures": "collect"},
    )
    maker.input("g/value", name="value")
    maker.call("g/a", "double", {"value": "g/value:value"})
    maker.call("g/side", "double", {"value": "g/value:value"})
    maker.output("g/out", "g/a:value", name="result")
    maker.output("out", "g:result")
    maker.output("what", "g:error")
    bench = Bench(maker, inputs={"numbers": [1, 2]}).start()
    bench.answer("g/a", failed("broken", message="No."), (0,))
    assert {(call.node, call.index) for call in bench.calls.values()} == {("g/a", (1,)), ("g/side", (1,))}
    bench.answer_all(doubling)
    assert bench.outcome == (
        "succeeded",
        {"out": [4], "what": [{"index": 0, "error": {"name": "broken", "message": "No."}}]},
    )


def test_items_keep_their_bytes():
    bench = Bench(mapped(), inputs={"numbers": [1.0, {"b": 1, "a": [2.50]}]}).start()
    sent = {call.index: call.inputs["value"].data for call in bench.calls.values()}
    assert sent == {(0,): b"1.0", (1,): b'{"b":1,"a":[2.5]}'}
    assert decoded(bench.calls[bench.flight("each", (0,))].inputs["value"]) == 1.0
