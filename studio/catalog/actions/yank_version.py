"""Yank a released version: nothing new may use it, what is pinned to it finishes."""

from uuid import UUID

from studio.announcements import announce
from studio.audit.actions.append_entry import append_entry
from studio.catalog.candidates import refresh_module
from studio.catalog.errors import wrong_state
from studio.catalog.models import DEPRECATED, RELEASED, YANKED, ModuleVersion
from studio.catalog.policies import may_yank_version
from studio.catalog.queries import visible_versions
from studio.refusals import invalid, not_found, require
from studio.teams.viewer import Viewer
from studio.writing import writing


def yank_version(actor: Viewer, version_id: UUID, *, reason: str) -> ModuleVersion:
    """Raises `NotFound`, `Forbidden`, `Invalid`, `Conflict`."""
    with writing():
        version = visible_versions(actor).select_for_update().filter(pk=version_id).first()
        if version is None:
            raise not_found("version")
        require(may_yank_version(actor, version.module))
        if version.state not in (RELEASED, DEPRECATED):
            raise wrong_state(str(version), state=version.state, wanted="released or deprecated")
        if not reason.strip():
            raise invalid("reason", "/reason", "Say why, for those who use it.")
        before = version.state
        version.state, version.state_reason = YANKED, reason
        version.save(update_fields=["state", "state_reason"])
        refresh_module(version.module)
        append_entry(
            actor,
            "yank_version",
            object=str(version),
            object_id=version.pk,
            team=version.module.owner_id,
            before={"state": before},
            after={"state": YANKED},
            reason=reason,
        )
        announce("version", version.pk, version.module.owner_id)
        return version
