"""Cancelling, resuming, deciding and signalling; runs that are looked into."""

from typing import Any

import pytest

from studio.api.nodes import split_id
from studio.audit.models import AuditEntry
from studio.graphs.actions.create_graph import create_graph
from studio.graphs.models import Graph
from studio.runs.models import Run, Signal
from tests.studio.cast import Person, gid
from tests.support.studio import running_engine, settled

NUMBER = {"media": "json", "schema": {"type": "integer"}}
FORM = {
    "type": "object",
    "properties": {"note": {"type": "string"}},
    "required": ["note"],
    "additionalProperties": False,
}


@pytest.fixture
def asking(author: Person) -> Graph:
    """n → approval → n, and beside it a signal."""
    document = {
        "format": "lamina/graph@1",
        "title": "Ask",
        "nodes": {
            "n": {"kind": "input", "name": "n", "port": NUMBER},
            "ok": {
                "kind": "approval",
                "who": {"roles": ["reviewer"]},
                "prompt": "Go on?",
                "form": FORM,
                "deadline_seconds": 3600,
            },
            "go": {
                "kind": "signal",
                "name": "go",
                "schema": {"type": "integer"},
                "deadline_seconds": 3600,
            },
            "out": {"kind": "output", "name": "decision"},
            "went": {"kind": "output", "name": "went"},
        },
        "edges": {"n:value>ok:value": {}, "ok:decision>out:value": {}, "go:value>went:value": {}},
    }
    return create_graph(author.viewer, team="text", title="Ask", document=document).graph


def started(person: Person, graph: Graph, **given: Any) -> Run:
    done = person.do("startRun", "run { id }", graph=gid(graph), inputs={"n": 1}, **given)
    found = split_id(done["run"]["id"])
    assert found is not None
    return Run.objects.get(pk=found[1])


def test_a_run_is_cancelled_once(author: Person, asking: Graph) -> None:
    run = started(author, asking)
    for _ in range(2):
        done = author.do("cancelRun", "run { id }", run=gid(run), reason="Wrong number")
        assert done["__typename"] == "CancelRunDone"
    assert Signal.objects.get().data == {"reason": "Wrong number"}
    assert AuditEntry.objects.get(action="cancel_run").reason == "Wrong number"


def test_an_ended_run_is_not_cancelled(author: Person, asking: Graph) -> None:
    run = started(author, asking)
    Run.objects.update(status="failed")
    done = author.do("cancelRun", run=gid(run))
    assert (done["__typename"], done["current"]) == ("Conflict", "failed")


def test_anothers_run_is_cancelled_by_operators_alone(
    owner: Person, reviewer: Person, author: Person, asking: Graph
) -> None:
    run = started(author, asking)
    assert reviewer.do("cancelRun", run=gid(run))["__typename"] == "Forbidden"
    assert owner.do("cancelRun", run=gid(run))["__typename"] == "CancelRunDone"


def test_the_outsider_may_not_steer(author: Person, outsider: Person, asking: Graph) -> None:
    run = gid(started(author, asking))
    for mutation, given in (
        ("cancelRun", {}),
        ("resumeRun", {}),
        ("decideWait", {"node": "ok", "verdict": "APPROVED"}),
        ("sendSignal", {"name": "go"}),
    ):
        assert outsider.do(mutation, run=run, **given)["__typename"] == "NotFound", mutation
    assert not Signal.objects.exists()


def test_a_failed_run_is_resumed_as_a_new_one(author: Person, asking: Graph) -> None:
    run = started(author, asking)
    assert author.do("resumeRun", run=gid(run))["__typename"] == "Conflict"
    Run.objects.update(status="failed")
    first = author.do("resumeRun", "run { id resumedFrom { id } inputs }", run=gid(run), idempotencyKey="r")
    assert first["run"]["resumedFrom"]["id"] == gid(run)
    assert first["run"]["inputs"]["n"]["value"] == 1
    again = author.do("resumeRun", "run { id }", run=gid(run), idempotencyKey="r")
    assert again["run"]["id"] == first["run"]["id"]
    assert Run.objects.get(pk=run.pk).status == "failed"


def test_a_run_that_succeeded_is_not_resumed(author: Person, asking: Graph) -> None:
    run = started(author, asking)
    Run.objects.update(status="succeeded")
    assert author.do("resumeRun", run=gid(run))["__typename"] == "Conflict"


def test_nothing_is_decided_before_it_is_asked(reviewer: Person, author: Person, asking: Graph) -> None:
    run = started(author, asking)
    done = reviewer.do("decideWait", run=gid(run), node="ok", verdict="REFUSED")
    assert done["__typename"] == "Conflict"
    assert reviewer.do("decideWait", run=gid(run), node="n", verdict="REFUSED")["__typename"] == "NotFound"


def test_a_signal_must_be_awaited_and_fit(author: Person, asking: Graph) -> None:
    run = gid(started(author, asking))
    assert author.do("sendSignal", run=run, name="stop", value=1)["problems"][0]["path"] == "/name"
    assert author.do("sendSignal", run=run, name="go", value="x")["problems"][0]["path"] == "/value"
    assert author.do("sendSignal", run=run, name="go", value=3)["__typename"] == "SendSignalDone"


@pytest.mark.django_db(transaction=True)
def test_a_decision_and_a_signal_end_their_waits(
    author: Person, reviewer: Person, watcher: Person, asking: Graph
) -> None:
    with running_engine():
        run = settled(started(author, asking), lambda run: run.status == "waiting")
        decide = {"run": gid(run), "node": "ok", "verdict": "APPROVED"}
        assert watcher.do("decideWait", **decide, form={"note": "x"})["__typename"] == "Forbidden"
        assert reviewer.do("decideWait", **decide)["problems"][0]["path"].startswith("/form")
        done = reviewer.do("decideWait", "run { id }", **decide, form={"note": "fine"})
        assert done["__typename"] == "DecideWaitDone"
        assert reviewer.do("decideWait", **decide, form={"note": "again"})["__typename"] == "Conflict"
        author.do("sendSignal", run=gid(run), name="go", value=3)
        run = settled(run)
    assert run.status == "succeeded"
    assert run.outputs["went"]["value"] == 3
    assert run.outputs["decision"]["value"]["form"] == {"note": "fine"}
    assert run.outputs["decision"]["value"]["by"] == [reviewer.user.actor]


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_run_ends_cancelled(author: Person, asking: Graph) -> None:
    with running_engine():
        run = settled(started(author, asking), lambda run: run.status == "waiting")
        author.do("cancelRun", run=gid(run))
        assert settled(run).status == "cancelled"
