from typing import Any

import pytest

from studio.catalog.models import ModuleVersion
from studio.runs.models import Run
from tests.studio.cast import Person, gid
from tests.support.studio import running_engine, settled

DONE = "run { id title document }"


def attempt(person: Person, version: ModuleVersion, **given: Any) -> dict[str, Any]:
    return person.do("tryModule", DONE, version=gid(version), **given)


def test_a_draft_is_tried_by_itself(author: Person, draft: ModuleVersion) -> None:
    done = attempt(author, draft, inputs={"text": "to be"}, config={"min_length": 1})
    assert done["__typename"] == "TryModuleDone", done
    node = done["run"]["document"]["nodes"]["module"]
    assert (node["bundle"], node["config"]) == (draft.bundle_id, {"min_length": 1})
    assert Run.objects.get().team == author.team


@pytest.mark.django_db(transaction=True)
def test_what_it_gives_is_the_run_s_output(author: Person, draft: ModuleVersion) -> None:
    attempt(author, draft, inputs={"text": "to be"})
    with running_engine():
        run = settled(Run.objects.get())
    assert run.status == "succeeded", run.error
    assert run.outputs["counts"]["value"] == {"be": 1, "to": 1}


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"inputs": {}}, "/inputs/text"),
        ({"inputs": {"text": 7}}, "/inputs/text"),
        ({"inputs": [7]}, "/inputs"),
        ({"inputs": {"text": "a"}, "config": {"min_length": 0}}, "/nodes/module/config"),
    ],
)
def test_what_does_not_fit_says_where(
    author: Person, draft: ModuleVersion, given: dict[str, Any], place: str
) -> None:
    done = attempt(author, draft, **given)
    assert done["__typename"] == "Invalid"
    assert done["problems"][0]["path"].startswith(place)
    assert not Run.objects.exists()


def test_who_may_only_look_tries_nothing(watcher: Person, draft: ModuleVersion) -> None:
    assert attempt(watcher, draft, inputs={"text": "a"})["__typename"] == "Forbidden"


def test_the_outsider_may_not_try(outsider: Person, draft: ModuleVersion) -> None:
    assert attempt(outsider, draft, inputs={"text": "a"})["__typename"] == "NotFound"
    assert not Run.objects.exists()
