"""The engine on the real database: admitted runs are carried out to their end."""

import errno
import io
import json
import time
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, transaction

from executors import coordinator
from studio.runs.admission import Admission, admit_run
from studio.runs.auditing import audit_runs
from studio.runs.journal import SqlJournal
from studio.runs.models import EngineProcess, Run
from studio.runs.signals import send_signal
from studio.runs.views import read_view
from tests.executors.engine.test_a_graph import chain
from tests.support import waiting
from tests.support.engine import doubling, failed, returned
from tests.support.plans import PlanMaker
from tests.support.ports import LocalPort, SlowPort


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


def waits(source="number:value", **fields) -> PlanMaker:
    maker = PlanMaker()
    maker.module("double")
    maker.input("number")
    maker.node("w", "signal", wires={"value": source}, on_error="fail", **fields)
    maker.call("n", "double", {"value": "w:value"})
    maker.output("out", "n:value")
    return maker


def test_a_wait_frees_the_run_and_a_signal_brings_it_back(studio):
    maker = waits(name="go", schema=True, deadline_seconds=600)
    studio.start(maker)
    run = studio.wait(studio.admit(maker, {"number": 1}), lambda run: run.status == "waiting")
    assert run.owner_id is None
    assert run.wake_at is not None
    assert read_view(run.id)["waits"][0]["node"] == "w"
    assert send_signal(run, kind="signal", actor="system:test", data={"name": "go", "value": 21})
    run = studio.wait(run)
    assert run.outputs["out"]["value"] == 42
    assert run.signals.get().absorbed_seq is not None
    assert not run.wakeups.filter(due_at__lte=datetime.now(UTC)).exists()


def test_the_same_signal_is_heard_once(studio):
    maker = waits(name="go", schema=True, deadline_seconds=600)
    run = studio.admit(maker, {"number": 1})
    assert send_signal(run, kind="signal", actor="system:test", data={"name": "go"}, dedupe="1")
    assert not send_signal(run, kind="signal", actor="system:test", data={"name": "go"}, dedupe="1")


def test_a_running_call_is_stopped_when_the_run_is_cancelled(studio):
    maker, port = chain(), SlowPort(doubling, 30)
    studio.start(maker, port)
    run = studio.wait(studio.admit(maker, {"number": 1}), lambda run: bool(port.started))
    send_signal(run, kind="cancel", actor="system:test", data={"reason": "Enough."})
    assert studio.wait(run).status == "cancelled"
    studio.stop()
    assert port.stopped == ["n0"]
    assert run.counters == {"cancelled": 3}


def test_a_call_that_times_out_is_retried_and_then_fails_the_run(studio):
    maker = PlanMaker()
    maker.module("slow", wall_seconds=0.05)
    maker.input("number")
    maker.call("n", "slow", {"value": "number:value"}, retry={"attempts": 2, "first_seconds": 0.01})
    port = SlowPort(doubling, 10)
    studio.start(maker, port)
    run = studio.wait(studio.admit(maker, {"number": 1}))
    assert (run.status, run.error["name"]) == ("failed", "system.timeout")
    assert port.started == ["n", "n"]


def test_large_values_become_artifacts_that_the_run_may_show(studio):
    maker = chain(2)
    studio.start(maker, LocalPort({}, lambda call: returned(value="x" * 100_000)))
    run = studio.wait(studio.admit(maker, {"number": "y" * 200_000}))
    assert run.status == "succeeded"
    envelope = run.outputs["out"]
    assert envelope["bytes"] == 100_002
    with studio.artifacts.open(envelope["artifact"]) as file:
        assert file.read() == b'"' + b"x" * 100_000 + b'"'
    assert run.artifact_uses.filter(artifact_id=envelope["artifact"]).exists()
    assert max(len(event.data) for event in run.events.all()) < 64 << 10


def test_a_run_goes_on_after_what_it_looks_at_could_not_be_read(studio, monkeypatch):
    maker = PlanMaker()
    maker.module("double")
    maker.input("text")
    maker.call("n", "double", {"value": "text:value"}, when="size(inputs.value) > 0")
    maker.output("out", "n:value")
    read, failures = studio.artifacts.open, [OSError(errno.EMFILE, "too many open files")]

    def failing(artifact):
        if failures:
            raise failures.pop()
        return read(artifact)

    monkeypatch.setattr(studio.artifacts, "open", failing)
    studio.start(maker, LocalPort({}, lambda call: returned(value=1)))
    run = studio.wait(studio.admit(maker, {"text": "y" * 200_000}))
    assert (run.status, run.outputs["out"]["value"], failures) == ("succeeded", 1, [])


def test_a_port_that_breaks_its_promise_counts_as_crashed(studio):
    class Broken:
        async def execute(self, calls, deliver):
            raise RuntimeError("no")

    maker = chain(1)
    maker.nodes[1]["retry"] = {"attempts": 1, "first_seconds": 0, "factor": 1, "cap_seconds": 0}
    studio.start(maker, Broken())
    run = studio.wait(studio.admit(maker, {"number": 1}))
    assert (run.status, run.error["name"]) == ("failed", "system.crashed")


