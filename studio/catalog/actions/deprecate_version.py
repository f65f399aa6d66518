"""Deprecate a released version, with a successor where there is one."""

from uuid import UUID

from contracts.names import MODULE
from studio.announcements import announce
from studio.audit.actions.append_entry import append_entry
from studio.catalog.candidates import refresh_module
from studio.catalog.errors import wrong_state
from studio.catalog.models import DEPRECATED, RELEASED, Module, ModuleVersion
from studio.catalog.policies import may_deprecate_version
from studio.catalog.queries import visible_versions
from studio.refusals import invalid, not_found, require
from studio.teams.viewer import Viewer
from studio.writing import writing


def deprecate_version(
    actor: Viewer, version_id: UUID, *, reason: str, successor: str | None = None
) -> ModuleVersion:
    """`successor` is `team/name` or empty. Raises `NotFound`, `Forbidden`, `Invalid`, `Conflict`."""
    with writing():
        version = visible_versions(actor).select_for_update().filter(pk=version_id).first()
        if version is None:
            raise not_found("version")
        require(may_deprecate_version(actor, version.module))
        _check(version, reason, successor)
        version.state, version.state_reason, version.successor = DEPRECATED, reason, successor or ""
        version.save(update_fields=["state", "state_reason", "successor"])
        refresh_module(version.module)
        append_entry(
            actor,
            "deprecate_version",
            object=str(version),
            object_id=version.pk,
            team=version.module.owner_id,
            before={"state": RELEASED},
            after={"state": DEPRECATED, "successor": version.successor},
            reason=reason,
        )
        announce("version", version.pk, version.module.owner_id)
        return version


def _check(version: ModuleVersion, reason: str, successor: str | None) -> None:
    if version.state != RELEASED:
        raise wrong_state(str(version), state=version.state, wanted="released")
    if not reason.strip():
        raise invalid("reason", "/reason", "Say why, for those who use it.")
    if successor and (not MODULE.match(successor) or not Module.objects.filter(name=successor).exists()):
        raise invalid("successor", "/successor", f"There is no module {successor}. Write team/name.")
