"""Start a new run that takes over what an ended one has done, and does the rest."""

from uuid import UUID

from studio.refusals import require
from studio.runs.admission import Admission
from studio.runs.errors import is_not_over, is_over
from studio.runs.models import Run
from studio.runs.plans import plan_of
from studio.runs.policies import may_resume_run
from studio.runs.queries import require_run
from studio.runs.starting import admitted
from studio.teams.viewer import Viewer


def resume_run(viewer: Viewer, *, run: UUID, idempotency_key: str | None = None) -> Run:
    """The new run, with the same plan, inputs and parameters. The old one stays as it ended.

    Raises `NotFound`, `Forbidden`, `Conflict` (it goes on, or has succeeded).
    """
    old = require_run(viewer, run)
    require(may_resume_run(viewer, old))
    if not old.is_finished:
        raise is_not_over(old.status)
    if old.status == "succeeded":
        raise is_over(old.status)
    admission = Admission(
        team=old.team,
        plan=plan_of(old),
        title=old.title,
        actor=viewer.actor,
        actor_name=viewer.name,
        inputs=old.inputs,
        parameters=old.parameters,
        options={name: value for name, value in old.options.items() if name != "from"},
        graph_document=None if old.graph_document is None else old.graph_document.data,
        lock_document=None if old.lock_document is None else old.lock_document.data,
        graph_id=old.graph_id,
        revision=old.revision,
        resumed_from=old,
        admission_key=idempotency_key,
    )
    return admitted(viewer, admission, "resume_run")
