"""Asking a run to end."""

import pytest

from studio.audit.models import AuditEntry
from studio.graphs.models import Graph
from studio.runs.actions.start_run import start_run
from studio.runs.models import Run, Signal
from tests.studio.cast import Person, ask, bearer, gid
from tests.studio.runs.conftest import is_waiting
from tests.support.studio import running_engine, settled

CANCEL = "mutation($input: CancelRunInput!) { cancelRun(input: $input) { __typename } }"


def test_a_run_is_cancelled_once(author: Person, asked: Run) -> None:
    for _ in range(2):
        done = author.do("cancelRun", "run { id }", run=gid(asked), reason="Wrong number")
        assert done["__typename"] == "CancelRunDone"
    assert Signal.objects.get().data == {"reason": "Wrong number"}
    entry = AuditEntry.objects.get(action="cancel_run")
    assert (entry.actor, entry.object, entry.reason) == (author.user.actor, "Ask", "Wrong number")


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_run_ends_cancelled(author: Person, asked: Run) -> None:
    with running_engine():
        run = settled(asked, is_waiting)
        author.do("cancelRun", run=gid(run))
        assert settled(run).status == "cancelled"
    assert run.events.filter(type="run_cancel_requested").exists()


def test_an_ended_run_is_not_cancelled(author: Person, asked: Run) -> None:
    Run.objects.update(status="failed")
    done = author.do("cancelRun", run=gid(asked))
    assert (done["__typename"], done["current"]) == ("Conflict", "failed")
    assert not Signal.objects.exists()


def test_an_operator_cancels_anothers_run(owner: Person, asked: Run) -> None:
    assert owner.do("cancelRun", run=gid(asked))["__typename"] == "CancelRunDone"


def test_another_member_may_not(reviewer: Person, watcher: Person, asked: Run) -> None:
    for person in (reviewer, watcher):
        assert person.do("cancelRun", run=gid(asked))["__typename"] == "Forbidden"
    assert not Signal.objects.exists()


def test_a_token_that_may_only_look_does_not_cancel_its_persons_run(author: Person, asked: Run) -> None:
    answer = ask(bearer(author), CANCEL, input={"run": gid(asked)})
    assert answer["data"]["cancelRun"]["__typename"] == "Forbidden"
    assert not Signal.objects.exists()


def test_a_token_cancels_what_it_started(author: Person, asking: Graph) -> None:
    client = bearer(author, "author")
    start = (
        "mutation($input: StartRunInput!) { startRun(input: $input) { ... on StartRunDone { run { id } } } }"
    )
    run = ask(client, start, input={"graph": gid(asking), "inputs": {"n": 1}})["data"]["startRun"]["run"][
        "id"
    ]
    other = gid(start_run(author.viewer, graph=asking.pk, inputs={"n": 2}))
    assert ask(client, CANCEL, input={"run": run})["data"]["cancelRun"]["__typename"] == "CancelRunDone"
    assert ask(client, CANCEL, input={"run": other})["data"]["cancelRun"]["__typename"] == "Forbidden"


def test_the_outsider_may_not(outsider: Person, asked: Run) -> None:
    assert outsider.do("cancelRun", run=gid(asked))["__typename"] == "NotFound"
    assert not Signal.objects.exists()
