"""Writing drafts and revisions, within the caller's transaction.

Owns:      locking a graph for its actions, and the rows that follow from a document.
Promises:  revisions are numbered from 1 without gaps and never change.
Never:     asks who may: its callers have.
"""

from collections.abc import Iterable
from dataclasses import asdict
from uuid import UUID

from django.utils import timezone

from contracts.graph import GraphDocument, graph_digest, graph_document, layout_digest, parse_graph
from contracts.lock import Lock, lock_document
from contracts.problems import Problem
from studio.announcements import announce
from studio.graphs.documents import describe, index_uses
from studio.graphs.models import Draft, Graph, Revision
from studio.graphs.queries import visible_graphs
from studio.refusals import not_found
from studio.teams.models import Team
from studio.teams.viewer import Viewer


def seen_graph(actor: Viewer, graph_id: UUID) -> Graph:
    """The graph with its draft and head, as it is now. Raises `NotFound`."""
    found = visible_graphs(actor).select_related("draft", "head").filter(pk=graph_id).first()
    if found is None:
        raise not_found("graph")
    return found


def locked_graph(actor: Viewer, graph_id: UUID) -> Graph:
    """The graph, locked to the end of the transaction. Raises `NotFound`."""
    found = visible_graphs(actor).select_for_update(of=("self",)).filter(pk=graph_id).first()
    if found is None:
        raise not_found("graph")
    return found


def create(actor: Viewer, team: Team, graph: GraphDocument) -> Graph:
    """A graph with its draft."""
    now = timezone.now()
    row = Graph(team=team, created_by=actor.user, updated_at=now)
    describe(row, graph)
    row.save(force_insert=True)
    Draft.objects.create(graph=row, document=graph_document(graph), updated_by=actor.user, updated_at=now)
    index_uses(row, graph)
    announce("graph", row.pk, row.team_id)
    return row


def write_draft(actor: Viewer, row: Graph, graph: GraphDocument) -> Draft:
    """The draft becomes this document."""
    now = timezone.now()
    draft = row.draft
    draft.document, draft.version = graph_document(graph), draft.version + 1
    draft.updated_by, draft.updated_at = actor.user, now
    draft.save()
    describe(row, graph)
    row.updated_at = now
    row.save()
    index_uses(row, graph)
    announce("graph", row.pk, row.team_id)
    return draft


def add_revision(
    actor: Viewer,
    row: Graph,
    graph: GraphDocument,
    *,
    message: str,
    lock: Lock | None,
    problems: Iterable[Problem] = (),
) -> Revision:
    """The next revision of a graph; it becomes the head."""
    revision = Revision.objects.create(
        graph=row,
        number=row.head.number + 1 if row.head else 1,
        message=message,
        document=graph_document(graph),
        digest=graph_digest(graph),
        layout_digest=layout_digest(graph),
        lock=lock_document(lock) if lock is not None else None,
        problems=[asdict(problem) for problem in problems],
        author=actor.user,
    )
    row.head, row.updated_at = revision, timezone.now()
    row.save(update_fields=["head", "updated_at"])
    index_uses(row, parse_graph(row.draft.document))
    announce("graph", row.pk, row.team_id)
    return revision
