"""Runs: what they are and how they stand."""

from typing import Any
from uuid import UUID

import graphene
from graphql import GraphQLResolveInfo

from studio.api.invocations import Invocation, invocation_page
from studio.api.live import RunFrame
from studio.api.loaders import load, related
from studio.api.nodes import Node, find_key, node
from studio.api.pages import Page, page, paged
from studio.api.previews import NodeVersionInput, RunPreview, moved, preview
from studio.api.scalars import JSON, DateTime
from studio.api.waits import OpenWait
from studio.runs import models, policies, queries
from studio.runs.admission import Admission, group_of
from studio.runs.frames import run_frame
from studio.runs.resumption import resumption
from studio.runs.views import read_view
from studio.runs.waits import approvable_runs, waits_of
from studio.teams.viewer import Viewer

RunStatus = graphene.Enum(
    "RunStatus",
    [(status.upper(), status) for status in models.STATUSES],
    description="How a run stands; the last four are ends.",
)


class ConcurrencyGroup(graphene.ObjectType):
    """Runs of a team that begin in their turn, no more than `limit` at a time."""

    key = graphene.String(required=True)
    limit = graphene.Int(required=True)


class RunPlace(graphene.ObjectType):
    """A node by path, with an integer for each map or repeat around it, outermost first."""

    node = graphene.String(required=True)
    index = graphene.List(graphene.NonNull(graphene.Int), required=True)


