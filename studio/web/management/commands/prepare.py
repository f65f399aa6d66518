"""`manage.py prepare`: schema, library, people and demo, once for all processes of a cluster."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from studio.web.prepare import prepare


class Command(BaseCommand):
    help = "Bring the database to where the processes can start. Does nothing twice."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-demo", action="store_true", help="install no demo team and graphs")

    def handle(self, *args: Any, **options: Any) -> None:
        for done in prepare(with_demo=not options["no_demo"]):
            self.stdout.write(done)
