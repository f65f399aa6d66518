"""Ask the team to review a draft version."""

from uuid import UUID

from studio.announcements import announce
from studio.audit.actions.append_entry import append_entry
from studio.catalog.errors import wrong_state
from studio.catalog.models import DRAFT, IN_REVIEW, ModuleVersion
from studio.catalog.queries import previous_release
from studio.refusals import require
from studio.reviews.found import locked_version
from studio.reviews.models import OPEN, WITHDRAWN, Review
from studio.reviews.policies import may_submit_version
from studio.teams.viewer import Viewer
from studio.writing import writing


def submit_version(actor: Viewer, version_id: UUID, *, message: str = "") -> Review:
    """A review that asked for changes goes on with its comments; else a new one begins.

    Raises `NotFound`, `Forbidden`, `Conflict`.
    """
    person = actor.require_person()
    with writing():
        version = locked_version(actor, version_id)
        require(may_submit_version(actor, version))
        if version.state != DRAFT:
            raise wrong_state(str(version), state=version.state, wanted="draft")
        review = _review(version) or Review(version=version, message=message)
        review.author, review.state, review.closed_at = person, OPEN, None
        review.bundle, review.base = version.bundle_id, previous_release(version.module, version.number)
        review.message = message or review.message
        review.save()
        version.state = IN_REVIEW
        version.save(update_fields=["state"])
        append_entry(
            actor,
            "submit_version",
            object=str(version),
            object_id=version.pk,
            team=version.module.owner_id,
            before={"state": DRAFT},
            after={"state": IN_REVIEW, "bundle": version.bundle_id},
            reason=message,
        )
        announce("review", review.pk, version.module.owner_id)
        announce("version", version.pk, version.module.owner_id)
        return review


def _review(version: ModuleVersion) -> Review | None:
    return Review.objects.filter(version=version).exclude(state=WITHDRAWN).first()
