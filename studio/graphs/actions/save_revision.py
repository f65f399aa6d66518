"""Save a revision on purpose: checked, locked, immutable."""

from uuid import UUID

from contracts.canonical import JSON
from contracts.graph import graph_digest, layout_digest
from studio.audit.actions.append_entry import append_entry
from studio.graphs.documents import read_graph
from studio.graphs.errors import head_moved_on
from studio.graphs.judging import judge
from studio.graphs.models import Graph, Revision
from studio.graphs.policies import may_edit_graph
from studio.graphs.saving import add_revision, locked_graph, write_draft
from studio.refusals import Invalid, require
from studio.teams.viewer import Viewer
from studio.writing import writing


def save_revision(
    actor: Viewer, graph_id: UUID, *, message: str, document: JSON = None, expected_head: int | None = None
) -> Revision:
    """Without a document the draft is saved. Where nothing changed since the head, answers the head.

    Raises `NotFound`, `Forbidden`, `Conflict`, `ProblemsError`, and `Invalid` with the problems of the check.
    """
    with writing():
        row = locked_graph(actor, graph_id)
        require(may_edit_graph(actor, row))
        if expected_head is not None and expected_head != (row.head.number if row.head else 0):
            raise head_moved_on(row)
        graph = read_graph(row.draft.document if document is None else document)
        if row.head and (row.head.digest, row.head.layout_digest) == (
            graph_digest(graph),
            layout_digest(graph),
        ):
            return row.head
        judged = judge(graph, [row.team_id])
        if judged.problems:
            raise Invalid(judged.problems)
        if document is not None:
            write_draft(actor, row, graph)
        revision = add_revision(actor, row, graph, message=message, lock=judged.lock)
        _audit(actor, row, revision)
        return revision


def _audit(actor: Viewer, row: Graph, revision: Revision) -> None:
    append_entry(
        actor,
        "save_revision",
        object=f"{row.title} #{revision.number}",
        object_id=row.pk,
        team=row.team_id,
        after={"revision": revision.number, "graph": revision.digest},
        reason=revision.message,
    )
