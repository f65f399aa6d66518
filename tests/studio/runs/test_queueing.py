"""The row of a queued run, which does not go through the ORM."""

from datetime import UTC, datetime

from studio.runs.admission import Group
from studio.runs.models import Run
from tests.executors.engine.test_a_graph import chain


def test_what_admission_returns_is_the_row(studio):
    deadline = datetime(2030, 1, 31, 9, tzinfo=UTC)
    group = Group("accounts", 2)
    given = {"options": {"reuse": "off"}, "parameters": {"p": [1.0]}, "priority": 3, "admission_key": "k"}
    run = studio.admit(chain(), {"number": 1}, deadline_at=deadline, group=group, **given)
    kept = Run.objects.get(pk=run.pk)
    assert run.get_deferred_fields() == set()
    for field in Run._meta.concrete_fields:
        assert getattr(run, field.attname) == getattr(kept, field.attname), field.name
    assert (run.team, run._state.adding, run._state.db) == (kept.team, False, "default")


def test_what_admission_returns_can_be_saved_again(studio):
    run = studio.admit(chain(), {"number": 1})
    run.title = "Another title"
    run.save(update_fields=["title"])
    run.refresh_from_db()
    assert (run.title, Run.objects.count()) == ("Another title", 1)
