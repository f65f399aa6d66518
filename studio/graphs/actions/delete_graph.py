"""Delete a graph with its draft and revisions. Its runs stay: they carry their own copy."""

from uuid import UUID

from studio.announcements import announce
from studio.audit.actions.append_entry import append_entry
from studio.graphs.policies import may_delete_graph
from studio.graphs.saving import locked_graph
from studio.refusals import require
from studio.teams.viewer import Viewer
from studio.writing import writing


def delete_graph(actor: Viewer, graph_id: UUID) -> UUID:
    """The id of what is gone. Raises `NotFound`, `Forbidden`."""
    with writing():
        row = locked_graph(actor, graph_id)
        require(may_delete_graph(actor, row))
        append_entry(
            actor,
            "delete_graph",
            object=row.title,
            object_id=row.pk,
            team=row.team_id,
            before={"revision": row.head.number, "graph": row.head.digest} if row.head else None,
        )
        announce("graph", row.pk, row.team_id)
        row.delete()
        return graph_id