@node(models.Run, queries.run_by_id)
class Run(graphene.ObjectType):
    """One execution of one plan, kept to the end."""

    class Meta:
        interfaces = (Node,)

    graph = graphene.Field("studio.api.graphs.Graph")
    revision = graphene.Field("studio.api.graphs.Revision")
    title = graphene.String(required=True)
    status = RunStatus(required=True)
    environment = graphene.String(required=True)
    actor = graphene.String(required=True)
    actor_name = graphene.String(required=True)
    created_at = DateTime(required=True)
    started_at = DateTime()
    finished_at = DateTime()
    last_seq = graphene.Int(required=True)
    node_count = graphene.Int(required=True)
    concurrency_group = graphene.Field(ConcurrencyGroup)
    queue_position = graphene.Int(
        description="Its place among the queued runs of its group, or else of its team; 1 begins next."
    )
    counts = JSON(required=True, description="How many nodes are in which state.")
    plan = JSON(required=True)
    document = JSON(required=True, description="The graph as it was locked for this run.")
    lock = JSON(required=True)
    inputs = JSON(required=True)
    parameters = JSON(required=True)
    outputs = JSON()
    error = JSON()
    failed_at = graphene.Field(RunPlace, description="Where the error of a failed run came from.")
    rung = graphene.Int()
    resumed_from = graphene.Field(lambda: Run)
    view = JSON(required=True)
    feed = graphene.Field(
        RunFrame,
        required=True,
        after=graphene.Int(required=True),
        description="The frame that a subscriber would get now, for readers without a websocket.",
    )
    invocations = paged(
        Invocation,
        node=graphene.String(required=True),
        index=graphene.List(graphene.NonNull(graphene.Int), description="Those under this index."),
    )
    resume_preview = graphene.Field(
        RunPreview,
        required=True,
        versions=graphene.List(graphene.NonNull(NodeVersionInput)),
        description="What resuming it would carry out and take over.",
    )
    options = JSON(
        required=True, description="{reuse, upto, from, pins}: how much of its graph it carries out."
    )
    open_waits = graphene.List(
        graphene.NonNull(OpenWait), required=True, description="What it waits for now: the first hundred."
    )
    viewer_may = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="cancel, pause, continue, resolve, resume, signal.",
    )

    @staticmethod
    def resolve_graph(root: models.Run, info: GraphQLResolveInfo) -> Any:
        return load(root, lambda runs: queries.graphs_of(info.context.viewer, runs), key="graph")

    @staticmethod
    def resolve_revision(root: models.Run, info: GraphQLResolveInfo) -> Any:
        return load(root, lambda runs: queries.revisions_of(info.context.viewer, runs), key="revision")

    @staticmethod
    def resolve_failed_at(root: models.Run, _info: GraphQLResolveInfo) -> Any:
        return load(root, queries.failures_of)

    @staticmethod
    def resolve_concurrency_group(root: models.Run, _info: GraphQLResolveInfo) -> Any:
        return group_of(root)

    @staticmethod
    def resolve_queue_position(root: models.Run, _info: GraphQLResolveInfo) -> int | None:
        position: int | None = load(root, queries.queue_positions)
        return position

    @staticmethod
    def resolve_counts(root: models.Run, _info: GraphQLResolveInfo) -> Any:
        return root.counters

    @staticmethod
    def resolve_plan(root: models.Run, _info: GraphQLResolveInfo) -> Any:
        return related(root, "plan").data

    @staticmethod
    def resolve_document(root: models.Run, _info: GraphQLResolveInfo) -> Any:
        found = related(root, "graph_document")
        return {} if found is None else found.data

    @staticmethod
    def resolve_lock(root: models.Run, _info: GraphQLResolveInfo) -> Any:
        found = related(root, "lock_document")
        return {} if found is None else found.data

    @staticmethod
    def resolve_resumed_from(root: models.Run, _info: GraphQLResolveInfo) -> Any:
        return related(root, "resumed_from") if root.resumed_from_id else None

    @staticmethod
    def resolve_view(root: models.Run, _info: GraphQLResolveInfo) -> Any:
        return read_view(root.pk, root.last_seq)

    @staticmethod
    def resolve_feed(root: models.Run, _info: GraphQLResolveInfo, after: int) -> Any:
        return run_frame(root.pk, after)

    @staticmethod
    def resolve_invocations(
        root: models.Run,
        _info: GraphQLResolveInfo,
        node: str,
        first: int,
        index: list[int] | None = None,
        after: str | None = None,
    ) -> Page:
        return invocation_page(root, node, index=index, first=first, after=after)

    @staticmethod
    def resolve_resume_preview(
        root: models.Run, info: GraphQLResolveInfo, versions: list[dict[str, str]] | None = None
    ) -> RunPreview:
        def admit(viewer: Viewer) -> Admission:
            return resumption(viewer, root.pk, moved(versions), policies.may_resume_run)

        return preview(info, admit)

    @staticmethod
    def resolve_open_waits(root: models.Run, info: GraphQLResolveInfo) -> Any:
        return waits_of(info.context.viewer, root)

    @staticmethod
    def resolve_viewer_may(root: models.Run, info: GraphQLResolveInfo) -> list[str]:
        verbs = (
            ("cancel", policies.may_cancel_run, not root.is_finished),
            ("pause", policies.may_pause_run, root.status in ("queued", "running", "waiting")),
            ("continue", policies.may_continue_run, root.status in ("paused", "quarantined")),
            ("resolve", policies.may_resolve_invocation, not root.is_finished),
            ("resume", policies.may_resume_run, root.is_finished and root.status != "succeeded"),
            ("signal", policies.may_send_signal, not root.is_finished),
        )
        viewer = info.context.viewer
        return [verb for verb, policy, fits in verbs if fits and policy(viewer, root).is_allowed]


class Query:
    runs = paged(
        Run,
        graph=graphene.ID(),
        status=graphene.List(graphene.NonNull(RunStatus)),
        search=graphene.String(description="Words of the title."),
        approvable=graphene.Boolean(description="Those of graphs with an approval that the reader may give."),
    )
    run = graphene.Field(Run, id=graphene.ID(required=True))

    @staticmethod
    def resolve_runs(
        _root: None,
        info: GraphQLResolveInfo,
        first: int,
        after: str | None = None,
        graph: str | None = None,
        status: list[Any] | None = None,
        search: str | None = None,
        approvable: bool | None = None,
    ) -> Page:
        found = queries.find_runs(
            info.context.viewer,
            graph=None if graph is None else find_key(graph, "Graph") or UUID(int=0),
            status=[name.value for name in status or ()],
            search=search,
        )
        if approvable:
            found = approvable_runs(info.context.viewer, found)
        return page(found, by=("-id",), first=first, after=after)

    @staticmethod
    def resolve_run(_root: None, info: GraphQLResolveInfo, id: str) -> models.Run | None:
        key = find_key(id, "Run")
        return None if key is None else queries.run_by_id(info.context.viewer, key)
