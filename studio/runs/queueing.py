"""The row of a queued run, written and handed on without the ORM: its way through it took a fifth of a short run.

Owns:      the columns of `run` that admission fills, as parameters and as what an engine takes up.
Promises:  the row is the one that `Run.save` would write; what is handed on is the row.
Never:     commits.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

import msgspec
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import DateTimeField, ForeignKey, UUIDField
from django.db.models.base import ModelState

from contracts.canonical import Digest
from executors.journal import ClaimedRun
from studio.fields import JSONText
from studio.ids import uuid7
from studio.runs.models import Run
from studio.runs.sql import dialect

_FIELDS: Final = Run._meta.concrete_fields
_DOCUMENTS: Final = ("plan_id", "graph_document_id", "lock_document_id")
_UNTOUCHED: Final[dict[str, Any]] = {
    "status": "queued",
    "epoch": 0,
    "last_seq": 0,
    "claim_streak": 0,
    **dict.fromkeys(("owner_id", "rung", "error", "outputs", "started_at", "finished_at", "wake_at")),
}


def queued_run(**given: Any) -> Run:
    """A run that no engine has seen; `given` are its other columns."""
    run = Run.__new__(Run)
    run._state = _kept()
    # Set one by one, as a model does it, they take longer than the rest of the admission.
    vars(run).update(_UNTOUCHED, id=uuid7(), counters={}, created_at=datetime.now(UTC), **given)
    return run


def _kept() -> ModelState:
    state = ModelState()
    state.adding, state.db = False, DEFAULT_DB_ALIAS
    return state


def insert_queued(run: Run) -> set[Digest]:
    """Insert the row. Returns the digests of its documents that are not kept yet."""
    sql = dialect()
    held = vars(run)
    values = []
    for name, write in _writers(sql.is_postgresql):
        value = held[name]
        values.append(value if value is None or write is None else write(value))
    documents = {held[name] for name in _DOCUMENTS} - {None}
    with connections[DEFAULT_DB_ALIAS].wrap_database_errors:
        if sql.is_postgresql:
            # One journey to the server for both, as a rule.
            ((are_kept,),) = sql.run(_insert_and_ask_sql(), values)
            if are_kept:
                return set()
        else:
            sql.change(_insert_sql(), values)
        among, digests = sql.among("digest", documents)
        return documents - {
            row[0] for row in sql.run(f"SELECT digest FROM runs_document WHERE {among}", digests)
        }


@cache
def _insert_sql() -> str:
    columns = ", ".join(f'"{field.column}"' for field in _FIELDS)
    return f"INSERT INTO runs_run ({columns}) VALUES ({', '.join('?' * len(_FIELDS))})"


@cache
def _insert_and_ask_sql() -> str:
    kept = (
        f"(runs_run.{name} IS NULL OR EXISTS(SELECT 1 FROM runs_document WHERE digest = runs_run.{name}))"
        for name in _DOCUMENTS
    )
    return f"{_insert_sql()} RETURNING {' AND '.join(kept)}"


@cache
def _writers(is_postgresql: bool) -> list[tuple[str, Callable[[Any], Any] | None]]:
    """How each column is written; None: as it is."""
    sql = dialect()
    assert sql.is_postgresql == is_postgresql
    writers: list[tuple[str, Callable[[Any], Any] | None]] = []
    for field in _FIELDS:
        target = field.target_field if isinstance(field, ForeignKey) else field
        write: Callable[[Any], Any] | None = None
        if isinstance(target, UUIDField):
            write = sql.key
        elif isinstance(target, DateTimeField):
            write = sql.instant
        elif isinstance(target, JSONText):
            write = _text
        writers.append((field.attname, write))
    return writers


def _text(document: Any) -> str:
    return msgspec.json.encode(document).decode()


def as_admitted(run: Run, plan_text: str) -> ClaimedRun:
    """What an engine takes up, at the epoch at which its first append claims the run."""
    assert run.resumed_from_id is None, "the first run of its chain is not at hand"
    id = str(run.pk)
    return ClaimedRun(
        run=id,
        epoch=1,
        last_seq=0,
        streak=1,
        status=run.status,
        plan=run.plan_id,
        plan_text=plan_text,
        inputs=_text(run.inputs),
        parameters=run.parameters,
        options=_text(run.options),
        environment=run.environment,
        actor=run.actor,
        admitted_at=_milliseconds(run.created_at),
        deployment=None if run.deployment_id is None else str(run.deployment_id),
        trigger=None if run.trigger_id is None else str(run.trigger_id),
        key_run=id,
        deadline_at=None if run.deadline_at is None else _milliseconds(run.deadline_at),
    )


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)
