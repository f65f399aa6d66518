"""`GET /healthz` (the process answers) and `GET /readyz` (it can work)."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from studio.refusals import Unauthenticated
from studio.runs.health import read_health
from studio.teams.viewer import viewer_of


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 or 503 {status}; who is signed in also sees what of."""
    health = read_health()
    answer = {"status": "ok" if health.is_ready else "unavailable"}
    if _is_signed_in(request):
        answer |= {"database": health.database, "engine": health.engine, "broker": health.broker}
        answer |= {"rung": f"R{health.rung} {health.rung_name}"}
    return JsonResponse(answer, status=200 if health.is_ready else 503)


def _is_signed_in(request: HttpRequest) -> bool:
    try:
        return not viewer_of(request).is_anonymous
    except Unauthenticated:
        return False
