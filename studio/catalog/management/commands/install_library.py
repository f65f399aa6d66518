"""`manage.py install_library`: release the shipped modules."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.problems import ProblemsError
from studio.catalog.actions.install_library import install_library


class Command(BaseCommand):
    help = "Release the modules that are shipped with the product, where they are not here yet."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = install_library()
        except ProblemsError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{count} versions released." if count else "The library is already here.")
