"""Who may do what in the catalog."""

from uuid import UUID

from studio.catalog.models import Module
from studio.refusals import ALLOWED, Decision, denied
from studio.teams.viewer import Viewer


def may_store_bundle(actor: Viewer) -> Decision:
    """Anybody who may publish for some team."""
    if any("author" in roles for roles in actor.roles.values()):
        return ALLOWED
    return denied("role", "Uploading a bundle needs the role author in some team.")


def may_publish_version(actor: Viewer, team: UUID) -> Decision:
    if actor.has("author", team):
        return ALLOWED
    return denied("role", "Publishing needs the role author in the team that owns the module.")


def may_deprecate_version(actor: Viewer, module: Module) -> Decision:
    return _maintains(actor, module, "Deprecating")


def may_yank_version(actor: Viewer, module: Module) -> Decision:
    return _maintains(actor, module, "Yanking")


def _maintains(actor: Viewer, module: Module, doing: str) -> Decision:
    if actor.has("maintainer", module.owner_id):
        return ALLOWED
    return denied("role", f"{doing} needs the role maintainer in the team that owns the module.")
