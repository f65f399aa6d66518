"""Let a run go on that was paused, or that was taken out of the way because it did not get on."""

from uuid import UUID

from studio.announcements import announce
from studio.audit.actions.append_entry import append_entry
from studio.refusals import require
from studio.runs.errors import goes_on, is_over
from studio.runs.models import Run
from studio.runs.policies import may_continue_run
from studio.runs.queries import require_run
from studio.runs.signals import send_signal
from studio.teams.viewer import Viewer
from studio.writing import writing


def continue_run(viewer: Viewer, *, run: UUID) -> Run:
    """Raises `NotFound`, `Forbidden`, `Conflict` (it has ended, or goes on already)."""
    with writing():
        found = require_run(viewer, run)
        require(may_continue_run(viewer, found))
        if found.is_finished:
            raise is_over(found.status)
        if found.status not in ("paused", "quarantined"):
            raise goes_on(found.status)
        send_signal(found, kind="resume", actor=viewer.actor)
        append_entry(viewer, "continue_run", object=found.title, object_id=found.pk, team=found.team_id)
        announce("run", found.pk, found.team_id)
    return found
