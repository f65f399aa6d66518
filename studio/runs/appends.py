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

from executors.journal import Append, Schedule
from studio.runs.sql import Dialect

Part = TypeVar("Part")
UNPRODUCTIVE: Final = frozenset(
    ("run_created", "run_claimed", "run_quarantined", "invocation_scheduled", "invocation_started")
)
_COLUMNS: Final = (
    ("id", "uuid"),
    ("epoch", "integer"),
    ("owner", "uuid"),
    ("is_claim", "boolean"),
    ("old_seq", "bigint"),
    ("new_seq", "bigint"),
    ("status", "text"),
    ("counters", "text"),
    ("is_productive", "boolean"),
    ("is_released", "boolean"),
    ("started_at", "timestamptz"),
    ("finished_at", "timestamptz"),
    ("wake_at", "timestamptz"),
    ("rung", "smallint"),
    ("outputs", "text"),
    ("error", "text"),
)
_EVENT_NAMES: Final = ("run_id", "seq", "epoch", "type", "v", "at", "data")
_EVENT_COLUMNS: Final = ", ".join(_EVENT_NAMES)
_EVENTS_ALONG: Final = 64
_CHARACTERS_ALONG: Final = 256 << 10
_ROWS_PER_STATEMENT: Final = 256


def write_events(dialect: Dialect, appends: Sequence[Append]) -> set[str]:
    """Move the rows of the runs on, each behind its fence, and add the events of those that held: their ids."""
    held: set[str] = set()
    # On PostgreSQL a few events go along with the rows: a journey to the server costs as much as twenty of them.
    go_along = dialect.is_postgresql and _is_little(appends)
    for part in _powers_of_two(appends):
        values = [value for append in part for value in _row(dialect, append)]
        if go_along:
            values.append(_event_document(part))
        found = dialect.run(_advance_sql(len(part), dialect.is_postgresql, go_along), values)
        held.update(dialect.text_of_id(row[0]) for row in found)
    if not go_along:
        _insert_events(dialect, [append for append in appends if append.run in held])
    return held


def _is_little(appends: Sequence[Append]) -> bool:
    room = _EVENTS_ALONG
    for append in appends:
        room -= len(append.events)
        if room < 0:
            return False
    return sum(len(event.data) for append in appends for event in append.events) <= _CHARACTERS_ALONG


def _event_document(appends: Sequence[Append]) -> str:
    rows = [
        (append.run, event.seq, event.epoch, event.type, event.v, event.at, event.data)
        for append in appends
        for event in append.events
    ]
    return msgspec.json.encode([dict(zip(_EVENT_NAMES, row, strict=True)) for row in rows]).decode()


def _row(dialect: Dialect, append: Append) -> tuple[Any, ...]:
    standing = append.standing
    return (
        dialect.id(append.run),
        append.epoch,
        dialect.id(append.owner),
        append.is_claim,
        append.last_seq,
        append.last_seq + len(append.events),
        standing.status,
        None if standing.counters is None else msgspec.json.encode(standing.counters).decode(),
        any(event.type not in UNPRODUCTIVE for event in append.events),
        standing.is_released,
        dialect.stamp(standing.started_at),
        dialect.stamp(standing.finished_at),
        dialect.stamp(standing.wake_at),
        standing.rung,
        standing.outputs,
        standing.error,
    )


def _powers_of_two(rows: Sequence[Part]) -> Iterable[Sequence[Part]]:
    """Parts of a few sizes only, so that prepared statements are found again."""
    start = 0
    while start < len(rows):
        size = min(_ROWS_PER_STATEMENT, 1 << (len(rows) - start).bit_length() - 1)
        yield rows[start : start + size]
        start += size


@cache
def _advance_sql(count: int, is_postgresql: bool, go_along: bool) -> str:
    marks = ", ".join(f"?::{kind}" if is_postgresql else "?" for _, kind in _COLUMNS)
    names = ", ".join(name for name, _ in _COLUMNS)
    rows = f"WITH v({names}) AS (VALUES {', '.join([f'({marks})'] * count)})"
    if not go_along:
        return f"{rows} {_UPDATE}"
    return (
        f"{rows}, moved AS ({_UPDATE}), added AS (INSERT INTO runs_event ({_EVENT_COLUMNS}) "
        "SELECT e.* FROM json_to_recordset(?::json) AS e(run_id uuid, seq bigint, epoch integer, "
        "type text, v smallint, at text, data text) JOIN moved ON moved.id = e.run_id) SELECT id FROM moved"
    )


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
    "ELSE runs_run.epoch = v.epoch AND runs_run.owner_id = v.owner END RETURNING runs_run.id"
)


def _insert_events(dialect: Dialect, appends: Sequence[Append]) -> None:
    rows = [
        (run, event.seq, event.epoch, event.type, event.v, event.at, event.data)
        for append in appends
        for run in (dialect.id(append.run),)
        for event in append.events
    ]
    if dialect.is_postgresql:
        copy(f"runs_event ({_EVENT_COLUMNS})", rows)
        return
    for part in _powers_of_two(rows):
        flat = [value for row in part for value in row]
        dialect.change(_insert_sql(len(part)), flat)


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
