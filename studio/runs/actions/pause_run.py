"""Have a run start nothing new until somebody lets it go on; what is under way comes to its end."""

from uuid import UUID

from studio.announcements import announce
from studio.audit.actions.append_entry import append_entry
from studio.refusals import require
from studio.runs.errors import is_over, stands_still
from studio.runs.models import Run
from studio.runs.policies import may_pause_run
from studio.runs.queries import require_run
from studio.runs.signals import send_signal
from studio.teams.viewer import Viewer
from studio.writing import writing

STILL = ("paused", "quarantined", "cancelling")


def pause_run(viewer: Viewer, *, run: UUID) -> Run:
    """Raises `NotFound`, `Forbidden`, `Conflict` (it has ended, or stands still already)."""
    with writing():
        found = require_run(viewer, run)
        require(may_pause_run(viewer, found))
        if found.is_finished:
            raise is_over(found.status)
        if found.status in STILL:
            raise stands_still(found.status)
        send_signal(found, kind="pause", actor=viewer.actor)
        append_entry(viewer, "pause_run", object=found.title, object_id=found.pk, team=found.team_id)
        announce("run", found.pk, found.team_id)
    return found
