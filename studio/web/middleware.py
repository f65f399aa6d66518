"""What every answer carries, and who is asking."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from studio.teams.viewer import has_bearer

Handler = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponse]

# The style-src exception: component libraries set style attributes and inject style elements at run time.
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self' blob:",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


class StaticFiles(WhiteNoiseMiddleware):
    """The built front end's files, each answered whole: they are small, and an asynchronous server would read
    a synchronous stream into memory anyway, with a warning."""

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        found = static_file.get_response(request.method, request.META)
        body = b""
        if found.file is not None:
            with found.file:
                body = found.file.read()
        response = HttpResponse(body, status=int(found.status))
        del response.headers["Content-Type"]
        for name, value in found.headers:
            response.headers[name] = value
        return response


class SecurityHeaders:
    def __init__(self, handle: Handler) -> None:
        self._handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._handle(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        return response


class Authentication:
    """`request.user` from the session.

    A request with a bearer token speaks for that alone: cookies are ignored, and with them the need for a
    CSRF token, because no browser adds that header to a forged request. Nor does a view that is marked with
    `open_to_anonymous` need one where there is no session whose rights a forger could borrow.
    """

    def __init__(self, handle: Handler) -> None:
        self._handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if has_bearer(request):
            request.user = AnonymousUser()
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # not in the stubs
        else:
            request.user = SimpleLazyObject(lambda: get_user(request))  # type: ignore[assignment]  # read when needed
        return self._handle(request)

    def process_view(self, request: HttpRequest, view: View, *_: object) -> None:
        """Runs before Django's CSRF check, which stands after this in the settings."""
        if (
            getattr(view, "is_open_to_anonymous", False)
            and settings.SESSION_COOKIE_NAME not in request.COOKIES
        ):
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # not in the stubs


def open_to_anonymous(view: View) -> View:
    """Marks a view that anonymous clients may post to without having loaded a page."""
    view.is_open_to_anonymous = True  # type: ignore[attr-defined]  # a mark of ours
    return view
