"""What a viewer may see of graphs: those of their teams."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from studio.catalog.models import Module, ModuleVersion
from studio.graphs.models import Draft, Graph, GraphUse, Revision
from studio.teams.viewer import Viewer


def visible_graphs(viewer: Viewer) -> QuerySet[Graph]:
    return Graph.objects.filter(team__in=viewer.teams)


def find_graphs(
    viewer: Viewer, *, search: str | None = None, team: str | None = None, saved: bool | None = None
) -> QuerySet[Graph]:
    """By words of the title or of the names of modules in use; `saved`: those with a revision, or without one."""
    found = visible_graphs(viewer)
    for word in (search or "").split():
        using = GraphUse.objects.filter(module__icontains=word).values("graph")
        found = found.filter(Q(title__icontains=word) | Q(pk__in=using))
    if saved is not None:
        found = found.filter(head__isnull=not saved)
    return found if team is None else found.filter(team__slug=team)


def graph(viewer: Viewer, id: UUID) -> Graph | None:
    return visible_graphs(viewer).filter(pk=id).first()


def revision_by_id(viewer: Viewer, id: UUID) -> Revision | None:
    return Revision.objects.filter(pk=id, graph__in=visible_graphs(viewer)).first()


def revision(viewer: Viewer, graph_id: UUID, number: int) -> Revision | None:
    found = Revision.objects.select_related("graph")
    return found.filter(graph=graph_id, number=number, graph__in=visible_graphs(viewer)).first()


def drafts_of(graphs: Sequence[Graph]) -> dict[UUID, Draft]:
    return Draft.objects.in_bulk([graph.pk for graph in graphs])


def graphs_using_modules(viewer: Viewer, modules: Sequence[Module]) -> dict[UUID, list[Graph]]:
    """The viewer's graphs that use any version of each module, by the module's id."""
    names = {module.name: module.pk for module in modules}
    found: dict[UUID, list[Graph]] = defaultdict(list)
    for use in _uses(viewer).filter(module__in=names):
        if use.graph not in found[names[use.module]]:
            found[names[use.module]].append(use.graph)
    return found


def graphs_using_versions(viewer: Viewer, versions: Sequence[ModuleVersion]) -> dict[UUID, list[Graph]]:
    """The viewer's graphs that use exactly each version, by the version's id. Modules must be loaded."""
    keys = {(version.module.name, version.number): version.pk for version in versions}
    found: dict[UUID, list[Graph]] = defaultdict(list)
    for use in _uses(viewer).filter(module__in={name for name, _ in keys}):
        if (use.module, use.version) in keys:
            found[keys[use.module, use.version]].append(use.graph)
    return found


def _uses(viewer: Viewer) -> QuerySet[GraphUse]:
    return (
        GraphUse.objects.filter(graph__team__in=viewer.teams)
        .select_related("graph")
        .order_by("-graph__updated_at", "graph")
    )
