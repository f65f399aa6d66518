"""`manage.py work`: a worker that carries out what coordinators queue."""

import socket
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studio.deployment import deployment
from studio.runs.parts import Ground, new_worker
from studio.runs.remote.attending import attend


class Command(BaseCommand):
    help = "Carry out the work of queues until a signal ends it. Needs LAMINA_MODE=cluster."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--queue", action="append", help="a queue of LAMINA_QUEUES (default: all but local)"
        )
        parser.add_argument("--concurrency", type=int, default=4, help="batches at once (default: 4)")
        parser.add_argument("--name", default=socket.gethostname(), help="what this worker is called in rows")

    def handle(self, *args: Any, **options: Any) -> None:
        place = deployment()
        queues = options["queue"] or list(place.remote_queues)
        unknown = sorted(set(queues) - set(place.remote_queues))
        if unknown or not queues:
            known = ", ".join(place.remote_queues) or "none"
            named = f"{unknown[0]!r} is no queue for workers" if unknown else "There is no queue for workers"
            raise CommandError(f"{named}; LAMINA_QUEUES names: {known}.")
        from studio.celery import run_worker  # not before it is known that this process is a worker

        ground = Ground(place=place)
        worker = new_worker(ground, options["name"])
        rung = worker.start()
        attend(worker)
        self.stdout.write(f"Worker {options['name']} serves {', '.join(queues)} on rung R{rung.number}.")
        self.stdout.flush()
        try:
            code = run_worker(options["name"], queues, options["concurrency"])
        finally:
            worker.stop()
            ground.close()
        self.stdout.write("Stopped.")
        sys.exit(code)
