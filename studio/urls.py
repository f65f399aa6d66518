"""Every door of the server."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path

from studio.api.rest import artifacts, bundles, graphs, tickets
from studio.api.rest.refusing import problem_page
from studio.api.view import graphql
from studio.web import health, pages
from studio.web.middleware import open_to_anonymous


def graphs_door(request: HttpRequest) -> HttpResponse:
    """The list of graphs is a page of the front end, and where graphs are posted to."""
    return graphs.post_graph(request) if request.method == "POST" else pages.app(request)


urlpatterns: list[URLPattern | URLResolver] = [
    path("graphql", open_to_anonymous(graphql)),
    path("bundles", bundles.post_bundle),
    path("modules/<slug:team>/<slug:name>/<str:version>/bundle", bundles.get_bundle),
    path("graphs", graphs_door),
    path("graphs/<str:graph>/revisions/<int:number>", graphs.get_revision),
    path("artifacts", artifacts.post_artifact),
    path("runs/<uuid:run>/artifacts/<str:digest>", artifacts.get_artifact),
    path("runs/<uuid:run>/artifacts/<str:digest>/rows", artifacts.get_rows),
    path("tickets", tickets.post_ticket),
    path("problems/<slug:slug>", problem_page),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("sign-in/<str:secret>", pages.sign_in),
    # Last: every other address is a page of the front end.
    re_path(r"^(?!static/)(?P<path>.*)$", pages.app),
]
