"""Quick items of a map share a call: what that changes, and what it must not."""

from msgspec.structs import replace

from executors.engine.commands import Concluded
from executors.protocol import Call, Cost, Outcome, Returned
from tests.executors.engine.test_maps import mapped
from tests.support.engine import Bench, decoded, doubling, failed
from tests.support.ports import worked


def quickly(call: Call) -> Outcome:
    return replace(doubling(call), cost=Cost(execute=50))


def slowly(call: Call) -> Outcome:
    return replace(doubling(call), cost=Cost(execute=50_000))


def started(count: int, rule=None, **fields) -> Bench:
    return Bench(mapped(rule=rule, **fields), inputs={"numbers": list(range(count))}).start()


def until_together(bench: Bench, work=quickly) -> None:
    """Answer item by item until a call with many is under way."""
    while all(call.items is None for call in bench.calls.values()):
        call = next(iter(bench.calls.values()))
        bench.answer("each", work(call), call.index)


def numbers_of(call: Call) -> list[int]:
    assert call.items is not None
    return list(call.items.numbers)


def test_after_some_quick_items_the_others_share_calls():
    bench = started(2_000)
    until_together(bench)
    (call,) = bench.calls.values()
    assert len(numbers_of(call)) == 1_000
    assert call.items is not None
    assert call.items.at_once == 16
    bench.answer_all(lambda call: worked(quickly, call))
    assert bench.outcome == ("succeeded", {"out": [2 * number for number in range(2_000)]})
    assert bench.types.count("map_chunk_completed") == 2


def test_slow_items_travel_alone():
    bench = started(100)
    for _ in range(50):
        call = next(iter(bench.calls.values()))
        assert call.items is None
        bench.answer("each", slowly(call), call.index)


def test_an_item_that_failed_among_others_is_repeated_by_itself():
    bench = started(100)
    until_together(bench)
    ((flight, call),) = bench.calls.items()
    first, *rest = numbers_of(call)
    outcomes = worked(quickly, call)
    assert isinstance(outcomes, Returned)
    del bench.calls[flight]
    bad = failed("system.crashed", retryable=True)
    bench.give(Concluded(flight, replace(outcomes, then=(bad, *outcomes.then[1:]))))
    bench.wait_until_due()
    assert [(call.index, call.attempt) for call in bench.calls.values()] == [((first,), 2)]
    bench.answer_all(quickly)
    assert bench.outcome == ("succeeded", {"out": [2 * number for number in range(100)]})
    assert bench.last("map_chunk_completed")["retry_count"] == 1
    assert rest


def test_an_item_that_was_left_alone_is_sent_again():
    bench = started(100)
    until_together(bench)
    ((flight, call),) = bench.calls.items()
    outcomes = worked(quickly, call)
    assert isinstance(outcomes, Returned)
    del bench.calls[flight]
    bench.give(Concluded(flight, replace(outcomes, then=(None, *outcomes.then[1:]))))
    assert [call.index for call in bench.calls.values()] == [(numbers_of(call)[0],)]
    bench.answer_all(quickly)
    assert bench.outcome[0] == "succeeded"


def test_a_failure_of_the_call_is_one_of_each_item():
    bench = started(100, rule={"failures": "collect"}, retry={"attempts": 1})
    until_together(bench)
    ((_, call),) = bench.calls.items()
    numbers = numbers_of(call)
    bench.answer_all(lambda call: failed("system.capability") if call.items else quickly(call))
    assert bench.outcome[0] == "succeeded"
    assert bench.last("map_chunk_completed")["failed_count"] == len(numbers)
    listed = decoded(bench.last("map_chunk_completed")["failed"])
    assert [entry["index"] for entry in listed] == numbers


def test_a_map_that_fails_stops_what_travels_with_the_failure():
    bench = started(100, retry={"attempts": 1})
    until_together(bench)
    bench.answer_all(lambda call: failed("system.capability"))
    assert bench.outcome == ("failed", "system.capability")


def test_items_that_fail_quickly_say_nothing_about_the_pace():
    bench = started(100, rule={"failures": "collect"}, retry={"attempts": 1})
    for _ in range(50):
        call = next(iter(bench.calls.values()))
        assert call.items is None
        bench.answer("each", replace(failed("system.contract"), cost=Cost(execute=50)), call.index)


def test_items_of_a_service_travel_alone():
    bench = Bench(mapped(strategy="http"), inputs={"numbers": list(range(100))}).start()
    for _ in range(50):
        call = next(iter(bench.calls.values()))
        assert call.items is None
        bench.answer("each", quickly(call), call.index)


def test_a_failure_of_the_call_that_may_pass_is_the_attempt_of_one_item_only():
    bench = started(1_000)
    until_together(bench)
    ((flight, call),) = bench.calls.items()
    rest = numbers_of(call)[1:]
    del bench.calls[flight]
    bench.give(Concluded(flight, failed("system.unavailable", retryable=True)))
    assert {call.attempt for call in bench.calls.values()} == {1}
    assert [call.index[0] for call in bench.calls.values()] == rest[:16]
    bench.wait_until_due()
    bench.answer_all(lambda call: worked(quickly, call))
    assert bench.outcome[0] == "succeeded"
    assert bench.last("map_chunk_completed")["retry_count"] == 1
