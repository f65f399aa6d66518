"""GraphQL over HTTP.

Owns:      the door `/graphql`: the request, who asks, executing within the limits, the answer's status.
Promises:  POST of application/json only; every failure has a code and an id, and none tells of our insides.
Never:     takes batches, files or subscriptions; anonymous clients may send persisted documents only.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import orjson
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from graphql import ExecutionResult, OperationType, execute, strip_ignored_characters

from studio.api.failures import RequestRefused, bad_request, failure_of
from studio.api.limits import MAX_BODY_BYTES, MAX_SIGNED_IN_BODY_BYTES, Prepared, parse_and_limit
from studio.api.schema import OPEN_FIELDS, schema
from studio.refusals import Unauthenticated
from studio.teams.viewer import Viewer, viewer_of

STATEMENT_SECONDS: Final = 10
_KEYS: Final = frozenset({"query", "variables", "operationName", "extensions", "documentId"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What resolvers get as `info.context`."""

    viewer: Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What a client sent: a document, or the hash of a persisted one."""

    source: str
    variables: dict[str, Any]
    operation_name: str | None


def graphql(request: HttpRequest) -> HttpResponse:
    """The view."""
    try:
        if request.method != "POST":
            raise RequestRefused("BAD_REQUEST", "Send a POST request.", status=405)
        viewer = viewer_of(request)
        operation = read_operation(_body(request, viewer))
        prepared = prepare(operation, viewer)
        if prepared.kind is OperationType.SUBSCRIPTION:
            raise bad_request("Subscriptions go over the websocket at this address.")
        _limit_statements()
        return _answer(_executed(prepared, operation, viewer))
    except RequestRefused as refused:
        response = _answer({"errors": [failure_of(refused)]}, status=refused.status)
        if refused.status == 405:
            response.headers["Allow"] = "POST"
        return response
    except Unauthenticated as error:
        return _answer({"errors": [failure_of(error)]}, status=401)
    except Exception as error:  # noqa: BLE001  the boundary: failure_of logs it and masks it
        return _answer({"errors": [failure_of(error)]}, status=500)


def read_operation(body: Any) -> Operation:
    """The operation of a request's or message's payload. Raises `RequestRefused`."""
    if not isinstance(body, dict):
        raise bad_request("Send one JSON object with the key query. Batches are not taken.")
    if unknown := sorted(body.keys() - _KEYS):
        raise bad_request(f"{unknown[0]!r} is not known. Send query, variables and operationName.")
    variables, name = body.get("variables"), body.get("operationName")
    if not isinstance(variables, dict | None) or not isinstance(name, str | None):
        raise bad_request("variables must be an object and operationName text.")
    return Operation(source=_source(body), variables=variables or {}, operation_name=name or None)


def prepare(operation: Operation, viewer: Viewer) -> Prepared:
    """Hold an operation to the limits and to what its sender may send. Raises `RequestRefused`."""
    if viewer.is_anonymous and not is_persisted(operation.source):
        return _open_only(operation)
    return parse_and_limit(
        operation.source,
        schema=schema.graphql_schema,
        operation_name=operation.operation_name,
        variables=operation.variables,
    )


def is_persisted(source: str) -> bool:
    try:
        return strip_ignored_characters(source) in _persisted()[1]
    except Exception:  # noqa: BLE001  whatever cannot be read is not persisted
        return False


def _open_only(operation: Operation) -> Prepared:
    """Of other documents, an anonymous client may send those that ask for open fields alone."""
    refused = RequestRefused("UNAUTHENTICATED", Unauthenticated.message)
    try:
        prepared = parse_and_limit(
            operation.source,
            schema=schema.graphql_schema,
            operation_name=operation.operation_name,
            variables=operation.variables,
        )
    except RequestRefused as error:
        raise error if error.code == "TOO_COMPLEX" else refused from None
    if not prepared.root_fields <= OPEN_FIELDS | {"__typename"}:
        raise refused
    return prepared


def _executed(prepared: Prepared, operation: Operation, viewer: Viewer) -> dict[str, Any]:
    result = execute(
        schema.graphql_schema,
        prepared.document,
        context_value=Context(viewer=viewer),
        variable_values=operation.variables,
        operation_name=operation.operation_name,
    )
    assert isinstance(result, ExecutionResult), "the schema has no asynchronous resolver"
    answer: dict[str, Any] = {}
    if result.errors:
        answer["errors"] = [failure_of(error) for error in result.errors]
    if result.data is None and result.errors and all(error.path is None for error in result.errors):
        raise bad_request(" ".join(error.message for error in result.errors[:5]))
    answer["data"] = result.data
    return answer


def _body(request: HttpRequest, viewer: Viewer) -> Any:
    """Documents are held to 256 KiB; variables of signed-in people may hold a whole graph."""
    if request.content_type != "application/json":
        raise RequestRefused("BAD_REQUEST", "Send application/json.", status=415)
    limit = MAX_BODY_BYTES if viewer.is_anonymous else MAX_SIGNED_IN_BODY_BYTES
    length = request.headers.get("Content-Length", "")
    if (length.isdigit() and int(length) > limit) or len(request.body) > limit:
        raise _too_large("body", limit)
    try:
        text = request.body.decode()
        if "\\u" in text:
            orjson.loads(text)  # which takes no half of a surrogate pair
        return json.loads(text)
    except (ValueError, RecursionError):
        raise bad_request("The body is not JSON.") from None


def _source(body: dict[str, Any]) -> str:
    query = body.get("query")
    if isinstance(query, str) and query:
        if len(query) > MAX_BODY_BYTES:
            raise _too_large("document", MAX_BODY_BYTES)
        return query
    extensions = body.get("extensions")
    persisted = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    key = body.get("documentId") or (persisted.get("sha256Hash") if isinstance(persisted, dict) else None)
    source = _persisted()[0].get(key) if isinstance(key, str) else None
    if source is None:
        raise bad_request("query is missing, or no document is persisted under this hash.")
    return source


def _too_large(noun: str, limit: int) -> RequestRefused:
    return RequestRefused("BAD_REQUEST", f"The {noun} is larger than {limit >> 10} KiB.", status=413)


def _persisted() -> tuple[dict[str, str], frozenset[str]]:
    """The front end's documents by hash, and their texts with ignored characters stripped."""
    path: Path = settings.PERSISTED_DOCUMENTS
    return _read_persisted(path, path.stat().st_mtime_ns) if path.exists() else ({}, frozenset())


@lru_cache(maxsize=2)
def _read_persisted(path: Path, _changed: int) -> tuple[dict[str, str], frozenset[str]]:
    documents: dict[str, str] = json.loads(path.read_text("utf-8"))
    return documents, frozenset(map(strip_ignored_characters, documents.values()))


def _limit_statements() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = %s", [STATEMENT_SECONDS * 1000])


def _answer(body: dict[str, Any], *, status: int = 200) -> HttpResponse:
    response = HttpResponse(orjson.dumps(body), content_type="application/json", status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