def test_what_cannot_be_written_of_one_run_leaves_the_others_alone(studio):
    def misspelt(call):
        if call.inputs["value"].data == b"13":
            return failed("odd", message="half of a pair: \ud800")
        return doubling(call)

    maker = chain(1)
    studio.start(maker, LocalPort({}, misspelt))
    bad, *good = [studio.admit(maker, {"number": number}) for number in (13, 1, 2, 3)]
    assert [studio.wait(run).status for run in good] == ["succeeded"] * 3
    studio.wait(bad, lambda run: run.status == "quarantined")


def test_a_restarted_engine_goes_on_where_the_first_one_stopped(studio):
    maker, port = chain(), SlowPort(doubling, 0.4)
    studio.start(maker, port)
    run = studio.wait(studio.admit(maker, {"number": 1}), lambda run: run.last_seq >= 3)
    studio.stop()
    run.refresh_from_db()
    assert not run.is_finished
    studio.start(maker, SlowPort(doubling, 0.01))
    run = studio.wait(run)
    assert run.outputs["out"]["value"] == 8
    assert [check for _, check in audit_runs(Run.objects.all())] == [[]]


def test_a_lost_lease_makes_the_engine_join_anew(studio):
    maker = chain()
    studio.start(maker, lease_seconds=0.3)
    EngineProcess.objects.update(lease_until=datetime(2026, 1, 1, tzinfo=UTC))
    deadline = time.monotonic() + 10
    while EngineProcess.objects.filter(lease_until__gt=datetime.now(UTC)).count() != 1:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert studio.wait(studio.admit(maker, {"number": 1})).status == "succeeded"


def test_what_keeps_an_engine_from_joining_is_told_to_who_starts_it(studio, monkeypatch):
    def away(*args):
        raise OperationalError("the database is away")

    monkeypatch.setattr(SqlJournal, "join", away)
    with pytest.raises(OperationalError):
        studio.start(chain())


def test_an_engine_that_cannot_join_anew_tries_again(studio, monkeypatch):
    maker = chain()
    studio.start(maker, lease_seconds=0.3)
    join, failures = SqlJournal.join, [OperationalError("the database system is starting up")]

    def failing(*args):
        if failures:
            raise failures.pop()
        join(*args)

    monkeypatch.setattr(SqlJournal, "join", failing)
    EngineProcess.objects.update(lease_until=datetime(2026, 1, 1, tzinfo=UTC))
    waiting.until(lambda: not failures)
    assert studio.wait(studio.admit(maker, {"number": 1})).status == "succeeded"


def test_a_resumed_run_takes_over_what_was_journaled(studio):
    maker = chain()
    outcomes = iter([returned(value=2), returned(value=4), failed("broken")])
    studio.start(maker, LocalPort({}, lambda call: next(outcomes)))
    first = studio.wait(studio.admit(maker, {"number": 1}))
    assert first.status == "failed"
    studio.stop()
    port = LocalPort({}, doubling)
    studio.start(maker, port)
    second = studio.wait(studio.admit(maker, {"number": 1}, resumed_from=first))
    assert (second.status, second.outputs["out"]["value"]) == ("succeeded", 8)
    assert [node for node, _, _ in port.calls] == ["n2"]
    assert read_view(second.id)["nodes"]["n0"]["state"] == "reused"


def test_outputs_are_reused_within_the_team_when_asked_for(studio):
    maker, port = chain(), LocalPort({}, doubling)
    studio.start(maker, port)
    studio.wait(studio.admit(maker, {"number": 1}, options={"reuse": True}))
    again = studio.wait(studio.admit(maker, {"number": 1}, options={"reuse": True}))
    assert again.outputs["out"]["value"] == 8
    assert len(port.calls) == 3
    fresh = studio.wait(studio.admit(maker, {"number": 1}))
    assert fresh.status == "succeeded"
    assert len(port.calls) == 6


def test_an_effect_leaves_its_row_absorbed(studio):
    maker = PlanMaker()
    maker.module("pay", effect="keyed")
    maker.input("number")
    maker.call("n", "pay", {"value": "number:value"})
    studio.start(maker)
    run = studio.wait(studio.admit(maker, {"number": 1}))
    row = run.invocations.get()
    assert (row.state, row.key, row.kind) == ("absorbed", f"{run.id}/n", "keyed")
    assert json.loads(row.inputs)["value"]["value"] == 1


def test_an_admission_key_admits_one_run(studio):
    maker = chain()
    first = studio.admit(maker, {"number": 1}, admission_key="k")
    assert studio.admit(maker, {"number": 2}, admission_key="k") == first


