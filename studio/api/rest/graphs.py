"""Graphs in and out, as `lamina/export@1`."""

from dataclasses import asdict
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse

from contracts.canonical import parse_json
from studio.api.nodes import find_key, global_id
from studio.api.rest.refusing import DoorRefused, door
from studio.api.rest.requests import read_body
from studio.graphs import queries
from studio.graphs.actions.import_graph import import_graph
from studio.graphs.exports import MAX_BYTES, export_bytes
from studio.refusals import not_found
from studio.teams.viewer import Viewer


@door("POST")
def post_graph(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """201 {graph, problems}."""
    team = request.GET.get("team")
    if not team:
        raise DoorRefused("invalid", "Say in ?team= which team the graph is for.")
    document = parse_json(read_body(request, "application/json", MAX_BYTES))
    created = import_graph(viewer, team=team, document=document)
    body = {
        "graph": global_id("Graph", created.graph.pk),
        "problems": [asdict(problem) for problem in created.problems],
    }
    return HttpResponse(orjson.dumps(body), content_type="application/json", status=201)


@door("GET")
def get_revision(_request: HttpRequest, viewer: Viewer, graph: str, number: int) -> HttpResponse:
    """A revision with its lock; what was imported comes out byte for byte."""
    revision = queries.revision(viewer, _key(graph), number)
    if revision is None:
        raise not_found("revision")
    response = HttpResponse(export_bytes(revision), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="graph-{revision.number}.json"'
    return response


def _key(text: str) -> UUID:
    """Global ids and plain UUIDs are both taken."""
    try:
        return UUID(text)
    except ValueError:
        key = find_key(text, "Graph")
    if key is None:
        raise not_found("graph")
    return key
