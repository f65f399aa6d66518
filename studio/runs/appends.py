"""Many runs' events in one transaction: few statements, many rows.

Owns:      the batch SQL of the journal (multi-row VALUES on SQLite, COPY on PostgreSQL).
Promises:  a run whose fence does not hold adds nothing, and the others are not disturbed.
Never:     begins or ends a transaction.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final, TypeVar

import msgspec
from django.db import connection
from msgspec import Struct

from executors.journal import Append, EventRow, Schedule, Standing
from studio.runs.sql import Dialect

Part = TypeVar("Part")
UNPRODUCTIVE: Final = frozenset(
    ("run_created", "run_claimed", "run_quarantined", "invocation_scheduled", "invocation_started")
)
_COLUMNS: Final = (
    "id",
    "epoch",
    "owner",
    "is_claim",
    "old_seq",
    "new_seq",
    "is_productive",
    "status",
    "counters",
    "is_released",
    "started_at",
    "finished_at",
    "wake_at",
    "rung",
    "outputs",
    "error",
)
_EVENT_COLUMNS: Final = "run_id, seq, epoch, type, v, at, data"
_CHARACTERS_ALONG: Final = 256 << 10
_ROWS_PER_STATEMENT: Final = 256


class _Move(Struct, frozen=True):
    """What PostgreSQL is told of one append, as JSON."""

    id: str
    epoch: int
    owner: str
    is_claim: bool
    old_seq: int
    new_seq: int
    is_productive: bool
    standing: Standing
    events: Sequence[EventRow]


Claim = tuple[str, int]


def claim_of(append: Append) -> Claim:
    """The run at its epoch. Appends of two claims of one run may come together; at most one of them holds."""
    return append.run, append.epoch


def write_events(dialect: Dialect, appends: Sequence[Append]) -> set[Claim]:
    """Move the rows of the runs on, each behind its fence, and add the events of those that held, which it
    returns.
    """
    return (_write_as_document if dialect.is_postgresql else _write_as_rows)(dialect, appends)


def is_one_statement(dialect: Dialect, appends: Sequence[Append]) -> bool:
    """Whether `write_events` alone writes all there is, with one statement."""
    return dialect.is_postgresql and _goes_along(appends) and not any(map(_has_more, appends))


def _goes_along(appends: Sequence[Append]) -> bool:
    """What is long follows the rows by COPY instead, as it is and not within a text."""
    return sum(len(event.data) for append in appends for event in append.events) <= _CHARACTERS_ALONG


def _has_more(append: Append) -> bool:
    has_rows = append.artifacts or append.absorbed_signals or append.remembered or append.schedules
    is_released = append.standing.wake_at is not None or _may_be_woken(append)
    return bool(has_rows or append.absorbed_invocations or is_released)


def _may_be_woken(append: Append) -> bool:
    return append.kept_signals is not None and append.standing.finished_at is None


def came_through(dialect: Dialect, appends: Sequence[Append]) -> set[Claim]:
    """Those whose row stands where these appends leave it. Nobody but their owner writes at that epoch: they
    were committed, and the connection was lost before it was told.
    """
    found = set()
    for append in appends:
        reached = (append.epoch, append.last_seq + len(append.events), dialect.id(append.owner))
        if dialect.run(_REACHED, (dialect.id(append.run), *reached, append.standing.is_released)):
            found.add(claim_of(append))
    return found


_REACHED: Final = (
    "SELECT id FROM runs_run WHERE id = ? AND epoch = ? AND last_seq = ? "
    "AND (owner_id = ? OR (owner_id IS NULL AND ?))"
)


def _write_as_document(dialect: Dialect, appends: Sequence[Append]) -> set[Claim]:
    """One statement of one text, whatever is written: it is planned once, and filled in by one parameter."""
    goes_along = _goes_along(appends)
    moves = [
        _Move(
            append.run,
            append.epoch,
            append.owner,
            append.is_claim,
            append.last_seq,
            append.last_seq + len(append.events),
            _is_productive(append),
            append.standing,
            append.events if goes_along else (),
        )
        for append in appends
    ]
    found = dialect.run(_MOVE, (msgspec.json.encode(moves).decode(),))
    held = {(dialect.text_of_id(run), epoch) for run, epoch in found}
    if not goes_along:
        rows = _event_rows(dialect, [append for append in appends if claim_of(append) in held])
        copy(f"runs_event ({_EVENT_COLUMNS})", rows)
    return held


def _write_as_rows(dialect: Dialect, appends: Sequence[Append]) -> set[Claim]:
    held: set[Claim] = set()
    for part in _powers_of_two(appends):
        values = [value for append in part for value in _row(dialect, append)]
        found = dialect.run(_advance_sql(len(part)), values)
        held.update((dialect.text_of_id(run), epoch) for run, epoch in found)
    rows = _event_rows(dialect, [append for append in appends if claim_of(append) in held])
    for some in _powers_of_two(rows):
        flat = [value for row in some for value in row]
        dialect.change(_insert_sql(len(some)), flat)
    return held


def _is_productive(append: Append) -> bool:
    return any(event.type not in UNPRODUCTIVE for event in append.events)


def _row(dialect: Dialect, append: Append) -> tuple[Any, ...]:
    standing = append.standing
    return (
        dialect.id(append.run),
        append.epoch,
        dialect.id(append.owner),
        append.is_claim,
        append.last_seq,
        append.last_seq + len(append.events),
        _is_productive(append),
        standing.status,
        None if standing.counters is None else msgspec.json.encode(standing.counters).decode(),
        standing.is_released,
        dialect.stamp(standing.started_at),
        dialect.stamp(standing.finished_at),
        dialect.stamp(standing.wake_at),
        standing.rung,
        standing.outputs,
        standing.error,
    )


def _event_rows(dialect: Dialect, appends: Sequence[Append]) -> list[tuple[Any, ...]]:
    return [
        (run, event.seq, event.epoch, event.type, event.v, event.at, event.data)
        for append in appends
        for run in (dialect.id(append.run),)
        for event in append.events
    ]


def _powers_of_two(rows: Sequence[Part]) -> Iterable[Sequence[Part]]:
    """Parts of a few sizes only, so that prepared statements are found again."""
    start = 0
    while start < len(rows):
        size = min(_ROWS_PER_STATEMENT, 1 << (len(rows) - start).bit_length() - 1)
        yield rows[start : start + size]
        start += size


_UPDATE: Final = (
    "UPDATE runs_run SET epoch = v.epoch, last_seq = v.new_seq, status = v.status, "
    "counters = COALESCE(v.counters, runs_run.counters), "
    "claim_streak = CASE WHEN v.is_productive THEN 0 WHEN v.is_claim THEN 1 "
    "ELSE runs_run.claim_streak END, "
    "owner_id = CASE WHEN v.is_released THEN NULL ELSE v.owner END, "
    "started_at = COALESCE(runs_run.started_at, v.started_at), finished_at = v.finished_at, "
    "wake_at = v.wake_at, rung = COALESCE(v.rung, runs_run.rung), outputs = v.outputs, "
    "error = v.error "
    "FROM v WHERE runs_run.id = v.id AND runs_run.last_seq = v.old_seq AND CASE WHEN v.is_claim "
    "THEN runs_run.epoch = 0 AND runs_run.owner_id IS NULL AND runs_run.status = 'queued' "
    "ELSE runs_run.epoch = v.epoch AND runs_run.owner_id = v.owner END RETURNING runs_run.id, runs_run.epoch"
)
_MOVE: Final = f"""
WITH v AS (
  SELECT m.*, s.status, s.counters::text AS counters, s.is_released, s.rung, s.outputs, s.error,
    to_timestamp(s.started_at / 1000.0) AS started_at, to_timestamp(s.finished_at / 1000.0) AS finished_at,
    to_timestamp(s.wake_at / 1000.0) AS wake_at
  FROM json_to_recordset(?::json) AS m(id uuid, epoch integer, owner uuid, is_claim boolean, old_seq bigint,
    new_seq bigint, is_productive boolean, standing json, events json)
  CROSS JOIN json_to_record(m.standing) AS s(status text, counters json, is_released boolean, rung smallint,
    outputs text, error text, started_at bigint, finished_at bigint, wake_at bigint)
), moved AS ({_UPDATE}), added AS (
  INSERT INTO runs_event ({_EVENT_COLUMNS}) SELECT v.id, e.*
  FROM moved JOIN v ON v.id = moved.id AND v.epoch = moved.epoch
  CROSS JOIN json_to_recordset(v.events)
    AS e(seq bigint, epoch integer, type text, v smallint, at text, data text)
)
SELECT id, epoch FROM moved
"""


@cache
def _advance_sql(count: int) -> str:
    row = f"({', '.join('?' * len(_COLUMNS))})"
    return f"WITH v({', '.join(_COLUMNS)}) AS (VALUES {', '.join([row] * count)}) {_UPDATE}"


@cache
def _insert_sql(count: int) -> str:
    return f"INSERT INTO runs_event ({_EVENT_COLUMNS}) VALUES {', '.join(['(?,?,?,?,?,?,?)'] * count)}"


def copy(target: str, rows: Iterable[Sequence[Any]]) -> None:
    """COPY rows into a table of PostgreSQL."""
    with connection.connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as stream:
        for row in rows:
            stream.write_row(row)


def write_beside(dialect: Dialect, append: Append) -> None:
    """What an append writes besides events; most have nothing."""
    run = dialect.id(append.run)
    for digest, size in append.artifacts:
        _name_artifact(dialect, run, digest, size)
    for signal in append.absorbed_signals:
        seq = append.last_seq + len(append.events)
        dialect.change(
            "UPDATE runs_signal SET absorbed_seq = ? WHERE id = ? AND run_id = ?", (seq, signal, run)
        )
    for key, seq in append.remembered:
        dialect.change(
            "INSERT INTO runs_reusableoutput (team_id, key, run_id, seq) "
            "SELECT team_id, ?, id, ? FROM runs_run WHERE id = ? ON CONFLICT (team_id, key) DO NOTHING",
            (key, seq, run),
        )
    for node, index in append.absorbed_invocations:
        dialect.change(
            "UPDATE runs_invocation SET state = 'absorbed' WHERE run_id = ? AND node = ? AND \"index\" = ?",
            (run, node, index_text(index)),
        )
    for schedule in append.schedules:
        _schedule(dialect, run, schedule)
    if append.standing.is_released and append.standing.wake_at is not None:
        dialect.change(
            "INSERT INTO runs_wakeup (run_id, due_at) VALUES (?, ?)",
            (run, dialect.stamp(append.standing.wake_at)),
        )
    if _may_be_woken(append):
        _wake_if_told(dialect, run, append.kept_signals or ())


def _wake_if_told(dialect: Dialect, run: Any, kept: Sequence[int]) -> None:
    """Whoever reads what runs are told takes the wake-up away; a run that was on its way out has not heard it."""
    among, kept_ids = dialect.among("id", kept)
    dialect.change(
        f"INSERT INTO runs_wakeup (run_id, due_at) SELECT ?, {dialect.now} WHERE EXISTS "
        f"(SELECT 1 FROM runs_signal WHERE run_id = ? AND absorbed_seq IS NULL AND NOT {among})",
        (run, run, *kept_ids),
    )


def _name_artifact(dialect: Dialect, run: Any, digest: str, size: int) -> None:
    dialect.change(
        f"INSERT INTO runs_artifact (digest, bytes, created_at) VALUES (?, ?, {dialect.now}) "
        "ON CONFLICT (digest) DO NOTHING",
        (digest, size),
    )
    dialect.change(
        "INSERT INTO runs_artifactuse (run_id, artifact_id) VALUES (?, ?) "
        "ON CONFLICT (run_id, artifact_id) DO NOTHING",
        (run, digest),
    )


def _schedule(dialect: Dialect, run: Any, schedule: Schedule) -> None:
    values = (
        schedule.kind,
        schedule.key,
        schedule.attempt,
        schedule.queue,
        dialect.id(schedule.token),
        dialect.stamp(schedule.permit_until),
        schedule.inputs,
    )
    dialect.change(
        'INSERT INTO runs_invocation (run_id, node, "index", kind, key, attempt, state, queue, worker, '
        "token, permit_until, inputs, changed_at) "
        f"VALUES (?, ?, ?, ?, ?, ?, 'permitted', ?, '', ?, ?, ?, {dialect.now}) "
        'ON CONFLICT (run_id, node, "index") DO UPDATE SET '
        "attempt = excluded.attempt, state = 'permitted', "
        "token = excluded.token, permit_until = excluded.permit_until, inputs = excluded.inputs, "
        "changed_at = excluded.changed_at",
        (run, schedule.node, index_text(schedule.index), *values),
    )


def index_text(index: Sequence[int]) -> str:
    """How rows name an index: comma-separated, empty for none."""
    return ",".join(map(str, index))
