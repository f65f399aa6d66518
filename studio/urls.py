"""Every door of the server."""

from django.urls import URLPattern, URLResolver, path

from studio.api.rest import bundles, graphs
from studio.api.rest.refusing import problem_page
from studio.api.view import graphql

urlpatterns: list[URLPattern | URLResolver] = [
    path("graphql", graphql),
    path("bundles", bundles.post_bundle),
    path("modules/<slug:team>/<slug:name>/<str:version>/bundle", bundles.get_bundle),
    path("graphs", graphs.post_graph),
    path("graphs/<str:graph>/revisions/<int:number>", graphs.get_revision),
    path("problems/<slug:slug>", problem_page),
]
