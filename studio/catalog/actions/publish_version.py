"""Publish a stored bundle as a candidate of the version that its manifest names."""

from contracts.canonical import Digest
from modules_catalog.bundle import bundle_of
from modules_catalog.candidate import Candidate, read_candidate
from studio.catalog.bundles import read_files
from studio.catalog.candidates import Published, put_candidate
from studio.catalog.compiling import require_compiled
from studio.catalog.errors import foreign_owner, unknown_owner
from studio.catalog.models import StoredBundle
from studio.catalog.policies import may_publish_version
from studio.refusals import not_found, require
from studio.teams.models import Team
from studio.teams.queries import visible_teams
from studio.teams.viewer import Viewer
from studio.writing import writing


def publish_version(actor: Viewer, *, digest: Digest, team: str | None = None) -> Published:
    """The number keeps its row while it is not released: a new bundle replaces the old and its approvals.

    Raises `NotFound`, `Forbidden`, `Invalid` where the number says less than the changes or WebAssembly cannot be
    compiled, and `Conflict` where the number is released with another bundle.
    """
    candidate = _read(digest)
    owner = _owner(actor, candidate, team)
    require(may_publish_version(actor, owner.pk))
    require_compiled(candidate)
    with writing():
        require(may_publish_version(actor, owner.pk))
        return put_candidate(actor, candidate, owner)


def _read(digest: Digest) -> Candidate:
    row = StoredBundle.objects.filter(pk=digest).first()
    if row is None:
        raise not_found("bundle")
    return read_candidate(bundle_of(read_files(row.table)))


def _owner(actor: Viewer, candidate: Candidate, team: str | None) -> Team:
    named = candidate.manifest.owner
    owner = visible_teams(actor).filter(slug=named).first()
    if owner is None:
        raise unknown_owner(named)
    if team is not None and team != named:
        raise foreign_owner(named, team)
    return owner
