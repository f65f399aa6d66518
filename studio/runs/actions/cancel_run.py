"""Ask a run to end; it is cancelled once its started effects have settled."""

from uuid import UUID

from studio.announcements import announce
from studio.audit.actions.append_entry import append_entry
from studio.refusals import require
from studio.runs.errors import is_over
from studio.runs.models import Run
from studio.runs.policies import may_cancel_run
from studio.runs.queries import require_run
from studio.runs.signals import send_signal
from studio.teams.viewer import Viewer
from studio.writing import writing


def cancel_run(viewer: Viewer, *, run: UUID, reason: str = "") -> Run:
    """Raises `NotFound`, `Forbidden`, `Conflict` (it has ended). Asking twice is asking once."""
    with writing():
        found = require_run(viewer, run)
        require(may_cancel_run(viewer, found))
        if found.is_finished:
            raise is_over(found.status)
        data = {"reason": reason[:500]} if reason else {}
        if send_signal(found, kind="cancel", actor=viewer.actor, data=data, dedupe="cancel"):
            append_entry(
                viewer,
                "cancel_run",
                object=found.title,
                object_id=found.pk,
                team=found.team_id,
                reason=reason[:500],
            )
            announce("run", found.pk, found.team_id)
    return found
