"""Settle a comment of a review."""

from uuid import UUID

from django.utils import timezone

from studio.announcements import announce
from studio.audit.actions.append_entry import append_entry
from studio.refusals import not_found, require
from studio.reviews.found import locked_review
from studio.reviews.models import Comment
from studio.reviews.policies import may_resolve_comment
from studio.reviews.queries import comment as find_comment
from studio.teams.viewer import Viewer
from studio.writing import writing


def resolve_comment(actor: Viewer, comment_id: UUID) -> Comment:
    """Resolving twice changes nothing. Raises `NotFound`, `Forbidden`."""
    with writing():
        comment = find_comment(actor, comment_id)
        if comment is None:
            raise not_found("comment")
        comment.review = locked_review(actor, comment.review_id)
        require(may_resolve_comment(actor, comment))
        if comment.resolved_at is not None:
            return comment
        comment.resolved_at, comment.resolved_by = timezone.now(), actor.require_person()
        comment.save(update_fields=["resolved_at", "resolved_by"])
        append_entry(
            actor,
            "resolve_comment",
            object=str(comment.review.version),
            object_id=comment.review_id,
            team=comment.review.version.module.owner_id,
            after={"comment": str(comment.pk)},
        )
        announce("review", comment.review_id, comment.review.version.module.owner_id)
        return comment
