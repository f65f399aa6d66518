"""Every door of the server."""

from django.urls import URLPattern, URLResolver, path, re_path

from studio.api.view import graphql
from studio.web import health, pages, tickets

urlpatterns: list[URLPattern | URLResolver] = [
    path("graphql", graphql),
    path("tickets", tickets.tickets),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("sign-in/<str:secret>", pages.sign_in),
    # Last: every other address is a page of the front end.
    re_path(r"^(?!static/)(?P<path>.*)$", pages.app),
]
