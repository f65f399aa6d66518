"""`manage.py audit_verify`: recompute the chain of the audit."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studio.audit.chain import GENESIS, check_chain
from studio.audit.models import AuditEntry


class Command(BaseCommand):
    help = "Recompute the audit's chain of hashes and say where it is broken."

    def handle(self, *args: Any, **options: Any) -> None:
        problems = list(check_chain(AuditEntry.objects.order_by("seq").iterator()))
        for problem in problems:
            self.stderr.write(f"Entry {problem.path[1:]}: {problem.message}")
        if problems:
            raise CommandError(f"The audit is broken in {len(problems)} places.")
        last = AuditEntry.objects.order_by("-seq").first()
        count, head = (last.seq, last.hash) if last else (0, GENESIS)
        self.stdout.write(f"{count} entries, unbroken. Head: {head}")
