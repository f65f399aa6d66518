"""Start a new run that takes over what an ended one has done, and does the rest."""

from collections.abc import Mapping
from uuid import UUID

from studio.runs.models import Run
from studio.runs.policies import may_resume_run
from studio.runs.resumption import resumption
from studio.runs.starting import admitted
from studio.teams.viewer import Viewer


def resume_run(
    viewer: Viewer,
    *,
    run: UUID,
    versions: Mapping[str, str] | None = None,
    idempotency_key: str | None = None,
) -> Run:
    """The new run, with the same inputs and parameters; the old one stays as it ended.

    The plan is the same, but for nodes that `versions` moves to newer approved versions (path → number).
    Raises `NotFound`, `Forbidden`, `Conflict` (it goes on, or has succeeded), `Invalid`.
    """
    admission = resumption(viewer, run, versions or {}, may_resume_run, idempotency_key)
    return admitted(viewer, admission, "resume_run")
