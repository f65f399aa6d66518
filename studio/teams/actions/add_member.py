"""Add a person to a team; a person who is new to the installation is created."""

from collections.abc import Sequence
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from studio.audit.actions.append_entry import append_entry
from studio.refusals import conflict, invalid, not_found, require
from studio.teams.announcements import announce_user
from studio.teams.models import Membership, User
from studio.teams.policies import may_manage_members
from studio.teams.queries import team_by_id
from studio.teams.roles import checked_roles
from studio.teams.viewer import Viewer
from studio.writing import writing


def add_member(
    viewer: Viewer, *, team: UUID, email: str, name: str | None = None, roles: Sequence[str]
) -> Membership:
    """Raises `Invalid`, `NotFound`, `Forbidden`, `Conflict` (is a member already)."""
    address = _checked_email(email)
    wanted = checked_roles(roles)
    with writing():
        found = team_by_id(viewer, team)
        if found is None:
            raise not_found("team")
        require(may_manage_members(viewer, found))
        user = _user(address, name)
        if Membership.objects.filter(user=user, team=found).exists():
            message = f"{address} is a member of {found.slug} already. Change their roles instead."
            raise conflict("is_member", message)
        append_entry(
            viewer, "add_member", object=address, object_id=user.pk, team=found.pk, after={"roles": wanted}
        )
        announce_user(user.pk)
        return Membership.objects.create(user=user, team=found, roles=wanted)


def _checked_email(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise invalid("email", "/email", f"{email!r} is not an e-mail address.") from None
    return address


def _user(email: str, name: str | None) -> User:
    """An existing person keeps the name they have: another team's admin does not rename them."""
    shown = (name or email.partition("@")[0]).strip()[:120]
    user, _ = User.objects.get_or_create(email=email, defaults={"name": shown})
    return user
