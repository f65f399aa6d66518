"""Having a run start nothing new."""

import pytest

from studio.audit.models import AuditEntry
from studio.runs.models import Run, Signal
from tests.studio.cast import Person, gid
from tests.studio.runs.conftest import is_waiting
from tests.support.studio import running_engine, settled


@pytest.mark.django_db(transaction=True)
def test_a_paused_run_starts_nothing_until_it_is_let_go_on(author: Person, asked: Run) -> None:
    with running_engine():
        settled(asked, is_waiting)
        author.do("pauseRun", "run { id }", run=gid(asked))
        settled(asked, lambda run: run.status == "paused")
        author.do("sendSignal", run=gid(asked), name="go", value=3)
        author.do("continueRun", "run { id }", run=gid(asked))
        settled(asked, is_waiting)
    kinds = list(asked.events.order_by("seq").values_list("type", flat=True))
    assert kinds.index("run_paused") < kinds.index("run_resumed") < kinds.index("wait_closed")
    assert AuditEntry.objects.get(action="pause_run").object_id == str(asked.pk)


@pytest.mark.parametrize("status", ["paused", "quarantined", "cancelling", "succeeded"])
def test_what_stands_still_is_not_paused(author: Person, asked: Run, status: str) -> None:
    Run.objects.update(status=status)
    done = author.do("pauseRun", run=gid(asked))
    assert (done["__typename"], done["current"]) == ("Conflict", status)
    assert not Signal.objects.exists()


def test_another_member_may_not(reviewer: Person, asked: Run) -> None:
    assert reviewer.do("pauseRun", run=gid(asked))["__typename"] == "Forbidden"
    assert not Signal.objects.exists()


def test_the_outsider_may_not(outsider: Person, asked: Run) -> None:
    assert outsider.do("pauseRun", run=gid(asked))["__typename"] == "NotFound"
    assert not Signal.objects.exists()
