"""Remove a member from a team."""

from uuid import UUID

from studio.audit.actions.append_entry import append_entry
from studio.refusals import not_found, require
from studio.teams.announcements import announce_user
from studio.teams.models import Membership, Team
from studio.teams.policies import may_manage_members
from studio.teams.queries import team_by_id
from studio.teams.roles import keep_an_admin
from studio.teams.viewer import Viewer
from studio.writing import writing


def remove_member(viewer: Viewer, *, team: UUID, user: UUID) -> Team:
    """Raises `NotFound`, `Forbidden`, `Conflict` (the last admin)."""
    with writing():
        found = team_by_id(viewer, team)
        membership = Membership.objects.select_for_update().filter(team=found, user=user).first()
        if found is None or membership is None:
            raise not_found("member")
        require(may_manage_members(viewer, found))
        keep_an_admin(found.pk, without=membership)
        append_entry(
            viewer,
            "remove_member",
            object=membership.user.email,
            object_id=user,
            team=found.pk,
            before={"roles": membership.roles},
        )
        membership.delete()
        announce_user(user)
    return found
