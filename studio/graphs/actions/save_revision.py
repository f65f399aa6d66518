"""Save a revision on purpose: checked, locked, immutable."""

from uuid import UUID

from contracts.canonical import JSON
from contracts.graph import GraphDocument, graph_digest, layout_digest
from contracts.lock import Lock, parse_lock
from studio.audit.actions.append_entry import append_entry
from studio.graphs.documents import read_graph
from studio.graphs.errors import head_moved_on
from studio.graphs.judging import judge
from studio.graphs.models import Graph, Revision
from studio.graphs.policies import may_edit_graph
from studio.graphs.saving import add_revision, locked_graph, seen_graph, write_draft
from studio.refusals import Invalid, require
from studio.teams.viewer import Viewer
from studio.writing import writing


def save_revision(
    actor: Viewer, graph_id: UUID, *, message: str, document: JSON = None, expected_head: int | None = None
) -> Revision:
    """Without a document the draft is saved. Where nothing changed since the head, answers the head.

    Raises `NotFound`, `Forbidden`, `Conflict`, `ProblemsError`, and `Invalid` with the problems of the check.
    """
    row = seen_graph(actor, graph_id)
    require(may_edit_graph(actor, row))
    graph = read_graph(row.draft.document if document is None else document)
    lock = _lock(row, graph)  # before the transaction: no writer waits for a judgement
    with writing():
        row = locked_graph(actor, graph_id)
        require(may_edit_graph(actor, row))
        head = row.head
        latest = head.number if head else 0
        if expected_head not in (None, latest):
            raise head_moved_on(latest)
        if head and (head.digest, head.layout_digest) == (graph_digest(graph), layout_digest(graph)):
            return head
        if document is not None:
            write_draft(actor, row, graph)
        revision = add_revision(actor, row, graph, message=message, lock=lock)
        append_entry(
            actor,
            "save_revision",
            object=f"{row.title} #{revision.number}",
            object_id=row.pk,
            team=row.team_id,
            after={"revision": revision.number, "graph": revision.digest},
            reason=message,
        )
        return revision


def _lock(row: Graph, graph: GraphDocument) -> Lock | None:
    """What changes the layout alone keeps the lock of the head. Raises `Invalid`."""
    if row.head and row.head.lock is not None and row.head.digest == graph_digest(graph):
        return parse_lock(row.head.lock)
    judged = judge(graph, [row.team_id])
    if judged.problems:
        raise Invalid(judged.problems)
    return judged.lock
