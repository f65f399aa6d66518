"""`manage.py up`: the whole product in one process."""

import os
import shlex
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studio.deployment import deployment
from studio.refusals import Invalid, Refused
from studio.sqlite.writing import FolderInUse, own_folder
from studio.version import VERSION
from studio.web.listener import NoFreePort, bind_port
from studio.web.prepare import prepare
from studio.web.server import address_of, serve
from studio.web.sign_in import sign_in_path


class Command(BaseCommand):
    help = "Run Lamina in one process: pages, API, sockets and engine."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, help="the port to listen on (default: LAMINA_PORT or 8000)")
        parser.add_argument("--no-demo", action="store_true", help="install no demo team and graphs")

    def handle(self, *args: Any, **options: Any) -> None:
        place = deployment()
        started = time.monotonic()
        wanted: int = options["port"] or place.port
        try:
            with own_folder(place.data, str(os.getpid())):
                bound = bind_port(place.host, wanted)
                if (port := bound.getsockname()[1]) != wanted:
                    self.stdout.write(f"Port {wanted} is taken, using {port}.")
                for done in prepare(with_demo=not options["no_demo"]):
                    self.stdout.write(done)
                address = address_of(bound)
                sign_in = self._sign_in(address)
                serve(place, bound, ready=lambda: self._greet(started, address, sign_in))
        except (FolderInUse, NoFreePort, Refused) as error:
            raise CommandError(str(error)) from None
        self.stdout.write("Stopped.")

    def _sign_in(self, address: str) -> str:
        try:
            name, path = sign_in_path("owner")
        except Invalid as nobody:
            return f"{_for_a_link()} --as EMAIL ({nobody})"
        return f"{address}{path}\n           signs in {name}, once; more: {_for_a_link()}"

    def _greet(self, started: float, address: str, sign_in: str) -> None:
        self.stdout.write(f"\nLamina {VERSION} is ready after {time.monotonic() - started:.1f} s.\n")
        self.stdout.write(f"  Address  {address}")
        self.stdout.write(f"  Sign in  {sign_in}")
        self.stdout.write("  Stop     Ctrl-C")
        self.stdout.flush()


def _for_a_link() -> str:
    """The command as it can be copied: with this interpreter, and this data folder where it was chosen."""
    chosen = os.environ.get("LAMINA_DATA")
    words = [sys.executable, "manage.py", "sign_in_link"]
    return shlex.join([*(["env", f"LAMINA_DATA={chosen}"] if chosen else []), *words])
