"""How a door of plain HTTP says no: application/problem+json (RFC 9457, formats.md §i).

Owns:      the statuses of refusals, and the form of the answer.
Promises:  a failure of ours is logged under the id that the client gets, and masked.
Never:     used by GraphQL, which has its own form.
"""

import logging
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse

from contracts.problems import Problem, ProblemsError
from studio.ids import uuid7
from studio.refusals import Conflict, Forbidden, Limited, NotFound, Refused, Unauthenticated

STATUS: Final[dict[type[Refused], int]] = {Forbidden: 403, NotFound: 404, Conflict: 409, Limited: 429}
TITLES: Final = {
    400: "The request cannot be carried out",
    401: "Nobody is signed in",
    403: "Not allowed",
    404: "Not found",
    409: "Conflict",
    410: "No longer kept",
    413: "Too large",
    415: "Not this media type",
    416: "No such range",
    429: "Too much at once",
    500: "The server failed",
    503: "Not available now",
}
_log = logging.getLogger(__name__)

View = Callable[..., HttpResponse]


class Unacceptable(Exception):
    """A request that the door does not take, with the status that says so."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status, self.code, self.message = status, code, message
        super().__init__(message)


def answers_problems(view: View) -> View:
    """A view whose refusals and failures become problem documents."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Unauthenticated as error:
            return problem_response(401, "unauthenticated", error.message)
        except Unacceptable as error:
            return problem_response(error.status, error.code, error.message)
        except Limited as refused:
            response = problem_response(429, refused.problems[0].code, str(refused), refused.problems)
            response.headers["Retry-After"] = str(refused.retry_after_seconds)
            return response
        except Refused as refused:
            status = STATUS.get(type(refused), 400)
            return problem_response(status, refused.problems[0].code, str(refused), refused.problems)
        except ProblemsError as error:
            return problem_response(400, error.problems[0].code, str(error), error.problems)
        except Exception:
            failure = uuid7()
            _log.exception("Request failed (%s)", failure)
            detail = f"Something went wrong on our side. The log knows it as {failure}."
            return problem_response(500, "internal", detail, instance=str(failure))

    return guarded


def problem_response(
    status: int, code: str, detail: str, problems: Sequence[Problem] = (), *, instance: str = ""
) -> HttpResponse:
    body: dict[str, Any] = {
        "type": f"/problems/{code}",
        "title": TITLES[status],
        "status": status,
        "detail": detail,
        "instance": f"urn:uuid:{instance or uuid7()}",
    }
    if problems:
        body["problems"] = [{"code": p.code, "path": p.path, "message": p.message} for p in problems]
    return JsonResponse(body, status=status, content_type="application/problem+json")
