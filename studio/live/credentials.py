"""Who is behind a socket, and whether they still are.

Owns:      reading a session cookie, a bearer token or a ticket, and reading it again later.
Promises:  a socket whose session, token or user is no longer good is not welcome, and one whose user has
           other roles by now has to start anew.
Never:     keeps a secret: a session is remembered by its key, a token by its id.
"""

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.utils import timezone

from studio.live.reading import read
from studio.refusals import Unauthenticated
from studio.teams.actions.use_ticket import use_ticket
from studio.teams.models import Token, User
from studio.teams.viewer import Viewer, read_token, viewer_for

NOBODY: Final = "sign in, or bring a ticket"


class Unwelcome(Exception):
    """Nobody is signed in, or no longer; the text says what to do."""


class RightsChanged(Exception):
    """Still the same person, with other roles: a new socket has its feeds judged again."""


class Credentials:
    """The viewer of a socket; `renew` looks whether that is still so."""

    def __init__(self, viewer: Viewer, *, session: str | None, token: UUID | None) -> None:
        self.viewer = viewer
        self.user = str(viewer.require_person().pk)
        self._session, self._token = session, token

    async def renew(self) -> None:
        """Raises `Unwelcome` or `RightsChanged`."""
        viewer = await read(_viewer, self._session, self._token)
        if viewer.roles != self.viewer.roles:
            raise RightsChanged


async def read_credentials(scope: Mapping[str, Any], payload: Mapping[str, Any]) -> Credentials:
    """From `payload.ticket`, else the Authorization header, else the session cookie. Raises `Unwelcome`."""
    return await read(_read, dict(scope["headers"]), payload.get("ticket"))


def _read(headers: Mapping[bytes, bytes], ticket: Any) -> Credentials:
    session: str | None = None
    token: UUID | None = None
    try:
        if isinstance(ticket, str):
            session, token = use_ticket(ticket)
        elif b"authorization" in headers:
            token = read_token(headers[b"authorization"].decode("latin-1")).pk
        else:
            session = _session_key(headers.get(b"cookie", b"").decode("latin-1"))
    except Unauthenticated:
        raise Unwelcome(NOBODY) from None
    return Credentials(_viewer(session, token), session=session, token=token)


def _session_key(cookies: str) -> str | None:
    try:
        morsel = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    return morsel.value if morsel else None


def _viewer(session: str | None, token: UUID | None) -> Viewer:
    if token is not None:
        return _viewer_of_token(token)
    request = HttpRequest()
    request.session = SessionStore(session)
    user = get_user(request)
    if not isinstance(user, User) or not user.is_active:
        raise Unwelcome(NOBODY)
    return viewer_for(user)


def _viewer_of_token(id: UUID) -> Viewer:
    token = Token.objects.select_related("user").filter(pk=id, revoked_at=None).first()
    if token is None or token.expires_at <= timezone.now() or not token.user.is_active:
        raise Unwelcome(NOBODY)
    return viewer_for(token.user, token=token)
