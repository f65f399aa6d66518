"""`manage.py audit_journal`: check every journal against the promises of the engine."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studio.runs.auditing import audit_runs, runs_without_row
from studio.runs.models import Run


class Command(BaseCommand):
    help = (
        "Check the journals of runs, offline: order, epochs, single completions, rows, snapshots, artifacts."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--run", action="append", help="a run's id; default: all runs")

    def handle(self, *args: Any, **options: Any) -> None:
        runs = Run.objects.order_by("id")
        if options["run"]:
            runs = runs.filter(pk__in=options["run"])
        checked = broken = 0
        for run, breaks in audit_runs(runs):
            checked += 1
            broken += bool(breaks)
            for sentence in breaks:
                self.stdout.write(f"{run.id}: {sentence}.")
        lost = [] if options["run"] else runs_without_row()
        for id in lost:
            self.stdout.write(f"{id}: there are events, and no run.")
        checked, broken = checked + len(lost), broken + len(lost)
        if broken:
            raise CommandError(f"{broken} of {checked} journals do not hold.")
        self.stdout.write(f"{checked} journals hold.")
