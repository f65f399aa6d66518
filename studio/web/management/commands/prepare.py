"""`manage.py prepare`: schema, library, people and demo, once for all processes of a cluster."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from studio.runs.remote.grants import RoleRefused, grant_to
from studio.web.prepare import prepare


class Command(BaseCommand):
    help = "Bring the database to where the processes can start. Does nothing twice."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-demo", action="store_true", help="install no demo team and graphs")
        parser.add_argument(
            "--worker-role",
            metavar="NAME",
            help="give this PostgreSQL role what workers need and nothing else; made if it is not there,"
            " with the password in LAMINA_WORKER_PASSWORD",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        role = options["worker_role"]
        if role and connection.vendor != "postgresql":
            raise CommandError("--worker-role needs PostgreSQL. Set LAMINA_DATABASE, or leave it out.")
        for done in prepare(with_demo=not options["no_demo"]):
            self.stdout.write(done)
        if role:
            try:
                grant_to(role, os.environ.get("LAMINA_WORKER_PASSWORD", ""))
            except RoleRefused as refused:
                raise CommandError(str(refused)) from refused
            self.stdout.write(f"The role {role} may do what workers do.")
