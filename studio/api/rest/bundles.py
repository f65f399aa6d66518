"""Bundles in and out."""

from typing import Final

import orjson
from django.http import HttpRequest, HttpResponse

from contracts.problems import ProblemsError
from modules_catalog.bundle import write_bundle
from modules_catalog.bundle_rules import MAX_BUNDLE_BYTES
from studio.api.rest.refusing import DoorRefused, door
from studio.api.rest.requests import read_body
from studio.catalog import queries
from studio.catalog.actions.store_bundle import store_bundle
from studio.catalog.bundles import read_files
from studio.refusals import not_found
from studio.teams.viewer import Viewer

ZIP: Final = "application/zip"


@door("POST")
def post_bundle(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """201 {bundle, contract, name, version}; 200 where the bundle was known."""
    data = read_body(request, ZIP, MAX_BUNDLE_BYTES)
    try:
        stored = store_bundle(viewer, data)
    except ProblemsError as error:
        count = len(error.problems)
        detail = f"{count} problem{'' if count == 1 else 's'} in the bundle."
        raise DoorRefused("bundle_invalid", detail, error.problems) from None
    candidate = stored.candidate
    body = {
        "bundle": candidate.bundle.digest,
        "contract": candidate.contract_digest,
        "name": candidate.manifest.name,
        "version": str(candidate.manifest.version),
    }
    return HttpResponse(
        orjson.dumps(body), content_type="application/json", status=201 if stored.is_new else 200
    )


@door("GET")
def get_bundle(request: HttpRequest, viewer: Viewer, team: str, name: str, version: str) -> HttpResponse:
    """The zip of a version."""
    found = queries.version(viewer, f"{team}/{name}", version)
    if found is None:
        raise not_found("version")
    response = HttpResponse(content_type=ZIP)
    response.headers["ETag"] = f'"{found.bundle_id}"'
    response.headers["Content-Disposition"] = f'attachment; filename="{team}-{name}-{version}.zip"'
    if request.headers.get("If-None-Match") == response.headers["ETag"]:
        response.status_code = 304
        return response
    response.content = write_bundle(read_files(found.bundle.table))
    return response
