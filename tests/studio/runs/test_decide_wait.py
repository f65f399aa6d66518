"""Taking the decision that an approval waits for."""

import json
from typing import Any

import pytest

from studio.audit.models import AuditEntry
from studio.runs.models import Run, Signal
from tests.studio.cast import Person, ask, bearer, gid
from tests.studio.runs.conftest import is_waiting
from tests.support.studio import running_engine, settled

DECIDE = "mutation($input: DecideWaitInput!) { decideWait(input: $input) { __typename } }"


@pytest.mark.django_db(transaction=True)
def test_an_approval_is_decided_once_by_whoever_is_asked(
    author: Person, reviewer: Person, watcher: Person, asked: Run
) -> None:
    given: dict[str, Any] = {"run": gid(asked), "node": "ok", "verdict": "APPROVED"}
    with running_engine():
        settled(asked, is_waiting)
        for person in (watcher, author):
            assert person.do("decideWait", **given, form={"note": "x"})["__typename"] == "Forbidden"
        assert reviewer.do("decideWait", **given)["problems"][0]["path"].startswith("/form")
        assert not Signal.objects.exists()
        done = reviewer.do("decideWait", "run { id }", **given, form={"note": "fine"})
        assert done["__typename"] == "DecideWaitDone"
        assert reviewer.do("decideWait", **given, form={"note": "again"})["__typename"] == "Conflict"
        author.do("sendSignal", run=gid(asked), name="go", value=3)
        run = settled(asked)
    assert run.status == "succeeded"
    assert run.outputs["decision"]["value"]["form"] == {"note": "fine"}
    assert run.outputs["decision"]["value"]["by"] == [reviewer.user.actor]
    entry = AuditEntry.objects.get(action="decide_wait")
    assert (entry.actor, entry.after) == (
        reviewer.user.actor,
        {"node": "ok", "index": [], "verdict": "approved"},
    )


@pytest.mark.django_db(transaction=True)
def test_who_refuses_need_not_fill_in_the_form(reviewer: Person, asked: Run) -> None:
    with running_engine():
        settled(asked, is_waiting)
        reviewer.do("decideWait", run=gid(asked), node="ok", verdict="REFUSED")
        settled(asked, lambda run: run.events.filter(type="wait_closed").exists())
    assert json.loads(asked.events.get(type="wait_closed").data)["outcome"] == "refused"


def test_nothing_is_decided_before_it_is_asked(reviewer: Person, asked: Run) -> None:
    done = reviewer.do("decideWait", run=gid(asked), node="ok", verdict="REFUSED")
    assert (done["__typename"], done["problems"][0]["code"]) == ("Conflict", "no_open_wait")


def test_nothing_is_decided_after_the_end(reviewer: Person, asked: Run) -> None:
    Run.objects.update(status="cancelled")
    done = reviewer.do("decideWait", run=gid(asked), node="ok", verdict="REFUSED")
    assert (done["__typename"], done["current"]) == ("Conflict", "cancelled")


@pytest.mark.parametrize("node", ["n", "go", "nothing", ""])
def test_a_node_that_asks_nothing_is_not_found(reviewer: Person, asked: Run, node: str) -> None:
    done = reviewer.do("decideWait", run=gid(asked), node=node, verdict="REFUSED")
    assert done["__typename"] == "NotFound"


def test_no_token_decides(reviewer: Person, asked: Run) -> None:
    given = {"run": gid(asked), "node": "ok", "verdict": "APPROVED"}
    answer = ask(bearer(reviewer, "admin", "reviewer"), DECIDE, input=given)
    assert answer["data"]["decideWait"]["__typename"] == "Forbidden"


def test_the_outsider_may_not(outsider: Person, asked: Run) -> None:
    done = outsider.do("decideWait", run=gid(asked), node="ok", verdict="APPROVED")
    assert done["__typename"] == "NotFound"
    assert not Signal.objects.exists()
