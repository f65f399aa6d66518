"""The rows of remote work: every change is a compare-and-swap, judged by the database's clock.

Owns:      queueing, permitting, renewing, finishing and sweeping of `RemoteBatch`.
Promises:  of all that try to take a row once, one does; a row of a run that has moved on is never permitted.
Never:     knows what carries calls out, or how a worker is called.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now

from contracts.canonical import Digest
from studio.ids import uuid7
from studio.runs.models import RemoteBatch, Run
from studio.writing import writing

CHANNEL: Final = "lamina_remote"
PERMIT_SECONDS: Final = 10.0
CLAIMS_ALLOWED: Final = 3
# How long a queued row goes unclaimed before a worker is called again.
RING_SECONDS: Final = 8.0
LATER_SECONDS: Final = 30.0
YOUNG_SECONDS: Final = 60.0
_SWEPT_AT_ONCE: Final = 500
_PERMITTED: Final = ("order", "created_at", "permit_until", "run__plan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """The right of one worker to carry a batch out, for as long as it is renewed."""

    batch: UUID
    token: UUID
    run: str
    plan: Digest
    order: str
    waited_us: int


def enqueue(batch: UUID, *, run: str, host: str, queue: str, is_repeatable: bool, order: str) -> bool:
    """Queue a batch. False: no engine of `host` owns the run any more."""
    with writing():
        epoch = Run.objects.filter(pk=run, owner__host=host).values_list("epoch", flat=True).first()
        if epoch is None:
            return False
        RemoteBatch.objects.create(
            id=batch,
            run_id=run,
            epoch=epoch,
            queue=queue,
            is_repeatable=is_repeatable,
            order=order,
            created_at=Now(),
            rung_at=Now(),
        )
    return True


def permit(batch: UUID, worker: str) -> Permit | None:
    """queued → permitted, for one worker and one engine's term of the run. None: nothing to do here."""
    token = uuid7()
    current = Run.objects.filter(pk=OuterRef("run_id"), epoch=OuterRef("epoch"))
    with writing():
        changed = RemoteBatch.objects.filter(Exists(current), pk=batch, state="queued").update(
            state="permitted",
            token=token,
            worker=worker,
            claims=F("claims") + 1,
            permit_until=_after(PERMIT_SECONDS),
        )
        if not changed:
            return None
        # Of a run a worker may read no more than this: see grants.py.
        row = RemoteBatch.objects.select_related("run").only(*_PERMITTED).get(pk=batch)
    assert row.permit_until is not None
    waited = row.permit_until - timedelta(seconds=PERMIT_SECONDS) - row.created_at
    return Permit(
        batch=batch,
        token=token,
        run=str(row.run_id),
        plan=row.run.plan_id,
        order=row.order,
        waited_us=max(0, int(waited.total_seconds() * 1_000_000)),
    )


def renew(permits: Iterable[tuple[UUID, UUID]]) -> list[UUID]:
    """Extend permits, given as (batch, token). Returns the tokens whose work is no longer wanted."""
    lost = []
    for batch, token in permits:
        with writing():
            held = _held(batch, token).update(permit_until=_after(PERMIT_SECONDS))
        if not held:
            lost.append(token)
    return lost


def finish(batch: UUID, token: UUID, report: str) -> bool:
    """permitted → done, for the holder of the token; the coordinator is rung with the commit."""
    with writing():
        if not _held(batch, token).update(state="done", report=report):
            return False
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(batch)])
    return True


def ended(batches: Sequence[UUID]) -> list[RemoteBatch]:
    """Those of the batches that are done or lost."""
    return list(RemoteBatch.objects.filter(pk__in=batches, state__in=("done", "lost")).defer("order"))


def still_there(batches: Sequence[UUID]) -> set[UUID]:
    """Those of the batches that have a row; one may have gone when its run was deleted."""
    return set(RemoteBatch.objects.filter(pk__in=batches).values_list("pk", flat=True))


def remove(batch: UUID) -> None:
    """Take a batch away: queued work is withdrawn, a worker that holds it hears of it when it renews."""
    with writing():
        RemoteBatch.objects.filter(pk=batch).delete()


def return_expired() -> None:
    """Permits of workers that went silent: again where that does no harm, else whoever asked must judge."""
    expired = RemoteBatch.objects.filter(state="permitted", permit_until__lt=Now())
    with writing():
        again = Q(is_repeatable=True, claims__lt=CLAIMS_ALLOWED)
        expired.filter(again).update(state="queued", token=None, rung_at=_ago(LATER_SECONDS))
        # Not all that are left: one may have expired since the statement before.
        expired.exclude(again).update(state="lost")


def due_for_ringing() -> list[tuple[UUID, str]]:
    """(batch, queue) of rows that nobody has claimed, each handed to one caller: often while young, then less."""
    is_young = Q(rung_at__lt=_ago(RING_SECONDS), created_at__gt=_ago(YOUNG_SECONDS))
    due = RemoteBatch.objects.filter(is_young | Q(rung_at__lt=_ago(LATER_SECONDS)), state="queued")
    found: list[tuple[UUID, str]] = []
    for batch, queue in due.values_list("pk", "queue")[:_SWEPT_AT_ONCE]:
        with writing():
            if due.filter(pk=batch).update(rung_at=Now()):
                found.append((batch, queue))
    return found


def orphans() -> list[RemoteBatch]:
    """Rows whose run has moved on to another engine's term: nobody will take their outcomes."""
    current = Run.objects.filter(pk=OuterRef("run_id"), epoch=OuterRef("epoch"))
    return list(RemoteBatch.objects.filter(~Exists(current)).exclude(state="permitted")[:_SWEPT_AT_ONCE])


def _held(batch: UUID, token: UUID) -> QuerySet[RemoteBatch]:
    return RemoteBatch.objects.filter(pk=batch, token=token, state="permitted")


def _after(seconds: float) -> CombinedExpression:
    return Now() + timedelta(seconds=seconds)


def _ago(seconds: float) -> CombinedExpression:
    return Now() - timedelta(seconds=seconds)
