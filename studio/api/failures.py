"""What is no answer to a user: errors of a request as a whole, with their codes (formats.md §h)."""

import logging
from typing import Any, Final, Literal

from graphql import GraphQLError

from studio.ids import uuid7
from studio.refusals import Refused, Unauthenticated

Code = Literal["BAD_REQUEST", "TOO_COMPLEX", "UNAUTHENTICATED", "UNAVAILABLE", "INTERNAL"]
STATUS: Final[dict[Code, int]] = {
    "BAD_REQUEST": 400,
    "TOO_COMPLEX": 400,
    "UNAUTHENTICATED": 401,
    "UNAVAILABLE": 503,
    "INTERNAL": 500,
}
MAX_MESSAGE: Final = 1_000
_log = logging.getLogger(__name__)


class RequestRefused(Exception):
    """A request that is not executed. `status` is the HTTP status where it differs from the code's own."""

    def __init__(self, code: Code, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.code: Code = code
        self.message = message
        self.status = status or STATUS[code]


def bad_request(message: str) -> RequestRefused:
    return RequestRefused("BAD_REQUEST", message)


def too_complex(message: str) -> RequestRefused:
    return RequestRefused("TOO_COMPLEX", message)


def failure_of(error: Exception) -> dict[str, Any]:
    """The GraphQL error of an exception: told in full where it is meant for the client, else masked.

    A masked failure is logged under the id that the client gets.
    """
    id = str(uuid7())
    match error:
        case GraphQLError(original_error=Exception() as cause):
            return {**failure_of(cause), **_place(error)}
        case GraphQLError():
            return {**_failure("BAD_REQUEST", error.message, id), **_place(error)}
        case RequestRefused():
            return _failure(error.code, error.message, id)
        case Unauthenticated():
            return _failure("UNAUTHENTICATED", error.message, id)
        case Refused():
            return _failure("BAD_REQUEST", error.problems[0].message, id)
        case _:
            _log.error("Request failed (%s)", id, exc_info=error)
            return _failure("INTERNAL", f"Something went wrong on our side. The log knows it as {id}.", id)


def _failure(code: Code, message: str, id: str) -> dict[str, Any]:
    """Long messages repeat what the client sent; they are cut."""
    shown = message if len(message) <= MAX_MESSAGE else f"{message[: MAX_MESSAGE - 1]}…"
    return {"message": shown, "extensions": {"code": code, "id": id}}


def _place(error: GraphQLError) -> dict[str, Any]:
    place: dict[str, Any] = {}
    if error.locations:
        place["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    if error.path:
        place["path"] = error.path
    return place
