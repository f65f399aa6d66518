"""Send a version back to its author."""

from uuid import UUID

from contracts.canonical import Digest
from studio.catalog.models import DRAFT
from studio.refusals import require
from studio.reviews.errors import no_message, review_state
from studio.reviews.found import locked_review, require_bundle
from studio.reviews.judging import give_verdict
from studio.reviews.models import APPROVED, CHANGES_REQUESTED, OPEN, REQUEST_CHANGES, Review
from studio.reviews.policies import may_request_changes
from studio.teams.viewer import Viewer
from studio.writing import writing


def request_changes(actor: Viewer, review_id: UUID, *, expected_bundle: Digest, message: str) -> Review:
    """The version is a draft again. Raises `NotFound`, `Forbidden`, `Invalid`, `Conflict`."""
    with writing():
        review = locked_review(actor, review_id)
        require(may_request_changes(actor, review))
        require_bundle(review.version, expected_bundle)
        if review.state not in (OPEN, APPROVED) or review.version.is_fixed:
            raise review_state(review.state, wanted="open")
        if not message.strip():
            raise no_message()
        give_verdict(
            actor,
            review,
            action="request_changes",
            verdict=REQUEST_CHANGES,
            message=message,
            review_state=CHANGES_REQUESTED,
            version_state=DRAFT,
        )
        return review
