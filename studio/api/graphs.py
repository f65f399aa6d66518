"""Graphs: drafts, revisions, and the answers that the editor asks for."""

from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from contracts.problems import Problem as FoundProblem
from studio.api.graph_checks import GraphCheck, Judgement
from studio.api.graph_differences import GraphDifference
from studio.api.loaders import load, related
from studio.api.nodes import Node, find_key, key_of, node
from studio.api.pages import Page, page, paged
from studio.api.problems import PROBLEMS, Mutation
from studio.api.runs import Run
from studio.api.scalars import JSON, DateTime, Digest
from studio.api.teams import Team, User
from studio.graphs import models, queries
from studio.graphs.actions.create_graph import create_graph
from studio.graphs.actions.delete_graph import delete_graph
from studio.graphs.actions.rename_graph import rename_graph
from studio.graphs.actions.restore_revision import restore_revision
from studio.graphs.actions.save_draft import save_draft
from studio.graphs.actions.save_revision import save_revision
from studio.graphs.judging import judge_document, judge_wire
from studio.graphs.policies import may_create_graph, may_delete_graph, may_edit_graph
from studio.runs import queries as run_queries
from studio.runs.policies import may_start_run
from studio.teams.viewer import Viewer


class GraphDraft(graphene.ObjectType):
    """What is being edited, as a lamina/graph@1 document."""

    document = JSON(required=True)
    version = graphene.Int(required=True)
    updated_at = DateTime(required=True)
    updated_by = graphene.Field(User)

    @staticmethod
    def resolve_updated_by(root: models.Draft, _info: GraphQLResolveInfo) -> Any:
        return related(root, "updated_by")


@node(models.Revision, queries.revision_by_id)
class Revision(graphene.ObjectType):
    """An immutable saved graph with its lock."""

    class Meta:
        interfaces = (Node,)

    graph = graphene.Field(lambda: Graph, required=True)
    number = graphene.Int(required=True)
    message = graphene.String(required=True)
    document = JSON(required=True)
    digest = Digest(required=True)
    layout_digest = Digest(required=True)
    lock = JSON()
    created_at = DateTime(required=True)
    author = graphene.Field(User)
    problems = PROBLEMS

    @staticmethod
    def resolve_graph(root: models.Revision, _info: GraphQLResolveInfo) -> Any:
        return related(root, "graph")

    @staticmethod
    def resolve_author(root: models.Revision, _info: GraphQLResolveInfo) -> Any:
        return related(root, "author")

    @staticmethod
    def resolve_problems(root: models.Revision, _info: GraphQLResolveInfo) -> list[FoundProblem]:
        return [FoundProblem(**problem) for problem in root.problems]


@node(models.Graph, queries.graph)
class Graph(graphene.ObjectType):
    """A composition of a team."""

    class Meta:
        interfaces = (Node,)

    title = graphene.String(required=True)
    doc = graphene.String(required=True)
    team = graphene.Field(Team, required=True)
    node_count = graphene.Int(required=True)
    created_at = DateTime(required=True)
    updated_at = DateTime(required=True)
    draft = graphene.Field(GraphDraft, required=True)
    head = graphene.Field(Revision)
    revisions = paged(Revision)
    revision = graphene.Field(Revision, number=graphene.Int(required=True))
    runs = paged(Run, size=20)
    last_run = graphene.Field(Run)
    viewer_may = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="edit, run, delete: what the roles allow.",
    )

    @staticmethod
    def resolve_team(root: models.Graph, _info: GraphQLResolveInfo) -> Any:
        return related(root, "team")

    @staticmethod
    def resolve_draft(root: models.Graph, _info: GraphQLResolveInfo) -> Any:
        return load(root, queries.drafts_of)

    @staticmethod
    def resolve_head(root: models.Graph, _info: GraphQLResolveInfo) -> Any:
        return related(root, "head")

    @staticmethod
    def resolve_revisions(
        root: models.Graph, _info: GraphQLResolveInfo, first: int, after: str | None = None
    ) -> Page:
        return page(models.Revision.objects.filter(graph=root), by=("-number",), first=first, after=after)

    @staticmethod
    def resolve_revision(root: models.Graph, info: GraphQLResolveInfo, number: int) -> Any:
        return queries.revision(info.context.viewer, root.pk, number)

    @staticmethod
    def resolve_runs(
        root: models.Graph, info: GraphQLResolveInfo, first: int, after: str | None = None
    ) -> Page:
        found = run_queries.find_runs(info.context.viewer, graph=root.pk)
        return page(found, by=("-id",), first=first, after=after)

    @staticmethod
    def resolve_last_run(root: models.Graph, info: GraphQLResolveInfo) -> Any:
        viewer = info.context.viewer
        return load(root, lambda graphs: run_queries.last_runs_of(viewer, graphs), key="last_run")

    @staticmethod
    def resolve_viewer_may(root: models.Graph, info: GraphQLResolveInfo) -> list[str]:
        viewer = info.context.viewer
        decisions = {
            "edit": may_edit_graph(viewer, root),
            "run": may_start_run(viewer, root.team_id),
            "delete": may_delete_graph(viewer, root),
        }
        return [verb for verb, decision in decisions.items() if decision.is_allowed]


