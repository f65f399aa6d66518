"""What a viewer may see of runs: those of their teams."""

from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

from django.db.models import QuerySet

from contracts.canonical import Digest
from studio.refusals import not_found
from studio.runs.models import ArtifactUse, Run
from studio.teams.viewer import Viewer


def visible_runs(viewer: Viewer) -> QuerySet[Run]:
    return Run.objects.filter(team__in=viewer.teams)


def find_runs(
    viewer: Viewer,
    *,
    graph: UUID | None = None,
    status: Sequence[str] | None = None,
    search: str | None = None,
) -> QuerySet[Run]:
    """Runs by graph, by any of some statuses, and by words of their title; newest first by id."""
    found = visible_runs(viewer)
    if graph is not None:
        found = found.filter(graph_id=graph)
    if status:
        found = found.filter(status__in=status)
    for word in (search or "").split()[:5]:
        found = found.filter(title__icontains=word)
    return found


def run_by_id(viewer: Viewer, id: UUID) -> Run | None:
    return visible_runs(viewer).filter(pk=id).first()


def require_run(viewer: Viewer, id: UUID) -> Run:
    """Raises `NotFound`."""
    run = run_by_id(viewer, id)
    if run is None:
        raise not_found("run")
    return run


def names_artifact(run: Run, digest: Digest) -> bool:
    """Whether a run's journal or inputs name an artifact: who may see the run may then read it."""
    return ArtifactUse.objects.filter(run=run, artifact=digest).exists()


@lru_cache(maxsize=4096)
def team_of_run(id: UUID) -> UUID | None:
    """The team that owns a run, which never changes."""
    return Run.objects.filter(pk=id).values_list("team_id", flat=True).first()
