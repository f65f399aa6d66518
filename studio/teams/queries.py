"""What a viewer may see of people and teams: their own teams and the members of those."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from studio.teams.models import Membership, Team, Token, User
from studio.teams.viewer import Viewer


def visible_teams(viewer: Viewer) -> QuerySet[Team]:
    return Team.objects.filter(pk__in=viewer.teams)


def visible_users(viewer: Viewer) -> QuerySet[User]:
    """The viewer, and everybody with whom they share a team."""
    together = User.objects.filter(memberships__team__in=viewer.teams)
    own = User.objects.filter(pk=viewer.user.pk) if viewer.user else User.objects.none()
    return (together | own).distinct()


def team(viewer: Viewer, slug: str) -> Team | None:
    return visible_teams(viewer).filter(slug=slug).first()


def team_by_id(viewer: Viewer, id: UUID) -> Team | None:
    return visible_teams(viewer).filter(pk=id).first()


def user_by_id(viewer: Viewer, id: UUID) -> User | None:
    return visible_users(viewer).filter(pk=id).first()


def members_of(viewer: Viewer, teams: Sequence[Team]) -> dict[UUID, list[Membership]]:
    """The members of each of the teams that the viewer sees, by the team's id, in order of names."""
    found: dict[UUID, list[Membership]] = defaultdict(list)
    visible = {team.pk for team in teams} & set(viewer.teams)
    for membership in Membership.objects.filter(team__in=visible).order_by("user__name", "pk"):
        found[membership.team_id].append(membership)
    return found


def memberships_of(viewer: Viewer, users: Sequence[User]) -> dict[UUID, list[Membership]]:
    """The memberships of each user in teams that the viewer sees, by the user's id."""
    found: dict[UUID, list[Membership]] = defaultdict(list)
    rows = Membership.objects.filter(user__in=users, team__in=viewer.teams).order_by("team__slug")
    for membership in rows:
        found[membership.user_id].append(membership)
    return found


def tokens_of(viewer: Viewer, user: User) -> list[Token]:
    """The tokens of the viewer; of anybody else none."""
    if viewer.user is None or viewer.user.pk != user.pk:
        return []
    return list(Token.objects.filter(user=user, revoked_at=None).order_by("-created_at", "-pk"))
