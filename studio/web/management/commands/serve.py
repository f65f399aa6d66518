"""`manage.py serve`: pages, API and sockets of a cluster; runs are carried out by `coordinate`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studio.deployment import deployment
from studio.web.listener import NoFreePort, bind_exactly
from studio.web.server import serve_web


class Command(BaseCommand):
    help = (
        "Serve pages, API and sockets, without an engine. Needs LAMINA_MODE=cluster; TLS ends in front of it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        place = deployment()
        if place.is_embedded:
            raise CommandError("One process does it all with LAMINA_MODE=embedded: use `manage.py up`.")
        try:
            bound = bind_exactly(place.host, place.port)
        except NoFreePort as error:
            raise CommandError(str(error)) from None
        serve_web(bound, ready=self._greet)
        self.stdout.write("Stopped.")

    def _greet(self) -> None:
        self.stdout.write(f"Lamina serves {deployment().address}")
        self.stdout.flush()
