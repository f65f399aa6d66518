"""Tickets for clients whose sockets can carry neither a cookie nor a header."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from studio.api.rest.refusing import door
from studio.api.scalars import instant
from studio.teams.actions.create_ticket import create_ticket
from studio.teams.viewer import Viewer


@door("POST")
def post_ticket(_request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """201 {ticket, expires_at}."""
    ticket, expires_at = create_ticket(viewer)
    return JsonResponse({"ticket": ticket, "expires_at": instant(expires_at)}, status=201)
