"""End a review without a verdict."""

from uuid import UUID

from django.utils import timezone

from studio.announcements import announce
from studio.audit.actions.append_entry import append_entry
from studio.catalog.models import DRAFT
from studio.refusals import require
from studio.reviews.errors import review_state
from studio.reviews.found import locked_review
from studio.reviews.models import WITHDRAWN, Review
from studio.reviews.policies import may_withdraw_review
from studio.teams.viewer import Viewer
from studio.writing import writing


def withdraw_review(actor: Viewer, review_id: UUID) -> Review:
    """The version is a draft again. Raises `NotFound`, `Forbidden`, `Conflict`."""
    with writing():
        review = locked_review(actor, review_id)
        require(may_withdraw_review(actor, review))
        if review.state == WITHDRAWN or review.version.is_fixed:
            raise review_state(review.state, wanted="open")
        version, before = review.version, review.version.state
        review.state, review.closed_at = WITHDRAWN, timezone.now()
        review.save(update_fields=["state", "closed_at"])
        version.state = DRAFT
        version.save(update_fields=["state"])
        append_entry(
            actor,
            "withdraw_review",
            object=str(version),
            object_id=version.pk,
            team=version.module.owner_id,
            before={"state": before},
            after={"state": DRAFT},
        )
        announce("review", review.pk, version.module.owner_id)
        announce("version", version.pk, version.module.owner_id)
        return review
