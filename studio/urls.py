"""Every door of the server."""

from django.urls import URLPattern, URLResolver, path

from studio.api.view import graphql

urlpatterns: list[URLPattern | URLResolver] = [
    path("graphql", graphql),
]
