"""`POST /artifacts?team=`, `GET /runs/{run}/artifacts/{digest}` and its `/rows`: the one file server, by digest.

Promises:  only who may see a run that names an artifact gets its bytes; our content type, never the sender's.
"""

import re
from asyncio import to_thread
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO, Final, cast
from uuid import UUID

import orjson
import pyarrow
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    JsonResponse,
    StreamingHttpResponse,
)

from contracts.canonical import Digest
from contracts.names import DIGEST
from modules_catalog.arrow_pages import TooLarge, read_page
from studio.api.rest.refusing import DoorRefused, door
from studio.refusals import not_found
from studio.runs.actions.store_artifact import store_artifact
from studio.runs.artifacts import artifact_store
from studio.runs.queries import names_artifact, require_run
from studio.teams.viewer import Viewer

MAX_UPLOAD_BYTES: Final = 4 << 30
CHUNK_BYTES: Final = 256 << 10
MAX_ROWS: Final = 500
_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)\Z")


class _Bounded:
    """A request's body as it is read: one that does not say its length is bounded too."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._left = MAX_UPLOAD_BYTES

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._request.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise DoorRefused("too_large", "An artifact has at most 4 GiB.")
        return data


@door("POST")
def post_artifact(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """201 {artifact, bytes}."""
    length = request.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > MAX_UPLOAD_BYTES:
        raise DoorRefused("too_large", "An artifact has at most 4 GiB.")
    source = cast(BinaryIO, _Bounded(request))  # it is read like a file
    digest, size = store_artifact(viewer, team=request.GET.get("team", ""), source=source)
    return JsonResponse({"artifact": digest, "bytes": size}, status=201)


@door("GET")
def get_rows(request: HttpRequest, viewer: Viewer, run: UUID, digest: str) -> HttpResponse:
    """200 {columns: [{name, type}], rows: [[cell]], offset, total} of a table, ≤ 500 rows at once.

    Text is cut at 500 characters and ends with an ellipsis, other long cells are told by their length;
    numbers that JSON lacks are null. 422 for what would take too much memory to show.
    """
    path = _kept(viewer, run, digest)
    offset, first = (_count(request, name, otherwise) for name, otherwise in (("offset", 0), ("first", 100)))
    try:
        with pyarrow.memory_map(str(path)) as file:
            found = read_page(file.read_buffer(), offset=offset, first=min(first, MAX_ROWS))
    except TooLarge as error:
        raise DoorRefused("unreadable", str(error)) from error
    except (pyarrow.ArrowException, ValueError, OSError) as error:
        raise DoorRefused("invalid", "This value is no table.") from error
    answer = {
        "columns": [{"name": name, "type": kind} for name, kind in found.columns],
        "rows": found.rows,
        "offset": offset,
        "total": found.total,
    }
    response = HttpResponse(orjson.dumps(answer, default=str), content_type="application/json")
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _count(request: HttpRequest, name: str, otherwise: int) -> int:
    text = request.GET.get(name, "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 16):
        raise DoorRefused("invalid", f"{name} is a whole number, 0 or more.")
    return int(text or otherwise)


def _kept(viewer: Viewer, run: UUID, digest: str) -> Path:
    """404 unless the run names it, 410 when it is no longer kept."""
    found = require_run(viewer, run)
    if not DIGEST.match(digest) or not names_artifact(found, digest):
        raise not_found("artifact in this run")
    path = artifact_store().path(digest)
    if not path.exists():
        raise DoorRefused("pruned", "This value is no longer kept.")
    return path


@door("GET")
def get_artifact(request: HttpRequest, viewer: Viewer, run: UUID, digest: str) -> HttpResponseBase:
    """200, 206 or 304; 404 unless the run names it, 410 when it is no longer kept."""
    path = _kept(viewer, run, digest)
    if request.headers.get("If-None-Match") in (f'"{digest}"', "*"):
        return _described(HttpResponseNotModified(), digest)
    size = path.stat().st_size
    span = _span(request.headers.get("Range", ""), size)
    start, stop = span or (0, size)
    response = StreamingHttpResponse(_chunks(artifact_store().open(digest), start, stop))
    response.headers["Content-Length"] = str(stop - start)
    response.headers["Accept-Ranges"] = "bytes"
    if span is not None:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    return _described(response, digest)


def _described(response: HttpResponseBase, digest: Digest) -> HttpResponseBase:
    """What is stored is anybody's bytes: nothing is rendered, nothing is sniffed."""
    response.headers["Content-Type"] = "application/octet-stream"
    response.headers["Content-Disposition"] = f'attachment; filename="{digest.removeprefix("sha256:")[:16]}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["ETag"] = f'"{digest}"'
    return response


def _span(header: str, size: int) -> tuple[int, int] | None:
    """Start and end of one range; None for no range or several. Raises 416 for one outside the value."""
    found = _RANGE.match(header)
    if found is None or found[0] == "bytes=-":
        return None
    first, last = found.groups()
    if not first:
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), min(int(last) + 1, size) if last else size
    if start >= stop:
        raise DoorRefused("range", f"The value has {size} bytes.")
    return start, stop


async def _chunks(file: BinaryIO, start: int, stop: int) -> AsyncIterator[bytes]:
    """Asynchronous, because the server would read a synchronous stream into memory as a whole."""
    with file:
        file.seek(start)
        left = stop - start
        while left and (chunk := await to_thread(file.read, min(CHUNK_BYTES, left))):
            left -= len(chunk)
            yield chunk
