import pytest

from studio.audit.models import AuditEntry
from studio.runs.models import Run, Signal
from tests.studio.cast import Person, gid
from tests.studio.runs.asking import asking_graph, started
from tests.support.studio import running_engine, settled


def test_a_run_is_cancelled_once(author: Person) -> None:
    run = started(author, asking_graph(author))
    for _ in range(2):
        done = author.do("cancelRun", "run { id }", run=gid(run), reason="Wrong number")
        assert done["__typename"] == "CancelRunDone"
    assert Signal.objects.get().data == {"reason": "Wrong number"}
    assert AuditEntry.objects.get(action="cancel_run").reason == "Wrong number"


def test_an_ended_run_is_not_cancelled(author: Person) -> None:
    run = started(author, asking_graph(author))
    Run.objects.update(status="failed")
    done = author.do("cancelRun", run=gid(run))
    assert (done["__typename"], done["current"]) == ("Conflict", "failed")


def test_anothers_run_is_cancelled_by_operators_alone(
    owner: Person, reviewer: Person, author: Person
) -> None:
    run = started(author, asking_graph(author))
    assert reviewer.do("cancelRun", run=gid(run))["__typename"] == "Forbidden"
    assert owner.do("cancelRun", run=gid(run))["__typename"] == "CancelRunDone"


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_run_ends_cancelled(author: Person) -> None:
    with running_engine():
        run = settled(started(author, asking_graph(author)), lambda run: run.status == "waiting")
        author.do("cancelRun", run=gid(run))
        assert settled(run).status == "cancelled"


def test_the_outsider_may_not_cancel(author: Person, outsider: Person) -> None:
    run = started(author, asking_graph(author))
    assert outsider.do("cancelRun", run=gid(run))["__typename"] == "NotFound"
    assert not Signal.objects.exists()
