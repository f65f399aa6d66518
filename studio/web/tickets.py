"""`POST /tickets`: for clients whose sockets can carry neither a cookie nor a header."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from studio.api.scalars import instant
from studio.teams.actions.create_ticket import create_ticket
from studio.teams.viewer import viewer_of
from studio.web.problems import answers_problems


@require_POST
@answers_problems
def tickets(request: HttpRequest) -> HttpResponse:
    ticket, expires_at = create_ticket(viewer_of(request))
    return JsonResponse({"ticket": ticket, "expires_at": instant(expires_at)}, status=201)