class Query:
    graphs = paged(
        Graph,
        search=graphene.String(),
        team=graphene.String(description="A team's slug."),
        saved=graphene.Boolean(
            description="Those that have a revision and can be run; false: those that have none."
        ),
    )
    graph = graphene.Field(Graph, id=graphene.ID(required=True))
    check_graph = graphene.Field(GraphCheck, document=JSON(required=True), required=True)
    compare_graphs = graphene.Field(
        GraphDifference,
        old=JSON(required=True),
        new=JSON(required=True),
        required=True,
        description="What became of one graph document in another.",
    )
    judge_connection = graphene.Field(
        Judgement,
        document=JSON(required=True),
        source=graphene.String(required=True),
        output=graphene.String(required=True),
        target=graphene.String(required=True),
        input=graphene.String(required=True),
        required=True,
        description="The verdict for one wire in a graph, whether it is there or not.",
    )

    @staticmethod
    def resolve_graphs(
        _root: None, info: GraphQLResolveInfo, first: int, after: str | None = None, **facets: Any
    ) -> Page:
        found = queries.find_graphs(info.context.viewer, **facets)
        return page(found, by=("-updated_at", "-id"), first=first, after=after)

    @staticmethod
    def resolve_graph(_root: None, info: GraphQLResolveInfo, id: str) -> models.Graph | None:
        key = find_key(id, "Graph")
        return None if key is None else queries.graph(info.context.viewer, key)

    @staticmethod
    def resolve_check_graph(_root: None, info: GraphQLResolveInfo, document: Any) -> GraphCheck:
        return GraphCheck.of(judge_document(document, info.context.viewer.teams))

    @staticmethod
    def resolve_compare_graphs(_root: None, _info: GraphQLResolveInfo, old: Any, new: Any) -> GraphDifference:
        return GraphDifference.between(old, new)

    @staticmethod
    def resolve_judge_connection(_root: None, info: GraphQLResolveInfo, document: Any, **wire: str) -> Any:
        return Judgement.of(judge_wire(document, info.context.viewer.teams, **wire))


class CreateGraph(Mutation, policy=may_create_graph):
    """Begin a graph: empty, or from a document."""

    class Input:
        team = graphene.String(required=True)
        title = graphene.String(required=True)
        document = JSON()

    class Done:
        graph = graphene.Field(Graph, required=True)
        problems = PROBLEMS

    @staticmethod
    def perform(viewer: Viewer, **input: Any) -> dict[str, Any]:
        created = create_graph(viewer, **input)
        return {"graph": created.graph, "problems": created.problems}


class SaveDraft(Mutation, policy=may_edit_graph):
    """Keep a whole document as the draft."""

    class Input:
        graph = graphene.ID(required=True)
        document = JSON(required=True)
        expected_version = graphene.Int()

    class Done:
        graph = graphene.Field(Graph, required=True)
        draft = graphene.Field(GraphDraft, required=True)

    @staticmethod
    def perform(viewer: Viewer, graph: str, **input: Any) -> dict[str, Any]:
        draft = save_draft(viewer, key_of(graph, "Graph"), **input)
        return {"graph": draft.graph, "draft": draft}


class SaveRevision(Mutation, policy=may_edit_graph):
    """Save a revision on purpose: checked, locked, immutable."""

    class Input:
        graph = graphene.ID(required=True)
        message = graphene.String(required=True)
        document = JSON(description="Without it the draft is saved.")
        expected_head = graphene.Int(description="The number of the latest revision; 0 while there is none.")

    class Done:
        revision = graphene.Field(Revision, required=True)

    @staticmethod
    def perform(viewer: Viewer, graph: str, **input: Any) -> dict[str, Any]:
        return {"revision": save_revision(viewer, key_of(graph, "Graph"), **input)}


class RestoreRevision(Mutation, policy=may_edit_graph):
    """Make an old revision the newest one and the draft."""

    class Input:
        graph = graphene.ID(required=True)
        number = graphene.Int(required=True)

    class Done:
        revision = graphene.Field(Revision, required=True)

    @staticmethod
    def perform(viewer: Viewer, graph: str, number: int) -> dict[str, Any]:
        return {"revision": restore_revision(viewer, key_of(graph, "Graph"), number=number)}


class RenameGraph(Mutation, policy=may_edit_graph):
    """Give a graph another title."""

    class Input:
        graph = graphene.ID(required=True)
        title = graphene.String(required=True)

    class Done:
        graph = graphene.Field(Graph, required=True)

    @staticmethod
    def perform(viewer: Viewer, graph: str, title: str) -> dict[str, Any]:
        return {"graph": rename_graph(viewer, key_of(graph, "Graph"), title=title)}


class DeleteGraph(Mutation, policy=may_delete_graph):
    """Delete a graph with its draft and revisions."""

    class Input:
        graph = graphene.ID(required=True)

    class Done:
        graph = graphene.ID(required=True)

    @staticmethod
    def perform(viewer: Viewer, graph: str) -> dict[str, Any]:
        delete_graph(viewer, key_of(graph, "Graph"))
        return {"graph": graph}


MUTATIONS = (CreateGraph, SaveDraft, SaveRevision, RestoreRevision, RenameGraph, DeleteGraph)
