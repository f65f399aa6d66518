"""Keep an uploaded bundle. Nothing is published by it."""

from dataclasses import dataclass

from modules_catalog.bundle import Bundle, read_bundle
from modules_catalog.candidate import Candidate, read_candidate
from studio.audit.actions.append_entry import append_entry
from studio.catalog.bundles import keep_files
from studio.catalog.models import StoredBundle
from studio.catalog.policies import may_store_bundle
from studio.refusals import require
from studio.teams.viewer import Viewer
from studio.writing import writing


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """`is_new` is false where the same bundle was kept before."""

    candidate: Candidate
    is_new: bool


def store_bundle(actor: Viewer, data: bytes) -> Stored:
    """Read a zip and keep it. Raises `Forbidden`, and `ProblemsError` for what could never be published."""
    require(may_store_bundle(actor))
    candidate = read_candidate(read_bundle(data))
    return Stored(candidate=candidate, is_new=keep(actor, candidate.bundle))


def keep(actor: Viewer, bundle: Bundle) -> bool:
    """Files first, then the row that names them. Returns whether the bundle was not there before."""
    if StoredBundle.objects.filter(pk=bundle.digest).exists():
        return False
    keep_files(bundle)
    with writing():
        row, is_new = StoredBundle.objects.get_or_create(
            digest=bundle.digest, defaults={"table": bundle.table, "uploaded_by": actor.actor}
        )
        if is_new:
            append_entry(
                actor,
                "store_bundle",
                object=row.digest,
                object_id=row.digest,
                team=None,
                after={"bundle": row.digest},
            )
    return is_new
