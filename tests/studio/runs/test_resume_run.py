"""Starting a new run that takes over what an ended one has done."""

import pytest

from studio.audit.models import AuditEntry
from studio.catalog.models import ModuleVersion
from studio.graphs.models import Graph
from studio.runs.actions.start_run import start_run
from studio.runs.models import Run
from tests.studio.cast import Person, counting_graph, gid
from tests.support.studio import running_engine, settled

DONE = "run { id resumedFrom { id } inputs plan }"


def test_a_failed_run_is_resumed_as_a_new_one(author: Person, asked: Run) -> None:
    Run.objects.update(status="failed")
    run = author.do("resumeRun", DONE, run=gid(asked))["run"]
    assert run["resumedFrom"]["id"] == gid(asked)
    assert run["inputs"]["n"]["value"] == 1
    fresh = Run.objects.exclude(pk=asked.pk).get()
    assert (fresh.status, fresh.plan_id, fresh.graph_id) == ("queued", asked.plan_id, asked.graph_id)
    assert Run.objects.get(pk=asked.pk).status == "failed"
    assert AuditEntry.objects.get(action="resume_run").object_id == str(fresh.pk)


def test_the_same_key_is_the_same_run(author: Person, asked: Run) -> None:
    Run.objects.update(status="cancelled")
    first, again = (
        author.do("resumeRun", DONE, run=gid(asked), idempotencyKey="r")["run"]["id"] for _ in range(2)
    )
    assert first == again
    assert AuditEntry.objects.filter(action="resume_run").count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_was_done_is_taken_over(author: Person, counting: Graph, released: ModuleVersion) -> None:
    document = counting_graph()
    document["nodes"]["go"] = {
        "kind": "signal",
        "name": "go",
        "schema": {"type": "integer"},
        "deadline_seconds": 3600,
    }
    document["nodes"]["went"] = {"kind": "output", "name": "went"}
    document["edges"]["go:value>went:value"] = {}
    run = start_run(author.viewer, graph=counting.pk, document=document, inputs={"text": "to be"})
    with running_engine():
        settled(run, lambda run: run.status == "waiting")
        author.do("cancelRun", run=gid(run))
        assert settled(run).status == "cancelled"
        author.do("resumeRun", run=gid(run))
        second = Run.objects.exclude(pk=run.pk).get()
        settled(second, lambda run: run.status == "waiting")
        author.do("sendSignal", run=gid(second), name="go", value=3)
        assert settled(second).status == "succeeded"
    reused = second.events.get(type="invocation_completed", data__contains='"count"')
    assert f'"run":"{run.pk}"' in reused.data.replace(" ", "")
    assert second.outputs["counts"]["value"] == {"be": 1, "to": 1}


@pytest.mark.parametrize("status", ["queued", "running", "waiting", "paused", "succeeded"])
def test_no_other_run_is_resumed(author: Person, asked: Run, status: str) -> None:
    Run.objects.update(status=status)
    done = author.do("resumeRun", run=gid(asked))
    assert (done["__typename"], done["current"]) == ("Conflict", status)
    assert Run.objects.count() == 1


def test_who_may_start_no_run_may_not(watcher: Person, reviewer: Person, asked: Run) -> None:
    Run.objects.update(status="failed")
    for person in (watcher, reviewer):
        assert person.do("resumeRun", run=gid(asked))["__typename"] == "Forbidden"


def test_the_outsider_may_not(outsider: Person, asked: Run) -> None:
    Run.objects.update(status="failed")
    assert outsider.do("resumeRun", run=gid(asked))["__typename"] == "NotFound"
    assert Run.objects.count() == 1
