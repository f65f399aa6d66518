"""What became of a graph between two of its documents."""

from typing import Any, Self

import graphene

from contracts.graph import GraphDifference as Difference
from contracts.graph import difference, parse_graph
from contracts.problems import Problem, ProblemsError
from studio.api.problems import PROBLEMS
from studio.api.scalars import JSON


class PartChangeKind(graphene.Enum):
    """What happened to a node or an edge."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class FieldChange(graphene.ObjectType):
    """A field by its pointer, such as /config/min_length. A side that lacks it has no value."""

    field = graphene.String(required=True)
    had = graphene.Boolean(required=True)
    has = graphene.Boolean(required=True)
    old = JSON()
    new = JSON()


FIELDS = graphene.List(graphene.NonNull(FieldChange), required=True)


class PartChange(graphene.ObjectType):
    """A node (gate/r) or an edge (gate/r:value>o:value) by its path; fields only when it has changed."""

    path = graphene.String(required=True)
    change = PartChangeKind(required=True)
    fields = FIELDS


class GraphDifference(graphene.ObjectType):
    """`fields`: of the graph itself. Problems say why a document cannot be read; then nothing is compared."""

    problems = PROBLEMS
    fields = FIELDS
    nodes = graphene.List(graphene.NonNull(PartChange), required=True)
    edges = graphene.List(graphene.NonNull(PartChange), required=True)
    is_layout_changed = graphene.Boolean(required=True)

    @classmethod
    def between(cls, old: Any, new: Any) -> Self:
        problems: list[Problem] = []
        graphs = []
        for name, document in (("/old", old), ("/new", new)):
            try:
                graphs.append(parse_graph(document))
            except ProblemsError as error:
                problems += [problem.within(name) for problem in error.problems]
        if problems:
            return cls(problems=problems, fields=[], nodes=[], edges=[], is_layout_changed=False)
        return cls(problems=[], **_found(difference(*graphs)))


def _found(found: Difference) -> dict[str, Any]:
    return {
        "fields": found.fields,
        "nodes": found.nodes,
        "edges": found.edges,
        "is_layout_changed": found.is_layout_changed,
    }
