"""What a new bundle under the same number does to a review: approvals are dropped, comments stay."""

from studio.announcements import announce
from studio.catalog.models import ModuleVersion
from studio.reviews.models import APPROVED, OPEN, WITHDRAWN, Review


def follow_new_bundle(version: ModuleVersion) -> None:
    """Within the transaction that replaced the bundle."""
    for review in Review.objects.filter(version=version).exclude(state=WITHDRAWN):
        review.bundle = version.bundle_id
        if review.state == APPROVED:
            review.state, review.closed_at = OPEN, None
        review.save(update_fields=["bundle", "state", "closed_at"])
        announce("review", review.pk, version.module.owner_id)
