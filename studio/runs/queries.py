"""What a viewer may see of runs: those of their teams."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber

from contracts.canonical import Digest
from contracts.events import TERMINAL_STATUSES
from studio.graphs.models import Graph, Revision
from studio.graphs.queries import visible_graphs
from studio.refusals import not_found
from studio.runs.models import ArtifactUse, Event, Run
from studio.teams.viewer import Viewer

_FEW: Final = 4


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


def last_ended(viewer: Viewer, graph: UUID) -> Run | None:
    """The newest run of a graph that has ended."""
    ended = visible_runs(viewer).filter(graph_id=graph, status__in=TERMINAL_STATUSES)
    return ended.order_by("-id").first()


def queue_positions(runs: Sequence[Run]) -> dict[UUID, int]:
    """The place of each queued run among those that wait to begin, of its group or else of its team, by its id;
    1 is the next.
    """
    queued = {run.pk: run for run in runs if run.status == "queued" and run.owner_id is None}
    if not queued:
        return {}
    teams = {run.team_id for run in queued.values()}
    waiting = Run.objects.filter(team__in=teams, status="queued", owner=None).order_by()
    if len(queued) <= _FEW:
        # To rank all that wait, for these to be picked out, takes several times as long.
        counts = waiting.aggregate(
            **{f"before_{id.hex}": Count("pk", filter=_before(run)) for id, run in queued.items()}
        )
        return {id: counts[f"before_{id.hex}"] + 1 for id in queued}
    place = Window(
        RowNumber(), partition_by=["team_id", "group_key"], order_by=[F("priority").desc(), F("id").asc()]
    )
    places = waiting.annotate(place=place).values_list("pk", "place")
    return {id: place for id, place in places if id in queued}


def _before(run: Run) -> Q:
    sooner = Q(priority__gt=run.priority) | Q(priority=run.priority, pk__lt=run.pk)
    return Q(team=run.team_id, group_key=run.group_key) & sooner


def names_artifact(run: Run, digest: Digest) -> bool:
    """Whether a run's journal or inputs name an artifact: who may see the run may then read it."""
    return ArtifactUse.objects.filter(run=run, artifact=digest).exists()


@lru_cache(maxsize=4096)
def team_of_run(id: UUID) -> UUID | None:
    """The team that owns a run, which never changes."""
    return Run.objects.filter(pk=id).values_list("team_id", flat=True).first()


def graphs_of(viewer: Viewer, runs: Sequence[Run]) -> dict[UUID, Graph]:
    """The graph of each run, where it still exists, by the run's id."""
    graphs = visible_graphs(viewer).in_bulk([run.graph_id for run in runs if run.graph_id])
    return {run.pk: graphs[run.graph_id] for run in runs if run.graph_id in graphs}


def revisions_of(viewer: Viewer, runs: Sequence[Run]) -> dict[UUID, Revision]:
    """The revision of each run that was started from one, by the run's id."""
    places = {(run.graph_id, run.revision): run.pk for run in runs if run.graph_id and run.revision}
    rows = Revision.objects.filter(
        graph__in=visible_graphs(viewer).filter(pk__in={graph for graph, _ in places}),
        number__in={number for _, number in places},
    )
    found = {(row.graph_id, row.number): row for row in rows}
    return {
        run.pk: found[run.graph_id, run.revision]
        for run in runs
        if run.graph_id and run.revision and (run.graph_id, run.revision) in found
    }


def failures_of(runs: Sequence[Run]) -> dict[UUID, dict[str, Any]]:
    """Where each run that failed did so, {node, index}, by the run's id; nothing where it was no node."""
    rows = Event.objects.filter(
        run__in=[run.pk for run in runs if run.status == "failed"], type="run_finished"
    )
    found = {run: json.loads(data) for run, data in rows.values_list("run_id", "data")}
    return {
        run: {"node": data["node"], "index": data.get("index", [])}
        for run, data in found.items()
        if "node" in data
    }


def last_runs_of(viewer: Viewer, graphs: Sequence[Graph]) -> dict[UUID, Run]:
    """The newest run of each graph, by the graph's id."""
    newest = visible_runs(viewer).filter(graph_id=OuterRef("pk")).order_by("-id").values("pk")[:1]
    rows = Graph.objects.filter(pk__in=[graph.pk for graph in graphs]).values_list("pk", Subquery(newest))
    ids = {graph: run for graph, run in rows if run is not None}
    runs = Run.objects.in_bulk(list(ids.values()))
    return {graph: runs[run] for graph, run in ids.items()}
