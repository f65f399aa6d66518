"""The engine on the real database: admitted runs are carried out to their end."""

from tests.executors.engine.test_a_graph import chain


def test_an_admitted_run_is_carried_out(studio):
    maker = chain()
    studio.start(maker)
    run = studio.wait(studio.admit(maker, {"number": 3}))
    assert run.status == "succeeded"
    assert run.outputs == {"out": {"media": "json", "bytes": 2, "value": 24}}
    assert run.counters == {"succeeded": 3}
    assert [event.type for event in run.events.order_by("seq")] == [
        "run_created",
        "run_claimed",
        *["invocation_completed"] * 3,
        "run_finished",
    ]
    assert run.last_seq == 6
    assert run.owner_id is not None


def test_a_run_admitted_before_the_engine_starts_is_carried_out(studio):
    maker = chain()
    run = studio.admit(maker, {"number": 1})
    studio.start(maker)
    assert studio.wait(run).status == "succeeded"
