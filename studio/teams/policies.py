"""Who may change teams, people's places in them, links and tokens."""

from studio.refusals import ALLOWED, Decision, denied
from studio.teams.models import Team, Token, User
from studio.teams.viewer import Viewer


def may_create_team(viewer: Viewer) -> Decision:
    """Any person; a token only speaks for the teams it was made for."""
    if viewer.token is not None:
        return denied("person_needed", "A token cannot create teams. Sign in and create it yourself.")
    return ALLOWED


def may_manage_members(viewer: Viewer, team: Team) -> Decision:
    if viewer.has("admin", team.pk):
        return ALLOWED
    return denied("admin_needed", f"Only admins of {team.slug} change its members. Ask one of them.")


def may_create_sign_in_link(viewer: Viewer, user: User) -> Decision:
    """An admin of every team that the person is in: the link gives all that they may."""
    if viewer.system:
        return ALLOWED
    teams = set(user.memberships.values_list("team_id", flat=True))
    if teams and all(viewer.has("admin", team) for team in teams):
        return ALLOWED
    return denied("admin_needed", "Only an admin of every team of that person can make a link for them.")


def may_create_token(viewer: Viewer) -> Decision:
    if viewer.token is not None:
        return denied("person_needed", "A token cannot make tokens. Sign in and make it yourself.")
    return ALLOWED


def may_revoke_token(viewer: Viewer, token: Token) -> Decision:
    """One's own; a token ends itself and no other."""
    if viewer.token is not None and viewer.token.pk != token.pk:
        return denied("person_needed", "A token revokes itself alone. Sign in to revoke another.")
    return ALLOWED


def may_sign_out(viewer: Viewer) -> Decision:
    return ALLOWED
