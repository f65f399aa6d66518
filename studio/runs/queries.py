"""What a viewer may see of runs: those of their teams."""

from functools import lru_cache
from uuid import UUID

from django.db.models import QuerySet

from studio.refusals import not_found
from studio.runs.models import Run
from studio.teams.viewer import Viewer


def visible_runs(viewer: Viewer) -> QuerySet[Run]:
    return Run.objects.filter(team__in=viewer.teams)


def run_by_id(viewer: Viewer, id: UUID) -> Run | None:
    return visible_runs(viewer).filter(pk=id).first()


def require_run(viewer: Viewer, id: UUID) -> Run:
    """Raises `NotFound`."""
    run = run_by_id(viewer, id)
    if run is None:
        raise not_found("run")
    return run


@lru_cache(maxsize=4096)
def team_of_run(id: UUID) -> UUID | None:
    """The team that owns a run, which never changes."""
    return Run.objects.filter(pk=id).values_list("team_id", flat=True).first()
