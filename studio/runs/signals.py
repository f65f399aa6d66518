"""How an action tells a run something; the run's owner reads it and puts what came of it into the journal."""

from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from contracts.canonical import JSON
from contracts.values import value_bytes
from studio.ids import uuid7
from studio.runs.doorbell import ring
from studio.runs.models import Run, Signal, Wakeup

SIGNAL_KINDS = ("cancel", "pause", "resume", "decide", "signal", "resolve")


def send_signal(run: Run, *, kind: str, actor: str, data: JSON = None, dedupe: str = "") -> bool:
    """Tell `run` something, within the caller's transaction. False: this `dedupe` was told before.

    `kind` and `data` are those of `Signal`; the caller has checked who may, and the form of `data`. Raises
    `ProblemsError` for what may not travel between nodes; paths start at `data`.
    """
    assert kind in SIGNAL_KINDS
    value_bytes(data)
    with transaction.atomic():
        _, is_new = Signal.objects.get_or_create(
            run=run,
            dedupe=dedupe or str(uuid7()),
            defaults={"kind": kind, "data": data or {}, "actor": actor, "created_at": datetime.now(UTC)},
        )
        if is_new:
            _wake(run.id)
    return is_new


def _wake(run: UUID) -> None:
    """Have an engine look at the run, whether or not one owns it: due by the clock that engines ask."""
    Wakeup.objects.create(run_id=run, due_at=Now())
    ring(run)
