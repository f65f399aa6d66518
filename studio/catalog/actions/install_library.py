"""Release the shipped modules. The installer does this at every start; it has no mutation."""

from typing import Final

from contracts.problems import ProblemsError
from modules_catalog.bundle import Bundle
from modules_catalog.candidate import read_candidate
from modules_catalog.library import (
    check_lock,
    locked_versions,
    newest_versions,
    shipped_bundles,
    shipped_versions,
)
from studio.catalog.actions.store_bundle import keep
from studio.catalog.candidates import put_candidate
from studio.catalog.models import FIXED, ModuleVersion
from studio.catalog.releasing import mark_released
from studio.teams.models import Team
from studio.teams.viewer import Viewer
from studio.writing import writing

INSTALLER: Final = Viewer(system="installer")


def install_library() -> int:
    """Publish and release what library.lock names and is not here yet. Returns how many versions were new.

    Raises `ProblemsError` where the shipped bytes are not those of library.lock, and `Conflict` where a
    released number has other bytes.
    """
    locked = locked_versions()
    if _are_here(locked):
        return 0
    if problems := check_lock(shipped_versions(), locked):
        raise ProblemsError(problems)
    return sum(_install(bundle) for bundle in shipped_bundles())


def _are_here(locked: dict[str, str]) -> bool:
    """Whether the newest version of each major is: earlier ones are in the lock, not in the product."""
    rows = ModuleVersion.objects.filter(bundle__in=locked.values(), state__in=FIXED)
    here = {f"{name}@{number}" for name, number in rows.values_list("module__name", "number")}
    return here >= newest_versions(locked)


def _install(bundle: Bundle) -> bool:
    candidate = read_candidate(bundle)
    keep(INSTALLER, bundle)
    with writing():
        slug = candidate.manifest.owner
        owner, _ = Team.objects.get_or_create(slug=slug, defaults={"title": slug.title()})
        version = put_candidate(INSTALLER, candidate, owner, is_shared=True).version
        if version.is_fixed:
            return False
        mark_released(INSTALLER, version, reason="Shipped with the product")
        return True
