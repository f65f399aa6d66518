from studio.runs.models import Signal
from tests.studio.cast import Person, gid
from tests.studio.runs.asking import asking_graph, started


def test_a_signal_must_be_awaited_and_fit(author: Person) -> None:
    run = gid(started(author, asking_graph(author)))
    assert author.do("sendSignal", run=run, name="stop", value=1)["problems"][0]["path"] == "/name"
    assert author.do("sendSignal", run=run, name="go", value="x")["problems"][0]["path"] == "/value"
    assert author.do("sendSignal", run=run, name="go", value=3)["__typename"] == "SendSignalDone"


def test_who_may_only_look_sends_nothing(author: Person, watcher: Person) -> None:
    run = started(author, asking_graph(author))
    assert watcher.do("sendSignal", run=gid(run), name="go", value=3)["__typename"] == "Forbidden"


def test_the_outsider_may_not_signal(author: Person, outsider: Person) -> None:
    run = started(author, asking_graph(author))
    assert outsider.do("sendSignal", run=gid(run), name="go", value=3)["__typename"] == "NotFound"
    assert not Signal.objects.exists()