def test_a_journal_that_was_tampered_with_is_found(studio):
    maker = chain()
    studio.start(maker)
    run = studio.wait(studio.admit(maker, {"number": 1}))
    call_command("audit_journal", stdout=io.StringIO())
    run.events.filter(seq=4).update(data=run.events.get(seq=3).data)
    run.events.filter(seq=5).delete()
    told = io.StringIO()
    with pytest.raises(CommandError, match="1 of 1"):
        call_command("audit_journal", stdout=told)
    assert "ends n0, which invocation_completed ended before" in told.getvalue()
    assert "event 6 follows event 4" in told.getvalue()


def test_events_whose_run_is_gone_are_found(studio):
    maker = chain()
    studio.start(maker)
    run = studio.wait(studio.admit(maker, {"number": 1}))
    Run.objects.filter(pk=run.pk)._raw_delete("default")
    told = io.StringIO()
    with pytest.raises(CommandError, match="1 of 1"):
        call_command("audit_journal", stdout=told)
    assert told.getvalue() == f"{run.pk}: there are events, and no run.\n"


def test_a_run_that_cannot_be_restored_for_a_moment_goes_on(studio):
    maker = chain()
    failures = iter([OSError("the disk is away")] * 2)

    def read_contract(digest):
        if error := next(failures, None):
            raise error
        return maker.read_contract(digest)

    studio.start(SimpleNamespace(read_contract=read_contract))
    assert studio.wait(studio.admit(maker, {"number": 1})).status == "succeeded"


def test_a_run_that_can_never_be_restored_ends_in_quarantine(studio, monkeypatch):
    monkeypatch.setattr(coordinator, "LOOK_SECONDS", 0.01)
    maker = chain()
    studio.start(SimpleNamespace(read_contract={}.__getitem__))
    run = studio.wait(studio.admit(maker, {"number": 1}), lambda run: run.status == "quarantined")
    assert [event.type for event in run.events.order_by("seq")] == ["run_created", "run_quarantined"]
    assert run.owner_id is None
    assert [check for _, check in audit_runs(Run.objects.all())] == [[]]


def test_a_run_of_which_nothing_can_be_read_fails_and_says_so(studio, monkeypatch):
    monkeypatch.setattr(coordinator, "LOOK_SECONDS", 0.01)
    studio.start(SimpleNamespace(read_contract={}.__getitem__))
    run = studio.wait(admit_unreadable(studio))
    assert (run.status, run.error["name"]) == ("failed", "system.contract")


@pytest.mark.parametrize("is_running", [True, False])
def test_a_run_whose_inputs_cannot_be_read_fails_and_says_so(studio, is_running):
    maker = chain()
    if is_running:
        studio.start(maker)
    run = admit_unreadable(studio)
    if not is_running:
        studio.start(maker)
    run = studio.wait(run)
    assert (run.status, run.error["name"]) == ("failed", "system.contract")
    assert "cannot be read" in run.error["message"]
    assert [check for _, check in audit_runs(Run.objects.all())] == [[]]


def admit_unreadable(studio) -> Run:
    admission = Admission(
        team=studio.team,
        plan=chain().plan(),
        title="Test",
        actor="system:test",
        actor_name="Test",
        inputs={"number": ["no envelope"]},
    )
    return admit_run(admission)[0]


def test_what_a_run_was_told_before_its_claim_counts(studio):
    maker = chain()
    run = studio.admit(maker, {"number": 1})
    send_signal(run, kind="cancel", actor="system:test")
    studio.start(maker, SlowPort(doubling, 30))
    assert studio.wait(run).status == "cancelled"


def test_more_runs_than_there_is_room_for_are_carried_out_in_their_turn(studio):
    maker = chain()
    studio.start(maker, runs_at_once=2)
    with transaction.atomic():
        runs = [studio.admit(maker, {"number": number}) for number in range(7)]
    assert [studio.wait(run).outputs["out"]["value"] for run in runs] == [8 * number for number in range(7)]
    assert {run.epoch for run in Run.objects.all()} == {1}


def test_what_was_claimed_and_told_is_not_forgotten_where_reading_fails(studio, monkeypatch):
    maker = waits(name="go", schema=True, deadline_seconds=600)
    studio.start(maker)
    run = studio.wait(studio.admit(maker, {"number": 1}), lambda run: run.status == "waiting")
    told, failures = SqlJournal._told, iter([OperationalError("away")] * 2)

    def failing(*args):
        if error := next(failures, None):
            raise error
        return told(*args)

    monkeypatch.setattr(SqlJournal, "_told", failing)
    assert send_signal(run, kind="signal", actor="system:test", data={"name": "go", "value": 21})
    assert studio.wait(run).outputs["out"]["value"] == 42


def test_a_claim_whose_run_cannot_be_read_is_none(studio, monkeypatch):
    admitted, failures = SqlJournal._admitted, iter([OperationalError("away")])

    def failing(*args):
        if error := next(failures, None):
            raise error
        return admitted(*args)

    monkeypatch.setattr(SqlJournal, "_admitted", failing)
    maker = chain()
    studio.start(maker)
    assert studio.wait(studio.admit(maker, {"number": 1})).status == "succeeded"
