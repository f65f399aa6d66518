"""Approve the bundle that a review is about."""

from uuid import UUID

from contracts.canonical import Digest
from studio.catalog.models import APPROVED
from studio.refusals import require
from studio.reviews.errors import review_state
from studio.reviews.found import locked_review, require_bundle
from studio.reviews.judging import give_verdict
from studio.reviews.models import APPROVE, OPEN, Review
from studio.reviews.models import APPROVED as REVIEW_APPROVED
from studio.reviews.policies import may_approve_version
from studio.teams.viewer import Viewer
from studio.writing import writing


def approve_version(actor: Viewer, review_id: UUID, *, expected_bundle: Digest, message: str = "") -> Review:
    """The approval holds for `expected_bundle` alone. Raises `NotFound`, `Forbidden`, `Conflict`."""
    with writing():
        review = locked_review(actor, review_id)
        require(may_approve_version(actor, review))
        require_bundle(review.version, expected_bundle)
        if review.state != OPEN:
            raise review_state(review.state, wanted="open")
        give_verdict(
            actor,
            review,
            action="approve_version",
            verdict=APPROVE,
            message=message,
            review_state=REVIEW_APPROVED,
            version_state=APPROVED,
        )
        return review
