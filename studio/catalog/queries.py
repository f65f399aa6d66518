"""What a viewer may see of the catalog.

Members of the owner team see every version; everybody signed in sees what is released of shared modules.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from contracts.versions import Version
from studio.catalog.models import FIXED, STATES, Module, ModuleTag, ModuleVersion, StoredBundle, VersionCheck
from studio.teams.viewer import Viewer


def visible_modules(viewer: Viewer) -> QuerySet[Module]:
    if viewer.is_anonymous:
        return Module.objects.none()
    return Module.objects.filter(Q(owner__in=viewer.teams) | Q(is_shared=True))


def visible_versions(viewer: Viewer) -> QuerySet[ModuleVersion]:
    if viewer.is_anonymous:
        return ModuleVersion.objects.none()
    return ModuleVersion.objects.filter(
        Q(module__owner__in=viewer.teams) | Q(module__is_shared=True, state__in=FIXED)
    )


def find_modules(
    viewer: Viewer,
    *,
    search: str | None = None,
    owner: str | None = None,
    runtime: str | None = None,
    state: str | None = None,
    tag: str | None = None,
    gives: str | None = None,
    takes: str | None = None,
) -> QuerySet[Module]:
    """Modules by words in name, summary or tags, and by facets, with a `place` to order them by.

    `state` is that of the latest version; `gives` and `takes` are kinds of ports or media types.
    """
    words = (search or "").split()
    found = visible_modules(viewer).annotate(place=_place(words))
    for word in words:
        tagged = Module.objects.filter(tags__tag__icontains=word).values("pk")
        found = found.filter(Q(name__icontains=word) | Q(summary__icontains=word) | Q(pk__in=tagged))
    if owner is not None:
        found = found.filter(owner__slug=owner)
    if runtime is not None:
        found = found.filter(runtime=runtime)
    if state is not None:
        found = found.filter(latest__state=state)
    if tag is not None:
        found = found.filter(tags__tag=tag)
    for kind, is_input in ((gives, False), (takes, True)):
        if kind is not None:
            found = found.filter(pk__in=_having_port(kind, is_input=is_input))
    return found


def _place(words: Sequence[str]) -> Case:
    """A module whose name begins with the first word comes first, then names with it, then the rest."""
    first = words[0] if words else ""
    begins = Q(name__istartswith=first) | Q(name__icontains=f"/{first}")
    return Case(
        When(begins, then=Value(0)),
        When(name__icontains=first, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )


def module(viewer: Viewer, name: str) -> Module | None:
    return visible_modules(viewer).filter(name=name).first()


def module_by_id(viewer: Viewer, id: UUID) -> Module | None:
    return visible_modules(viewer).filter(pk=id).first()


def version(viewer: Viewer, name: str, number: str) -> ModuleVersion | None:
    return visible_versions(viewer).filter(module__name=name, number=number).first()


def version_by_id(viewer: Viewer, id: UUID) -> ModuleVersion | None:
    return visible_versions(viewer).filter(pk=id).first()


def versions_of(viewer: Viewer, modules: Sequence[Module]) -> dict[UUID, list[ModuleVersion]]:
    """The visible versions of each module by the module's id, highest first."""
    found: dict[UUID, list[ModuleVersion]] = defaultdict(list)
    for row in visible_versions(viewer).filter(module__in=modules):
        found[row.module_id].append(row)
    return {key: sorted(rows, key=precedence, reverse=True) for key, rows in found.items()}


def latest_of(viewer: Viewer, modules: Sequence[Module]) -> dict[UUID, ModuleVersion]:
    """The latest version of each module, by the module's id."""
    found = visible_versions(viewer).filter(pk__in=[row.latest_id for row in modules])
    return {row.module_id: row for row in found}


def tags_of(modules: Sequence[Module]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    for row in ModuleTag.objects.filter(module__in=modules).order_by("tag"):
        found[row.module_id].append(row.tag)
    return found


def tables_of(versions: Sequence[ModuleVersion]) -> dict[UUID, StoredBundle]:
    """The stored bundle of each version, by the version's id."""
    bundles = StoredBundle.objects.in_bulk([version.bundle_id for version in versions])
    return {version.pk: bundles[version.bundle_id] for version in versions}


def checks_of(versions: Sequence[ModuleVersion]) -> dict[UUID, list[VersionCheck]]:
    """The findings about the bundle that each version has now, by the version's id."""
    bundles = {version.pk: version.bundle_id for version in versions}
    found: dict[UUID, list[VersionCheck]] = defaultdict(list)
    for check in VersionCheck.objects.filter(version__in=versions).order_by("name"):
        if check.bundle == bundles[check.version_id]:
            found[check.version_id].append(check)
    return found


def previous_release(module: Module, number: str) -> ModuleVersion | None:
    """The highest released version below `number`: what a candidate is compared with."""
    below = parse_number(number)
    rows = ModuleVersion.objects.filter(module=module, state__in=FIXED)
    return max((row for row in rows if precedence(row) < below), key=precedence, default=None)


def precedence(version: ModuleVersion) -> Version:
    return parse_number(version.number)


@lru_cache(maxsize=4096)
def parse_number(number: str) -> Version:
    return Version.parse(number)


def facets(viewer: Viewer) -> dict[str, list[tuple[str, int]]]:
    """Owners, runtimes, tags and states of the visible modules with their counts, most frequent first."""
    modules = visible_modules(viewer)
    return {
        "owners": _counted(modules, "owner__slug"),
        "runtimes": _counted(modules, "runtime"),
        "tags": _counted(modules.filter(tags__isnull=False), "tags__tag"),
        "states": _in_order_of_states(_counted(modules.filter(latest__isnull=False), "latest__state")),
    }


def _counted(modules: QuerySet[Module], field: str) -> list[tuple[str, int]]:
    rows = modules.values_list(field).annotate(count=Count("pk", distinct=True)).order_by("-count", field)
    return [(value, count) for value, count in rows]


def _in_order_of_states(counted: list[tuple[str, int]]) -> list[tuple[str, int]]:
    counts = Counter(dict(counted))
    return [(state, counts[state]) for state in STATES if counts[state]]


def _having_port(kind: str, *, is_input: bool) -> QuerySet[Module, UUID]:
    kinds = [kind] if kind == "any" else [kind, "any"] if is_input else [kind]
    return Module.objects.filter(ports__is_input=is_input, ports__kind__in=kinds).values_list("pk", flat=True)
