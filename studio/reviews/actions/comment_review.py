"""Say something in a review."""

from typing import Final
from uuid import UUID

from contracts.canonical import JSON
from studio.announcements import announce
from studio.audit.actions.append_entry import append_entry
from studio.refusals import Invalid, invalid, require
from studio.reviews.anchors import check_anchor
from studio.reviews.errors import review_state
from studio.reviews.found import locked_review
from studio.reviews.models import WITHDRAWN, Comment
from studio.reviews.policies import may_comment_review
from studio.teams.viewer import Viewer
from studio.writing import writing

MAX_BODY: Final = 10_000


def comment_review(actor: Viewer, review_id: UUID, *, body: str, anchor: JSON = None) -> Comment:
    """The comment stays when the version gets another bundle. Raises `NotFound`, `Forbidden`, `Invalid`."""
    with writing():
        review = locked_review(actor, review_id)
        require(may_comment_review(actor, review))
        if review.state == WITHDRAWN:
            raise review_state(review.state, wanted="open")
        if not body.strip() or len(body) > MAX_BODY:
            raise invalid("body", "/body", f"Write between 1 and {MAX_BODY} characters.")
        if problems := check_anchor(anchor):
            raise Invalid(problems)
        comment = Comment.objects.create(
            review=review,
            author=actor.require_person(),
            bundle=review.version.bundle_id,
            body=body,
            anchor=anchor,
        )
        append_entry(
            actor,
            "comment_review",
            object=str(review.version),
            object_id=review.pk,
            team=review.version.module.owner_id,
            after={"comment": str(comment.pk)},
        )
        announce("review", review.pk, review.version.module.owner_id)
        return comment
