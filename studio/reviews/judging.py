"""What both verdicts do, within the caller's transaction."""

from django.utils import timezone

from studio.announcements import announce
from studio.audit.actions.append_entry import append_entry
from studio.reviews.models import Review, Verdict
from studio.teams.viewer import Viewer


def give_verdict(
    actor: Viewer,
    review: Review,
    *,
    action: str,
    verdict: str,
    message: str,
    review_state: str,
    version_state: str,
) -> None:
    """Record the verdict on the bundle as it is now and move review and version to their new states."""
    version = review.version
    before = version.state
    Verdict.objects.create(
        review=review,
        author=actor.require_person(),
        bundle=version.bundle_id,
        verdict=verdict,
        message=message,
    )
    review.state, review.closed_at = review_state, timezone.now()
    review.save(update_fields=["state", "closed_at"])
    version.state = version_state
    version.save(update_fields=["state"])
    append_entry(
        actor,
        action,
        object=str(version),
        object_id=version.pk,
        team=version.module.owner_id,
        before={"state": before},
        after={"state": version_state, "bundle": version.bundle_id},
        reason=message,
        requester=review.author.actor,
    )
    announce("review", review.pk, version.module.owner_id)
    announce("version", version.pk, version.module.owner_id)
