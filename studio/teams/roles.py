"""Roles as a request names them."""

from collections.abc import Sequence
from uuid import UUID

from studio.refusals import conflict, invalid
from studio.teams.models import ROLES, Membership


def checked_roles(roles: Sequence[str]) -> list[str]:
    """In the order of `ROLES`, each once. Raises `Invalid` for none or an unknown one."""
    unknown = sorted(set(roles) - set(ROLES))
    if unknown or not roles:
        named = f"{unknown[0]!r} is no role. " if unknown else ""
        raise invalid("roles", "/roles", f"{named}Give at least one of {', '.join(ROLES)}.")
    return [role for role in ROLES if role in roles]


def keep_an_admin(team: UUID, *, without: Membership) -> None:
    """Raises `Conflict` where nobody else could manage the team any more. Call it inside `writing()`."""
    others = Membership.objects.select_for_update().filter(team=team).exclude(pk=without.pk)
    if not any("admin" in membership.roles for membership in others):
        raise conflict("last_admin", "This is the team's last admin. Make somebody else admin first.")
