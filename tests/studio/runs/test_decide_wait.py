"""Taking the decision that an approval waits for."""

import json
from typing import Any

import pytest

from studio.audit.models import AuditEntry
from studio.graphs.models import Graph
from studio.runs.models import Run, Signal
from tests.studio.cast import Person, ask, bearer, gid, query_count
from tests.studio.runs.asking import FORM, asking_graph, started
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


@pytest.mark.django_db(transaction=True)
def test_who_has_decided_is_told_to_wait_for_the_others(author: Person, reviewer: Person) -> None:
    run = started(author, asking_graph(author, count=2))
    given: dict[str, Any] = {"run": gid(run), "node": "ok", "verdict": "APPROVED", "form": {"note": "x"}}
    with running_engine():
        settled(run, is_waiting)
        assert reviewer.do("decideWait", **given)["__typename"] == "DecideWaitDone"
        again = reviewer.do("decideWait", **given)
    assert (again["__typename"], again["problems"][0]["code"]) == ("Conflict", "already_decided")


WAITS = """query($id: ID!) { run(id: $id) { openWaits {
  node kind form name schema count viewerMayNot decisions { actor actorName verdict } } } }"""


@pytest.mark.django_db(transaction=True)
def test_a_run_tells_what_it_waits_for_and_who_has_decided(
    author: Person, reviewer: Person, watcher: Person
) -> None:
    run = started(author, asking_graph(author, count=2))

    def waits(person: Person) -> dict[str, dict[str, Any]]:
        return {wait["node"]: wait for wait in person.ask(WAITS, id=gid(run))["data"]["run"]["openWaits"]}

    with running_engine():
        settled(run, is_waiting)
        assert Run.objects.get(pk=run.pk).counters == {"waiting": 2}
        asked = waits(reviewer)
        assert asked.keys() == {"ok", "go"}
        assert (asked["ok"]["kind"], asked["ok"]["count"], asked["ok"]["form"]) == ("APPROVAL", 2, FORM)
        assert (asked["go"]["kind"], asked["go"]["name"]) == ("SIGNAL", "go")
        assert asked["go"]["schema"] == {"type": "integer"}
        assert asked["ok"]["decisions"] == []
        assert asked["ok"]["viewerMayNot"] is None
        assert "reviewer" in waits(watcher)["ok"]["viewerMayNot"]
        reviewer.do("decideWait", run=gid(run), node="ok", verdict="APPROVED", form={"note": "x"})
        told = {"actor": reviewer.user.actor, "actorName": reviewer.user.name, "verdict": "APPROVED"}
        assert waits(watcher)["ok"]["decisions"] == [told]
        assert waits(reviewer)["ok"]["viewerMayNot"].startswith("You have decided.")
        author.do("sendSignal", run=gid(run), name="go", value=3)
        settled(run, lambda run: run.events.filter(type="wait_closed").exists())
        assert waits(reviewer).keys() == {"ok"}


def test_a_run_that_waits_for_nothing_says_so(reviewer: Person, asked: Run) -> None:
    assert reviewer.ask(WAITS, id=gid(asked))["data"]["run"]["openWaits"] == []


APPROVABLE = "{ runs(first: 9, approvable: true) { edges { node { id } } } }"


def test_runs_are_found_by_who_may_approve_in_them(
    author: Person, reviewer: Person, watcher: Person, outsider: Person, asked: Run, counting: Graph
) -> None:
    started(author, counting, inputs={"text": "to be"})

    def found(person: Person) -> list[str]:
        return [edge["node"]["id"] for edge in person.ask(APPROVABLE)["data"]["runs"]["edges"]]

    assert found(reviewer) == [gid(asked)]
    assert [found(person) for person in (author, watcher, outsider)] == [[], [], []]
    started(author, asking_graph(author, count=3))
    first = query_count(reviewer, APPROVABLE)
    again = query_count(reviewer, APPROVABLE)
    assert len(found(reviewer)) == 2
    assert again <= first
    assert reviewer.ask(APPROVABLE.replace("true", "false"))["data"]["runs"]["edges"][2:]
