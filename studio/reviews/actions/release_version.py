"""Release an approved version: from here on it is immutable."""

from uuid import UUID

from contracts.canonical import Digest
from studio.catalog.bumps import check_bump
from studio.catalog.errors import wrong_state
from studio.catalog.models import APPROVED, ModuleVersion
from studio.catalog.releasing import mark_released
from studio.refusals import require
from studio.reviews.errors import not_approved
from studio.reviews.found import locked_version, require_bundle
from studio.reviews.models import APPROVE, Verdict
from studio.reviews.policies import may_release_version
from studio.teams.viewer import Viewer
from studio.writing import writing


def release_version(
    actor: Viewer, version_id: UUID, *, expected_bundle: Digest, reason: str = ""
) -> ModuleVersion:
    """Raises `NotFound`, `Forbidden`, `Conflict`, `Invalid` where another release raised the bump."""
    with writing():
        version = locked_version(actor, version_id)
        require(may_release_version(actor, version))
        require_bundle(version, expected_bundle)
        if version.state != APPROVED:
            raise wrong_state(str(version), state=version.state, wanted="approved")
        approval = _approval(version)
        if approval is None:
            raise not_approved(version.bundle_id)
        check_bump(version.module, version.number, version.contract.document)
        mark_released(
            actor,
            version,
            reason=reason,
            requester=approval.review.author.actor,
            approver=approval.author.actor,
            evidence={"verdict": approval.pk, "bundle": approval.bundle},
        )
        return version


def _approval(version: ModuleVersion) -> Verdict | None:
    """The last approval of this very bundle by somebody else than its author."""
    verdicts = Verdict.objects.select_related("author", "review__author").filter(
        review__version=version, bundle=version.bundle_id, verdict=APPROVE
    )
    return verdicts.exclude(author=version.published_by_id).order_by("-pk").first()
