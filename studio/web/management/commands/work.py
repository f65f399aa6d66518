"""`manage.py work`: a worker that carries out what coordinators queue."""

import os
import signal
import socket
import sys
import threading
from argparse import ArgumentParser
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studio.deployment import deployment
from studio.runs.parts import Ground, new_worker
from studio.runs.remote.attending import attend, keep
from studio.runs.remote.canary import SECONDS, Canary

END_SECONDS = 15.0
EXIT_DEAF = 75


class Command(BaseCommand):
    help = "Carry out the work of queues until a signal ends it. Needs LAMINA_MODE=cluster."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--queue", action="append", help="a queue of LAMINA_QUEUES (default: all but local)"
        )
        parser.add_argument("--concurrency", type=int, default=4, help="batches at once (default: 4)")
        parser.add_argument(
            "--canary-seconds",
            type=float,
            default=SECONDS,
            help="how often an idle worker tries whether it still hears its broker (default: 30)",
        )
        parser.add_argument("--name", default=socket.gethostname(), help="what this worker is called in rows")

    def handle(self, *args: Any, **options: Any) -> None:
        place = deployment()
        queues = options["queue"] or list(place.remote_queues)
        unknown = sorted(set(queues) - set(place.remote_queues))
        if unknown or not queues:
            known = ", ".join(place.remote_queues) or "none"
            named = f"{unknown[0]!r} is no queue for workers" if unknown else "There is no queue for workers"
            raise CommandError(f"{named}; LAMINA_QUEUES names: {known}.")
        from studio.celery import (  # not before it is known that this process is a worker
            add_canary_queue,
            run_worker,
            send_canary,
        )

        ground = Ground(place=place)
        worker = new_worker(ground, options["name"])
        rung = worker.start()
        attend(worker)
        canary_queue = add_canary_queue()
        canary = Canary(
            send=partial(send_canary, canary_queue),
            is_at_work=worker.is_at_work,
            give_up=_give_up,
            begins=partial(self._say, "It hears its own messages."),
            seconds=options["canary_seconds"],
        )
        keep(canary)
        canary.start()
        self._say(f"Worker {options['name']} serves {', '.join(queues)} on rung R{rung.number}.")
        try:
            code = run_worker(options["name"], queues, options["concurrency"], canary_queue=canary_queue)
        finally:
            canary.stop()
            worker.stop()
            ground.close()
        self.stdout.write("Stopped.")
        sys.exit(code)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _give_up() -> None:
    """As a signal would end it; at the latest after a while, because a deaf connection may not end at all."""
    ending = threading.Timer(END_SECONDS, os._exit, (EXIT_DEAF,))
    ending.daemon = True
    ending.start()
    os.kill(os.getpid(), signal.SIGTERM)
