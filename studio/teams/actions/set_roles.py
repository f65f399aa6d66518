"""Set the roles of a member."""

from collections.abc import Sequence
from uuid import UUID

from studio.audit.actions.append_entry import append_entry
from studio.refusals import not_found, require
from studio.teams.announcements import announce_user
from studio.teams.models import Membership
from studio.teams.policies import may_manage_members
from studio.teams.queries import team_by_id
from studio.teams.roles import checked_roles, keep_an_admin
from studio.teams.viewer import Viewer
from studio.writing import writing


def set_roles(viewer: Viewer, *, team: UUID, user: UUID, roles: Sequence[str]) -> Membership:
    """Raises `Invalid`, `NotFound`, `Forbidden`, `Conflict` (the last admin)."""
    wanted = checked_roles(roles)
    with writing():
        found = team_by_id(viewer, team)
        membership = Membership.objects.select_for_update().filter(team=found, user=user).first()
        if found is None or membership is None:
            raise not_found("member")
        require(may_manage_members(viewer, found))
        if "admin" not in wanted:
            keep_an_admin(found.pk, without=membership)
        append_entry(
            viewer,
            "set_roles",
            object=membership.user.email,
            object_id=user,
            team=found.pk,
            before={"roles": membership.roles},
            after={"roles": wanted},
        )
        membership.roles = wanted
        membership.save(update_fields=["roles"])
        announce_user(user)
    return membership
