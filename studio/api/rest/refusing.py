"""Errors of the REST doors: application/problem+json (RFC 9457), with problems that users can fix.

Owns:      `door`, the wrapper of every REST view, and the pages that `type` leads to.
Promises:  every error has a type, a title, a status, an id that the log knows, and no insides.
"""

import logging
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import orjson
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.html import escape

from contracts.problems import Problem, ProblemsError
from studio import refusals
from studio.ids import uuid7
from studio.refusals import Unauthenticated
from studio.teams.viewer import Viewer, viewer_of

P = ParamSpec("P")
ResponseT = TypeVar("ResponseT", bound=HttpResponseBase)
TITLES: Final = {
    "bundle_invalid": "The bundle cannot be published",
    "invalid": "The request cannot be carried out as it stands",
    "unauthenticated": "Nobody is signed in",
    "forbidden": "Your roles do not allow this",
    "csrf": "The request did not come from this site",
    "not_found": "There is no such thing, or you may not see it",
    "method": "This address takes another method",
    "conflict": "The thing is not in the state that the request expects",
    "too_large": "The body is too large",
    "media_type": "The body has the wrong content type",
    "pruned": "This is no longer kept",
    "range": "There is no such part",
    "unreadable": "The value is too large to be looked at",
    "limited": "Too many requests",
    "internal": "Something went wrong on our side",
}
_STATUS: Final = {
    "bundle_invalid": 400,
    "invalid": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "csrf": 403,
    "not_found": 404,
    "method": 405,
    "conflict": 409,
    "too_large": 413,
    "media_type": 415,
    "pruned": 410,
    "range": 416,
    "unreadable": 422,
    "limited": 429,
    "internal": 500,
}
_log = logging.getLogger(__name__)


class DoorRefused(Exception):
    """A request that a door turns away: `slug` is one of `TITLES`."""

    def __init__(self, slug: str, detail: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(detail)
        self.slug = slug
        self.detail = detail
        self.problems = problems


def door(
    method: str,
) -> Callable[
    [Callable[Concatenate[HttpRequest, Viewer, P], ResponseT]],
    Callable[Concatenate[HttpRequest, P], ResponseT | HttpResponse],
]:
    """A REST view for signed-in viewers; what it raises becomes problem+json."""

    def wrap(
        view: Callable[Concatenate[HttpRequest, Viewer, P], ResponseT],
    ) -> Callable[Concatenate[HttpRequest, P], ResponseT | HttpResponse]:
        @wraps(view)
        def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> ResponseT | HttpResponse:
            try:
                if request.method != method:
                    raise DoorRefused("method", f"Send {method}.")
                viewer = viewer_of(request)
                viewer.require_person()
                return view(request, viewer, *args, **kwargs)
            except Exception as error:  # noqa: BLE001  the boundary: refusal_of logs what it masks
                response = refusal_of(request, error)
                if response.status_code == 405:
                    response.headers["Allow"] = method
                return response

        return answer

    return wrap


def refusal_of(request: HttpRequest, error: Exception) -> HttpResponse:
    """The problem+json answer to what a view raised."""
    match error:
        case DoorRefused():
            return problem_response(request, error.slug, error.detail, error.problems)
        case Unauthenticated():
            return problem_response(request, "unauthenticated", error.message)
        case refusals.Forbidden():
            return _refused(request, "forbidden", error)
        case refusals.NotFound() | Http404():
            return problem_response(request, "not_found", TITLES["not_found"] + ".")
        case refusals.Conflict():
            return _refused(request, "conflict", error)
        case refusals.Limited():
            response = _refused(request, "limited", error)
            response.headers["Retry-After"] = str(error.retry_after_seconds)
            return response
        case refusals.Refused():
            return _refused(request, "invalid", error)
        case ProblemsError():
            return problem_response(request, "invalid", _counted(error.problems), error.problems)
        case _:
            return problem_response(request, "internal", "The log knows it as instance.", cause=error)


def problem_response(
    request: HttpRequest,
    slug: str,
    detail: str,
    problems: Sequence[Problem] = (),
    *,
    cause: Exception | None = None,
) -> HttpResponse:
    id = uuid7()
    if cause is not None:
        _log.error("%s %s failed (%s)", request.method, request.path, id, exc_info=cause)
    body: dict[str, Any] = {
        "type": request.build_absolute_uri(f"/problems/{slug}"),
        "title": TITLES[slug],
        "status": _STATUS[slug],
        "detail": detail,
        "instance": f"urn:uuid:{id}",
    }
    if problems:
        body["problems"] = [{"code": p.code, "path": p.path, "message": p.message} for p in problems]
    response = HttpResponse(orjson.dumps(body), content_type="application/problem+json", status=_STATUS[slug])
    if slug == "unauthenticated":
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW."""
    return problem_response(request, "csrf", f"{reason} Reload the page and try again.".strip())


def problem_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What `type` leads to."""
    if slug not in TITLES:
        raise Http404
    title, text = escape(TITLES[slug]), escape(EXPLAINED[slug])
    page = f'<!doctype html><html lang="en"><title>{title}</title><h1>{title}</h1><p>{text}</p></html>'
    return HttpResponse(page)


def _refused(request: HttpRequest, slug: str, error: refusals.Refused) -> HttpResponse:
    return problem_response(request, slug, error.problems[0].message, error.problems)


def _counted(problems: Sequence[Problem]) -> str:
    return "1 problem." if len(problems) == 1 else f"{len(problems)} problems."


EXPLAINED: Final = {
    "bundle_invalid": "Each entry of problems names a file and a place in it (file#pointer) and what to do.",
    "invalid": "Each entry of problems names a place in the body and what to do.",
    "unauthenticated": "Sign in, or send Authorization: Bearer with a token that is still good.",
    "forbidden": "Ask an admin of the team for the role that the answer names.",
    "csrf": "Browsers send the header X-CSRFToken with the value of the CSRF cookie. Tokens need none.",
    "not_found": "Check the address, and that you are signed in as a member of the team.",
    "method": "The header Allow names the method.",
    "conflict": "Read the thing again and decide anew.",
    "too_large": "The detail names the limit.",
    "media_type": "The detail names the content type that is taken.",
    "pruned": "Values are dropped after the time that the installation keeps them. Run it again.",
    "range": "The detail says how long the value is.",
    "unreadable": "The detail says which limit it passes. Download it, or let a module make it smaller.",
    "limited": "Wait as long as the header Retry-After says.",
    "internal": "Tell the operator the instance of the answer: it stands in the log.",
}
