import pytest

from tests.studio.cast import Person, gid
from tests.studio.runs.asking import asking_graph, started
from tests.support.studio import running_engine, settled


def test_nothing_is_decided_before_it_is_asked(reviewer: Person, author: Person) -> None:
    run = started(author, asking_graph(author))
    done = reviewer.do("decideWait", run=gid(run), node="ok", verdict="REFUSED")
    assert done["__typename"] == "Conflict"
    assert reviewer.do("decideWait", run=gid(run), node="n", verdict="REFUSED")["__typename"] == "NotFound"


@pytest.mark.django_db(transaction=True)
def test_a_decision_and_a_signal_end_their_waits(author: Person, reviewer: Person, watcher: Person) -> None:
    with running_engine():
        run = settled(started(author, asking_graph(author)), lambda run: run.status == "waiting")
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


def test_the_outsider_may_not_decide(author: Person, outsider: Person) -> None:
    run = started(author, asking_graph(author))
    done = outsider.do("decideWait", run=gid(run), node="ok", verdict="APPROVED")
    assert done["__typename"] == "NotFound"
