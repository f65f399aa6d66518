"""Tell the engine that a run's rows have changed.

Owns:      the bell of this process, and the notification on PostgreSQL for engines elsewhere.
Promises:  rings after the transaction has committed; may be called from any thread.
Never:     is needed for correctness: every engine also looks by itself once a second.
"""

from collections.abc import Callable
from uuid import UUID

from django.db import connection, transaction

CHANNEL = "lamina_runs"
_answers: list[Callable[[str], None]] = []


def answer(bell: Callable[[str], None]) -> Callable[[], None]:
    """Have `bell(run)` called for each ring in this process. Returns what ends that."""
    _answers.append(bell)
    return lambda: _answers.remove(bell)


def ring(run: UUID) -> None:
    """Ring for `run` when the current transaction commits (at once without one)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(run)])
    transaction.on_commit(lambda: _ring(str(run)))


def _ring(run: str) -> None:
    for bell in tuple(_answers):
        bell(run)
