"""The step from approved (or shipped) to released, within the caller's transaction."""

from django.utils import timezone

from contracts.canonical import JSON
from studio.announcements import announce
from studio.audit.actions.append_entry import append_entry
from studio.catalog.candidates import refresh_module
from studio.catalog.models import RELEASED, ModuleVersion
from studio.teams.viewer import Viewer


def mark_released(
    actor: Viewer,
    version: ModuleVersion,
    *,
    reason: str = "",
    requester: str = "",
    approver: str = "",
    evidence: JSON = None,
) -> None:
    """From here on the version is immutable. Its callers have asked who may and what must hold."""
    before = version.state
    version.state, version.released_at = RELEASED, timezone.now()
    version.save(update_fields=["state", "released_at"])
    refresh_module(version.module)
    append_entry(
        actor,
        "release_version",
        object=str(version),
        object_id=version.pk,
        team=version.module.owner_id,
        before={"state": before},
        after={"state": RELEASED, "bundle": version.bundle_id, "contract": version.contract_id},
        reason=reason,
        requester=requester,
        approver=approver,
        evidence=evidence,
    )
    announce("version", version.pk, version.module.owner_id)
