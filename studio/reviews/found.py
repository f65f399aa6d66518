"""Finding and locking what an action is about; what the actor may not see is not found."""

from uuid import UUID

from contracts.canonical import Digest
from studio.catalog.errors import other_bundle
from studio.catalog.models import ModuleVersion
from studio.refusals import not_found
from studio.reviews.models import Review
from studio.reviews.queries import visible_reviews
from studio.teams.viewer import Viewer


def locked_review(actor: Viewer, review_id: UUID) -> Review:
    """The review with its version and module, locked to the end of the transaction. Raises `NotFound`."""
    found = (
        visible_reviews(actor)
        .select_related("version__module")
        .select_for_update(of=("self", "version"))
        .filter(pk=review_id)
        .first()
    )
    if found is None:
        raise not_found("review")
    return found


def locked_version(actor: Viewer, version_id: UUID) -> ModuleVersion:
    """A version of a module that one of the actor's teams owns, locked. Raises `NotFound`."""
    found = (
        ModuleVersion.objects.select_related("module")
        .select_for_update(of=("self",))
        .filter(pk=version_id, module__owner__in=actor.teams)
        .first()
    )
    if found is None:
        raise not_found("version")
    return found


def require_bundle(version: ModuleVersion, expected: Digest) -> None:
    """Raises `Conflict` where the version no longer carries the bundle that was looked at."""
    if version.bundle_id != expected:
        raise other_bundle(str(version), bundle=version.bundle_id)
