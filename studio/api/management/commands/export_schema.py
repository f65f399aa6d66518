"""`manage.py export_schema [--check]`: the schema as committed in studio/api/schema.graphql."""

from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from graphql import print_schema

from studio.api.schema import schema

PATH: Final = Path(__file__).parents[2] / "schema.graphql"


class Command(BaseCommand):
    help = "Write studio/api/schema.graphql, or check that it is current."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when it is out of date")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        text = print_schema(schema.graphql_schema) + "\n"
        if not check:
            PATH.write_text(text, "utf-8")
        elif not PATH.exists() or PATH.read_text("utf-8") != text:
            raise CommandError("studio/api/schema.graphql is out of date. Run manage.py export_schema.")
