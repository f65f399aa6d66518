"""`manage.py coordinate`: an engine in a process of its own, beside others on one PostgreSQL."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from studio.deployment import deployment
from studio.runs.doorbell import Notifications
from studio.runs.engine_thread import EngineThread
from studio.runs.parts import engine_parts

LOOK_SECONDS = 1.0


class Command(BaseCommand):
    help = "Carry out runs until a signal ends it. Needs PostgreSQL: with SQLite, `up` does it all."

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError(
                "An engine beside the server needs PostgreSQL. Set LAMINA_DATABASE, or use `up`."
            )
        over = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: over.set())
        engine, notifications = EngineThread(engine_parts(deployment(), is_alone=False)), Notifications()
        engine.start()
        notifications.start()
        self.stdout.write("The engine takes part.")
        self.stdout.flush()
        while not over.wait(LOOK_SECONDS):
            if not engine.is_alive:
                raise CommandError("The engine has ended; the log says why.")
        notifications.stop()
        engine.stop()
        self.stdout.write("Stopped.")
