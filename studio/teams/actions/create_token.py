"""Make an API token of the viewer; its text is shown once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.utils import timezone

from studio.audit.actions.append_entry import append_entry
from studio.refusals import invalid, require
from studio.teams.models import ROLES, Token
from studio.teams.policies import may_create_token
from studio.teams.secrets import hash_of, new_secret
from studio.teams.viewer import Viewer
from studio.writing import writing

MAX_DAYS: Final = 90
MAX_TITLE: Final = 120


def create_token(viewer: Viewer, *, title: str, scopes: Sequence[str], days: int) -> tuple[Token, str]:
    """The token and its text `lam_<id>_<secret>`. Raises `Invalid`, `Forbidden`."""
    require(may_create_token(viewer))
    user = viewer.require_person()
    if not 0 < len(title.strip()) <= MAX_TITLE:
        raise invalid("title", "/title", f"Give a title of 1 to {MAX_TITLE} characters.")
    if not scopes or set(scopes) - set(ROLES):
        raise invalid("scopes", "/scopes", f"Give at least one of {', '.join(ROLES)}.")
    if not 1 <= days <= MAX_DAYS:
        raise invalid("days", "/days", f"A token lasts 1 to {MAX_DAYS} days.")
    secret = new_secret()
    with writing():
        token = Token.objects.create(
            user=user,
            title=title.strip(),
            secret_hash=hash_of(secret),
            scopes=[role for role in ROLES if role in scopes],
            expires_at=timezone.now() + timedelta(days=days),
        )
        append_entry(
            viewer,
            "create_token",
            object=token.title,
            object_id=token.pk,
            team=None,
            after={"scopes": token.scopes, "days": days},
        )
    return token, f"lam_{token.pk}_{secret}"
