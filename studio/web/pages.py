"""The pages the server makes itself: the front end's shell and signing in."""

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_safe

from studio.refusals import Refused
from studio.teams.actions.use_sign_in_link import find_sign_in_link, use_sign_in_link
from studio.writing import writing


@require_safe
@never_cache
@ensure_csrf_cookie
def app(request: HttpRequest, path: str = "") -> HttpResponse:
    """The shell of the front end for every address that is a page; it finds its own way from there."""
    if not request.accepts("text/html"):
        return HttpResponse("There is nothing at this address.\n", content_type="text/plain", status=404)
    index = settings.FRONTEND_DIST / "index.html"
    if not index.exists():
        return render(request, "web/not_built.html", status=503)
    return HttpResponse(index.read_bytes())


@require_http_methods(["GET", "POST"])
@never_cache
def sign_in(request: HttpRequest, secret: str) -> HttpResponse:
    """GET asks (link previews and prefetching browsers must not use the link up), POST signs in."""
    try:
        if request.method == "GET":
            with writing():
                link = find_sign_in_link(secret)
            return render(request, "web/sign_in.html", {"name": link.user.name})
        user = use_sign_in_link(secret)
    except Refused as refused:
        return render(request, "web/sign_in_refused.html", {"problem": refused.problems[0]}, status=410)
    with writing():
        login(request, user)
    return HttpResponseRedirect("/")
