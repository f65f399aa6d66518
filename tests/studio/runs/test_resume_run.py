from studio.runs.models import Run
from tests.studio.cast import Person, gid
from tests.studio.runs.asking import asking_graph, started


def test_a_failed_run_is_resumed_as_a_new_one(author: Person) -> None:
    run = started(author, asking_graph(author))
    assert author.do("resumeRun", run=gid(run))["__typename"] == "Conflict"
    Run.objects.update(status="failed")
    first = author.do("resumeRun", "run { id resumedFrom { id } inputs }", run=gid(run), idempotencyKey="r")
    assert first["run"]["resumedFrom"]["id"] == gid(run)
    assert first["run"]["inputs"]["n"]["value"] == 1
    again = author.do("resumeRun", "run { id }", run=gid(run), idempotencyKey="r")
    assert again["run"]["id"] == first["run"]["id"]
    assert Run.objects.get(pk=run.pk).status == "failed"


def test_a_run_that_succeeded_is_not_resumed(author: Person) -> None:
    run = started(author, asking_graph(author))
    Run.objects.update(status="succeeded")
    assert author.do("resumeRun", run=gid(run))["__typename"] == "Conflict"


def test_who_may_only_look_resumes_nothing(author: Person, watcher: Person) -> None:
    run = started(author, asking_graph(author))
    Run.objects.update(status="failed")
    assert watcher.do("resumeRun", run=gid(run))["__typename"] == "Forbidden"


def test_the_outsider_may_not_resume(author: Person, outsider: Person) -> None:
    run = started(author, asking_graph(author))
    Run.objects.update(status="failed")
    assert outsider.do("resumeRun", run=gid(run))["__typename"] == "NotFound"
    assert Run.objects.count() == 1
