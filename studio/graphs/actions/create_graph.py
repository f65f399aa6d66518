"""Begin a graph: empty, or from a document."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.canonical import JSON
from contracts.problems import Problem
from studio.audit.actions.append_entry import append_entry
from studio.graphs.documents import check_title, empty_document, read_graph
from studio.graphs.judging import judge
from studio.graphs.models import Graph
from studio.graphs.policies import may_create_graph
from studio.graphs.saving import create
from studio.refusals import not_found, require
from studio.teams.queries import visible_teams
from studio.teams.viewer import Viewer
from studio.writing import writing


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """`problems` are those of the draft; they do not stand in the way of editing it."""

    graph: Graph
    problems: Sequence[Problem]


def create_graph(actor: Viewer, *, team: str, title: str, document: JSON = None) -> Created:
    """`team` is a slug. Raises `NotFound`, `Forbidden`, `Invalid`, `ProblemsError`."""
    owner = visible_teams(actor).filter(slug=team).first()
    if owner is None:
        raise not_found("team")
    with writing():
        require(may_create_graph(actor, owner.pk))
        check_title(title)
        graph = read_graph(empty_document(title) if document is None else _titled(document, title))
        row = create(actor, owner, graph)
        append_entry(
            actor,
            "create_graph",
            object=row.title,
            object_id=row.pk,
            team=owner.pk,
        )
    return Created(graph=row, problems=judge(graph, [owner.pk]).problems)


def _titled(document: JSON, title: str) -> JSON:
    return {**document, "title": title} if isinstance(document, dict) else document
