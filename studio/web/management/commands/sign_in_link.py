"""`manage.py sign_in_link [--as reviewer]`"""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from studio.deployment import deployment
from studio.refusals import Refused
from studio.sqlite.writing import FolderInUse, own_folder
from studio.web.control import NotRunning, ask_server
from studio.web.sign_in import sign_in_path


class Command(BaseCommand):
    help = "Print a link that signs a person in once, within a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--as",
            dest="who",
            default="owner",
            metavar="WHO",
            help="owner, reviewer or author of the demo team, or an e-mail address (default: owner)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        who: str = options["who"]
        try:
            answer = ask_server(deployment().data, {"command": "sign_in_link", "as": who})
        except NotRunning:
            answer = self._without_server(who)
        if "error" in answer:
            raise CommandError(answer["error"])
        self.stdout.write(answer["url"])

    def _without_server(self, who: str) -> dict[str, str]:
        place = deployment()
        if not place.is_embedded:
            return self._for_cluster(who)
        if not Path(settings.DATABASES["default"]["NAME"]).exists():
            return {
                "error": f"There is no data in {place.data}. Run make run, or say where it is: LAMINA_DATA."
            }
        try:
            with own_folder(place.data, str(os.getpid())):
                _, path = sign_in_path(who)
        except (Refused, FolderInUse) as error:
            return {"error": str(error)}
        return {"url": f"http://{place.host}:{place.port}{path}"}

    def _for_cluster(self, who: str) -> dict[str, str]:
        """PostgreSQL takes many writers: nobody has to be asked."""
        try:
            _, path = sign_in_path(who)
        except Refused as refused:
            return {"error": str(refused)}
        return {"url": f"{deployment().address}{path}"}
