"""Who looks or acts, and with which roles.

Owns:      `Viewer`, the implied roles, and reading a viewer from a session or a bearer token.
Promises:  a token never holds more than its user's roles narrowed to its scopes; scopes are role names.
Never:     falls back to somebody else: without a valid session or token the viewer is anonymous.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from studio.refusals import Unauthenticated
from studio.teams.models import ROLES, Membership, Token, User

IMPLIED: Final[dict[str, frozenset[str]]] = {
    "viewer": frozenset({"viewer"}),
    "author": frozenset({"viewer", "author"}),
    "reviewer": frozenset({"viewer", "reviewer"}),
    "operator": frozenset({"viewer", "operator"}),
    "maintainer": frozenset(ROLES) - {"admin"},
    "admin": frozenset(ROLES),
}
BEARER: Final = "Bearer "
_USE_IS_NOTED_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """`session` is the key of the session that speaks, if one does.

    `roles` holds, by team, every role including the implied ones; nobody has roles in other teams.
    """

    user: User | None = None
    token: Token | None = None
    system: str = ""
    address: str = ""
    session: str = ""
    roles: Mapping[UUID, frozenset[str]] = field(default_factory=dict)

    @property
    def is_anonymous(self) -> bool:
        return self.user is None and not self.system

    @property
    def actor(self) -> str:
        """How events and the audit name who acts."""
        if self.token is not None:
            return self.token.actor
        if self.user is not None:
            return self.user.actor
        return f"system:{self.system}" if self.system else "anonymous"

    @property
    def name(self) -> str:
        """What people call who acts."""
        return self.user.name if self.user else self.system

    @property
    def teams(self) -> list[UUID]:
        """The teams whose things this viewer may see."""
        return [team for team, roles in self.roles.items() if "viewer" in roles]

    def has(self, role: str, team: UUID) -> bool:
        return role in self.roles.get(team, ())

    def require_person(self) -> User:
        """The signed-in user. Raises `Unauthenticated`."""
        if self.user is None:
            raise Unauthenticated
        return self.user


ANONYMOUS: Final = Viewer()


def viewer_for(user: User, *, token: Token | None = None, address: str = "", session: str = "") -> Viewer:
    """A person, or one of their tokens, with the roles they have now."""
    return Viewer(user=user, token=token, address=address, session=session, roles=_roles(user, token))


def has_bearer(request: HttpRequest) -> bool:
    """Whether a request speaks for a token; credentials of other schemes are those of a proxy before us."""
    return request.headers.get("Authorization", "")[: len(BEARER)].lower() == BEARER.lower()


def viewer_of(request: HttpRequest) -> Viewer:
    """Who sent a request: the bearer of a token (cookies are then ignored), else the session's user.

    Raises `Unauthenticated` for a bearer token that is not good.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if has_bearer(request):
        token = read_token(request.headers["Authorization"])
        return viewer_for(token.user, token=token, address=address)
    user = request.user
    if isinstance(user, User) and user.is_authenticated and user.is_active:
        return viewer_for(user, address=address, session=request.session.session_key or "")
    return Viewer(address=address)


def read_token(authorization: str) -> Token:
    """The token behind `Bearer lam_<id>_<secret>`. Raises `Unauthenticated`."""
    scheme, token_text = authorization[: len(BEARER)], authorization[len(BEARER) :]
    prefix, _, rest = token_text.partition("_")
    id, _, secret = rest.partition("_")
    try:
        key = UUID(id)
    except ValueError:
        raise Unauthenticated from None
    token = Token.objects.select_related("user").filter(pk=key).first()
    offered = hashlib.sha256(secret.encode()).hexdigest()
    if (
        scheme.lower() != BEARER.lower()
        or prefix != "lam"
        or token is None
        or not hmac.compare_digest(offered, token.secret_hash)
        or token.revoked_at is not None
        or token.expires_at <= timezone.now()
        or not token.user.is_active
    ):
        raise Unauthenticated
    _note_use(token)
    return token


def _note_use(token: Token) -> None:
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > _USE_IS_NOTED_EVERY:
        Token.objects.filter(pk=token.pk).update(last_used_at=now)


def _roles(user: User, token: Token | None) -> dict[UUID, frozenset[str]]:
    held = {
        membership.team_id: _implied(membership.roles) for membership in Membership.objects.filter(user=user)
    }
    if token is None:
        return held
    scopes = _implied(token.scopes)
    return {team: roles & scopes for team, roles in held.items()}


def _implied(roles: list[str]) -> frozenset[str]:
    return frozenset().union(*(IMPLIED[role] for role in roles if role in IMPLIED))
