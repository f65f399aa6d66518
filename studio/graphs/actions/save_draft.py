"""Keep what is being edited."""

from uuid import UUID

from contracts.canonical import JSON
from studio.graphs.documents import read_graph
from studio.graphs.errors import draft_moved_on
from studio.graphs.models import Draft
from studio.graphs.policies import may_edit_graph
from studio.graphs.saving import locked_graph, write_draft
from studio.refusals import require
from studio.teams.viewer import Viewer
from studio.writing import writing


def save_draft(
    actor: Viewer, graph_id: UUID, *, document: JSON, expected_version: int | None = None
) -> Draft:
    """Drafts may be unfinished, but must be graph documents. Not audited: revisions are.

    Raises `NotFound`, `Forbidden`, `Conflict`, `Invalid`, `ProblemsError`.
    """
    with writing():
        row = locked_graph(actor, graph_id)
        require(may_edit_graph(actor, row))
        if expected_version is not None and row.draft.version != expected_version:
            raise draft_moved_on(row.draft.version)
        return write_draft(actor, row, read_graph(document))
