"""Give a graph another title."""

from uuid import UUID

from contracts.graph import parse_graph
from studio.audit.actions.append_entry import append_entry
from studio.graphs.documents import check_title
from studio.graphs.models import Graph
from studio.graphs.policies import may_edit_graph
from studio.graphs.saving import locked_graph, write_draft
from studio.refusals import require
from studio.teams.viewer import Viewer
from studio.writing import writing


def rename_graph(actor: Viewer, graph_id: UUID, *, title: str) -> Graph:
    """The draft's title; saved revisions keep theirs. Raises `NotFound`, `Forbidden`, `Invalid`."""
    with writing():
        row = locked_graph(actor, graph_id)
        require(may_edit_graph(actor, row))
        check_title(title)
        before = row.title
        write_draft(actor, row, parse_graph({**row.draft.document, "title": title}))
        append_entry(
            actor,
            "rename_graph",
            object=row.title,
            object_id=row.pk,
            team=row.team_id,
            before={"title": before},
            after={"title": title},
        )
        return row
