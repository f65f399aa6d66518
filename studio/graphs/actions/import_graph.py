"""Bring a graph in from an export. Modules that are missing here stay as placeholders."""

from contracts.canonical import JSON
from studio.audit.actions.append_entry import append_entry
from studio.graphs.actions.create_graph import Created
from studio.graphs.exports import parse_export
from studio.graphs.judging import judge
from studio.graphs.policies import may_create_graph
from studio.graphs.saving import add_revision, create
from studio.refusals import not_found, require
from studio.teams.queries import visible_teams
from studio.teams.viewer import Viewer
from studio.writing import writing


def import_graph(actor: Viewer, *, team: str, document: JSON) -> Created:
    """A graph with the exported revision as its first. `problems` say what does not fit here.

    Raises `NotFound`, `Forbidden`, `Invalid`, `ProblemsError`.
    """
    owner = visible_teams(actor).filter(slug=team).first()
    if owner is None:
        raise not_found("team")
    require(may_create_graph(actor, owner.pk))
    export = parse_export(document)
    judged = judge(export.graph, [owner.pk])
    with writing():
        require(may_create_graph(actor, owner.pk))
        row = create(actor, owner, export.graph)
        revision = add_revision(
            actor,
            row,
            export.graph,
            message="Imported",
            lock=export.lock or judged.lock,
            problems=judged.problems,
        )
        append_entry(
            actor,
            "import_graph",
            object=row.title,
            object_id=row.pk,
            team=owner.pk,
            after={"revision": revision.number, "graph": revision.digest},
        )
    return Created(graph=row, problems=judged.problems)
