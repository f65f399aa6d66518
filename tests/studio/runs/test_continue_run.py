"""Letting a run go on that stands still."""

import pytest

from studio.audit.models import AuditEntry
from studio.runs.models import Run, Signal
from tests.executors.engine.test_a_graph import chain
from tests.studio.cast import Person, gid, person


def test_a_quarantined_run_goes_on(studio) -> None:
    operator = person("operator", studio.team, "operator")
    maker = chain()
    run = studio.admit(maker, {"number": 1})
    Run.objects.update(claim_streak=5)
    studio.start(maker)
    assert studio.wait(run, lambda run: run.status == "quarantined").owner_id is None
    operator.do("continueRun", "run { id }", run=gid(run))
    assert studio.wait(run).status == "succeeded"
    assert AuditEntry.objects.get(action="continue_run").object_id == str(run.pk)


@pytest.mark.parametrize("status", ["queued", "running", "waiting", "attention", "failed"])
def test_what_goes_on_by_itself_is_left_alone(author: Person, asked: Run, status: str) -> None:
    Run.objects.update(status=status)
    done = author.do("continueRun", run=gid(asked))
    assert (done["__typename"], done["current"]) == ("Conflict", status)
    assert not Signal.objects.exists()


def test_another_member_may_not(reviewer: Person, asked: Run) -> None:
    Run.objects.update(status="paused")
    assert reviewer.do("continueRun", run=gid(asked))["__typename"] == "Forbidden"
    assert not Signal.objects.exists()


def test_the_outsider_may_not(outsider: Person, asked: Run) -> None:
    Run.objects.update(status="paused")
    assert outsider.do("continueRun", run=gid(asked))["__typename"] == "NotFound"
    assert not Signal.objects.exists()
