"""The rows of queued runs, written and handed on without the ORM: its way through it took a fifth of a short run.

Owns:      the columns of `run` that admission fills, as parameters and as what an engine takes up.
Promises:  a row is the one that `Run.save` would write; what is handed on is the row; the rows of many runs go
           to the database together.
Never:     commits.
"""

from collections.abc import Callable, Mapping, Sequence
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
from studio.runs.sql import Dialect, SqliteDialect, dialect

_FIELDS: Final = Run._meta.concrete_fields
_DOCUMENTS: Final = ("plan_id", "graph_document_id", "lock_document_id")
_UNTOUCHED: Final[dict[str, Any]] = {
    "status": "queued",
    "epoch": 0,
    "last_seq": 0,
    "claim_streak": 0,
    **dict.fromkeys(("owner_id", "rung", "error", "outputs", "started_at", "finished_at", "wake_at")),
}


def queued_runs(each: Sequence[Mapping[str, Any]], **shared: Any) -> list[Run]:
    """A run that no engine has seen for each of some columns; `shared` are the others of them all.

    Their ids rise, so that they begin and are listed in this order.
    """
    now = datetime.now(UTC)
    runs = []
    for id, own in zip(sorted([uuid7() for _ in each]), each, strict=True):
        run = Run.__new__(Run)
        run._state = _kept()
        # Set one by one, as a model does it, they take longer than the rest of the admission.
        vars(run).update(_UNTOUCHED, **shared, **own, id=id, counters={}, created_at=now)
        runs.append(run)
    return runs


def _kept() -> ModelState:
    state = ModelState()
    state.adding, state.db = False, DEFAULT_DB_ALIAS
    return state


def insert_queued(runs: Sequence[Run]) -> set[Digest]:
    """Insert the rows of runs that share their documents. Returns the digests of those that are not kept yet."""
    sql = dialect()
    documents = {vars(runs[0])[name] for name in _DOCUMENTS} - {None}
    with connections[DEFAULT_DB_ALIAS].wrap_database_errors:
        if isinstance(sql, SqliteDialect):
            sql.change_each(_INSERT_ROW, [_row(run, sql) for run in runs])
            among, digests = sql.among("digest", documents)
            kept = sql.run(f"SELECT digest FROM runs_document WHERE {among}", digests)
        elif len(runs) == 1:
            kept = sql.run(_INSERT_ROW_AND_ASK, [*_row(runs[0], sql), list(documents)])
        else:
            kept = sql.run(_INSERT_AND_ASK, [*_texts(runs), list(documents)])
    return documents - {row[0] for row in kept}


_NAMES: Final = {field.attname: str(field.column) for field in _FIELDS}
_TEXTS: Final = frozenset(field.attname for field in _FIELDS if isinstance(field, JSONText))
_COLUMNS: Final = ", ".join(f'"{column}"' for column in _NAMES.values())
_INSERT_ROW: Final = f"INSERT INTO runs_run ({_COLUMNS}) VALUES ({', '.join('?' * len(_NAMES))})"
# One journey to the server, with a statement that it has planned before, however many rows there are. One row it
# reads faster as parameters.
_INSERT_ROW_AND_ASK: Final = (
    f"WITH added AS ({_INSERT_ROW}) SELECT digest FROM runs_document WHERE digest = ANY(?)"
)
_INSERT_AND_ASK: Final = f"""
WITH first AS (SELECT r FROM json_populate_record(NULL::runs_run, ?::json) AS r), added AS (
  INSERT INTO runs_run ({_COLUMNS})
  SELECT {_COLUMNS} FROM json_populate_recordset((SELECT r FROM first), ?::json)
)
SELECT digest FROM runs_document WHERE digest = ANY(?)
"""


def _row(run: Run, sql: Dialect) -> list[Any]:
    """Parameters in the order of the columns."""
    held, row = vars(run), []
    for name, write in _writers(sql.is_postgresql):
        value = held[name]
        row.append(value if value is None or write is None else write(value))
    return row


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


def _texts(runs: Sequence[Run]) -> tuple[str, str]:
    """The first row as JSON, and of each row what it has otherwise."""
    first = vars(runs[0])
    each = [
        {name: value for name in _NAMES if (value := held[name]) is not first[name]}
        for held in map(vars, runs)
    ]
    return _text(_written({name: first[name] for name in _NAMES})), _text(list(map(_written, each)))


def _written(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {
        _NAMES[name]: _text(value) if name in _TEXTS and value is not None else value
        for name, value in columns.items()
    }


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
