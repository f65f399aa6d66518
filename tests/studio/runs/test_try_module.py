"""Running one version by itself."""

from typing import Any

import pytest

from studio.audit.models import AuditEntry
from studio.catalog.models import ModuleVersion
from studio.runs.models import Run
from tests.studio.cast import Person, gid
from tests.support.studio import running_engine, settled

TEXT = {"text": "to be to"}


@pytest.mark.django_db(transaction=True)
def test_a_released_version_answers_by_port(author: Person, released: ModuleVersion) -> None:
    with running_engine():
        author.do("tryModule", version=gid(released), inputs=TEXT, config={"min_length": 2})
        run = settled(Run.objects.get())
    assert run.status == "succeeded"
    assert run.outputs["counts"]["value"] == {"be": 1, "to": 2}


def test_a_try_belongs_to_the_modules_team(author: Person, released: ModuleVersion) -> None:
    done = author.do("tryModule", "run { title status graph { id } }", version=gid(released), inputs=TEXT)
    assert done["run"] == {"title": "Try text/word-count@1.2.0", "status": "QUEUED", "graph": None}
    run = Run.objects.get()
    assert run.team == author.team
    entry = AuditEntry.objects.get(action="start_run")
    assert (entry.actor, entry.object_id) == (author.user.actor, str(run.pk))


def test_a_candidate_is_tried_by_its_bundle(author: Person, draft: ModuleVersion) -> None:
    done = author.do("tryModule", "run { lock }", version=gid(draft), inputs=TEXT)
    (locked,) = done["run"]["lock"]["versions"].values()
    assert locked["bundle"] == draft.bundle_id


def test_a_shared_module_is_tried_in_ones_own_team(outsider: Person, released: ModuleVersion) -> None:
    released.module.is_shared = True
    released.module.save()
    assert outsider.do("tryModule", version=gid(released), inputs=TEXT)["__typename"] == "TryModuleDone"
    assert Run.objects.get().team == outsider.team


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"inputs": {}}, "/inputs/text"),
        ({"inputs": {"text": 7}}, "/inputs/text"),
        ({"inputs": {**TEXT, "more": 1}}, "/inputs/more"),
        ({"inputs": [1]}, "/inputs"),
        ({"inputs": TEXT, "config": [1]}, "/config"),
    ],
)
def test_wrong_input_says_where(
    author: Person, released: ModuleVersion, given: dict[str, Any], path: str
) -> None:
    done = author.do("tryModule", version=gid(released), **given)
    assert (done["__typename"], done["problems"][0]["path"]) == ("Invalid", path)
    assert not Run.objects.exists()


def test_settings_that_do_not_fit_are_invalid(author: Person, released: ModuleVersion) -> None:
    done = author.do("tryModule", version=gid(released), inputs=TEXT, config={"min_length": 0})
    assert (done["__typename"], done["problems"][0]["path"]) == ("Invalid", "/config/min_length")


def test_it_runs_in_the_environment_that_is_named(author: Person, released: ModuleVersion) -> None:
    author.do("tryModule", version=gid(released), inputs=TEXT, environment="staging")
    assert Run.objects.get().environment == "staging"
    done = author.do("tryModule", version=gid(released), inputs=TEXT, environment="No where")
    assert (done["__typename"], done["problems"][0]["path"]) == ("Invalid", "/environment")


def test_who_may_only_look_may_not(watcher: Person, reviewer: Person, released: ModuleVersion) -> None:
    for person in (watcher, reviewer):
        assert person.do("tryModule", version=gid(released), inputs=TEXT)["__typename"] == "Forbidden"


def test_the_outsider_may_not(outsider: Person, released: ModuleVersion) -> None:
    assert outsider.do("tryModule", version=gid(released), inputs=TEXT)["__typename"] == "NotFound"
    assert not Run.objects.exists()
