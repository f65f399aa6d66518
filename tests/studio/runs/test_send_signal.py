"""Giving a run the signal that one of its nodes waits for."""

from typing import Any

import pytest

from studio.audit.models import AuditEntry
from studio.graphs.actions.create_graph import create_graph
from studio.runs.models import Run, Signal
from tests.studio.cast import Person, gid
from tests.studio.runs.conftest import is_waiting
from tests.support.studio import running_engine, settled


def test_a_signal_is_kept_for_the_run(author: Person, asked: Run) -> None:
    assert author.do("sendSignal", run=gid(asked), name="go", value=3)["__typename"] == "SendSignalDone"
    signal = Signal.objects.get()
    assert (signal.kind, signal.data) == ("signal", {"name": "go", "value": 3})
    entry = AuditEntry.objects.get(action="send_signal")
    assert (entry.actor, entry.after) == (author.user.actor, {"signal": "go"})


@pytest.mark.django_db(transaction=True)
def test_a_signal_ends_its_wait(author: Person, reviewer: Person, asked: Run) -> None:
    with running_engine():
        settled(asked, is_waiting)
        author.do("sendSignal", run=gid(asked), name="go", value=3)
        reviewer.do("decideWait", run=gid(asked), node="ok", verdict="APPROVED", form={"note": ""})
        run = settled(asked)
    assert (run.status, run.outputs["went"]["value"]) == ("succeeded", 3)


@pytest.mark.parametrize(
    ("given", "path"), [({"name": "stop", "value": 1}, "/name"), ({"name": "go", "value": "x"}, "/value")]
)
def test_a_signal_must_be_awaited_and_fit(
    author: Person, asked: Run, given: dict[str, Any], path: str
) -> None:
    done = author.do("sendSignal", run=gid(asked), **given)
    assert (done["__typename"], done["problems"][0]["path"]) == ("Invalid", path)
    assert not Signal.objects.exists()


@pytest.mark.parametrize("value", [float("nan"), 10**30, "b\0"])
def test_what_is_no_value_between_nodes_is_no_signal(author: Person, value: Any) -> None:
    document = {
        "format": "lamina/graph@1",
        "title": "Any",
        "nodes": {"go": {"kind": "signal", "name": "go", "schema": True, "deadline_seconds": 60}},
        "edges": {},
    }
    graph = create_graph(author.viewer, team="text", title="Any", document=document).graph
    done = author.do("startRun", "run { id }", graph=gid(graph))
    refused = author.do("sendSignal", run=done["run"]["id"], name="go", value=value)
    assert (refused["__typename"], refused["problems"][0]["path"]) == ("Invalid", "/value")
    assert not Signal.objects.exists()


def test_an_ended_run_takes_no_signal(author: Person, asked: Run) -> None:
    Run.objects.update(status="failed")
    done = author.do("sendSignal", run=gid(asked), name="go", value=3)
    assert (done["__typename"], done["current"]) == ("Conflict", "failed")


def test_who_may_start_no_run_may_not(watcher: Person, reviewer: Person, asked: Run) -> None:
    for person in (watcher, reviewer):
        assert person.do("sendSignal", run=gid(asked), name="go", value=3)["__typename"] == "Forbidden"


def test_the_outsider_may_not(outsider: Person, asked: Run) -> None:
    assert outsider.do("sendSignal", run=gid(asked), name="go", value=3)["__typename"] == "NotFound"
    assert not Signal.objects.exists()
