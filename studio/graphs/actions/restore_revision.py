"""Make an old revision the newest one and the draft."""

from uuid import UUID

from studio.audit.actions.append_entry import append_entry
from studio.graphs.documents import read_graph
from studio.graphs.judging import judge
from studio.graphs.models import Revision
from studio.graphs.policies import may_edit_graph
from studio.graphs.saving import add_revision, locked_graph, seen_graph, write_draft
from studio.refusals import not_found, require
from studio.teams.viewer import Viewer
from studio.writing import writing


def restore_revision(actor: Viewer, graph_id: UUID, *, number: int) -> Revision:
    """What it was comes back even where it no longer passes; its problems then say so.

    Raises `NotFound`, `Forbidden`.
    """
    row = seen_graph(actor, graph_id)
    require(may_edit_graph(actor, row))
    old = Revision.objects.filter(graph=row, number=number).first()
    if old is None:
        raise not_found("revision")
    graph = read_graph(old.document)
    judged = judge(graph, [row.team_id])  # before the transaction: no writer waits for a judgement
    with writing():
        row = locked_graph(actor, graph_id)
        require(may_edit_graph(actor, row))
        write_draft(actor, row, graph)
        revision = add_revision(
            actor,
            row,
            graph,
            message=f"Restored revision {number}",
            lock=judged.lock,
            problems=judged.problems,
        )
        append_entry(
            actor,
            "restore_revision",
            object=f"{row.title} #{revision.number}",
            object_id=row.pk,
            team=row.team_id,
            after={"revision": revision.number, "restored": number, "graph": revision.digest},
        )
        return revision
