"""Plain SQL on Django's connection of this thread, in the two dialects.

Owns:      transactions, parameters, instants and ids as each database keeps them.
Promises:  a transaction on SQLite holds the writer lock; SQL is written once, with `?` for parameters.
Never:     builds rows through the ORM: that costs ten times the insert itself.
"""

import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections

from studio.sqlite.writing import writer_lock

Row = tuple[Any, ...]


@lru_cache(maxsize=64)
def _text_of_stamp(at: int) -> str:
    """Runs that are written together began and ended at few different instants."""
    return _text_of_instant(datetime.fromtimestamp(at / 1000, UTC))


def _text_of_instant(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


class SqliteDialect:
    """Ids are 32 hexadecimal digits, instants text in UTC."""

    is_postgresql = False
    # As many digits as instants are written with: they are compared as text.
    now = "strftime('%Y-%m-%d %H:%M:%f000', 'now')"

    def is_out_of_reach(self, error: Exception) -> bool:
        """Whether the database is away or has no room, rather than our words wrong."""
        return isinstance(error, sqlite3.OperationalError | OperationalError | InterfaceError)

    def after(self, seconds: str) -> str:
        """The SQL of the instant `seconds` (SQL) from now."""
        return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', {seconds} || ' seconds')"

    def milliseconds(self, column: str) -> str:
        """The SQL of a column's instant in milliseconds since 1970."""
        return f"CAST(ROUND((julianday({column}) - 2440587.5) * 86400000) AS INTEGER)"

    def id(self, text: str) -> Any:
        return text.replace("-", "")

    def key(self, id: UUID) -> Any:
        return id.hex

    def text_of_id(self, value: Any) -> str:
        return str(UUID(value))

    def stamp(self, at: int | None) -> Any:
        """An instant in milliseconds as a parameter."""
        return None if at is None else _text_of_stamp(at)

    def instant(self, at: datetime) -> Any:
        return _text_of_instant(at)

    def among(self, column: str, values: Collection[Any]) -> tuple[str, list[Any]]:
        """The SQL of being one of `values`, and its parameters."""
        return f"{column} IN ({', '.join('?' * len(values))})", list(values)

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        return _connected().execute(sql, parameters).fetchall()

    def change(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Returns the number of rows changed."""
        return _connected().execute(sql, parameters).rowcount

    def change_each(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Carry a statement out with each row of parameters."""
        _connected().executemany(sql, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        raw = _connected()
        with writer_lock():
            raw.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                raw.execute("ROLLBACK")
                raise
            raw.execute("COMMIT")

    def lock_groups(self) -> None:
        """Nobody else may claim runs of groups until this transaction ends: the writer lock sees to that."""

    @contextmanager
    def unsynced_transaction(self) -> Iterator[None]:
        """Lasts when the next transaction does: a machine that fails before that has never seen it."""
        raw = _connected()
        with writer_lock():
            raw.execute("PRAGMA synchronous = NORMAL")
            try:
                with self.transaction():
                    yield
            finally:
                raw.execute("PRAGMA synchronous = FULL")


class PostgresDialect:
    """Ids are uuid, instants timestamptz; the server's clock is the clock."""

    is_postgresql = True
    now = "clock_timestamp()"

    def is_out_of_reach(self, error: Exception) -> bool:
        database: Any = connections[DEFAULT_DB_ALIAS].Database  # type: ignore[attr-defined]  # of every backend
        away = (database.OperationalError, database.InterfaceError, OperationalError, InterfaceError)
        return isinstance(error, away)

    def after(self, seconds: str) -> str:
        return f"clock_timestamp() + {seconds} * interval '1 second'"

    def milliseconds(self, column: str) -> str:
        return f"(round(extract(epoch FROM {column}) * 1000))::bigint"

    def id(self, text: str) -> Any:
        return UUID(text)

    def key(self, id: UUID) -> Any:
        return id

    def text_of_id(self, value: Any) -> str:
        return str(value)

    def stamp(self, at: int | None) -> Any:
        return None if at is None else datetime.fromtimestamp(at / 1000, UTC)

    def instant(self, at: datetime) -> Any:
        return at

    def among(self, column: str, values: Collection[Any]) -> tuple[str, list[Any]]:
        """The SQL of being one of `values`, and its parameters: one statement however many there are."""
        return f"{column} = ANY(?)", [list(values)]

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        cursor = self._execute(sql, parameters)
        return cursor.fetchall() if cursor.description else []

    def change(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        count: int = self._execute(sql, parameters).rowcount
        return count

    def _execute(self, sql: str, parameters: Sequence[Any]) -> Any:
        """Prepared once a connection: to plan one of these takes the server longer than to carry it out."""
        raw = _connected()
        cursor = getattr(_mine, "cursor", None)
        if cursor is None or cursor.connection is not raw:
            cursor = _mine.cursor = _server_cursor()(raw)
        return cursor.execute(_percent(sql), parameters, prepare=True)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with _connected().transaction():
            yield

    def lock_groups(self) -> None:
        """Nobody else may claim runs of groups until this transaction ends."""
        self.run("SELECT pg_advisory_xact_lock(hashtext('lamina claims of groups'))")

    @contextmanager
    def unsynced_transaction(self) -> Iterator[None]:
        """Lasts when the next transaction does: a machine that fails before that has never seen it."""
        raw = _connected()
        with raw.transaction():
            raw.execute("SET LOCAL synchronous_commit = off")
            yield


Dialect = SqliteDialect | PostgresDialect
# The cursor of a thread's connection: to make one takes as long as half a statement.
_mine = threading.local()


def _connected() -> Any:
    """The driver's connection of this thread. Finding it takes longer than a small query: ask once a statement."""
    backend = connections[DEFAULT_DB_ALIAS]
    if backend.connection is None:
        backend.ensure_connection()
    return backend.connection


@cache
def _server_cursor() -> Any:
    """Django's own cursors fill parameters in here, which leaves the server nothing to prepare."""
    from psycopg import Cursor  # not installed where SQLite is all there is

    return Cursor


@cache
def _percent(sql: str) -> str:
    return sql.replace("?", "%s")


def dialect() -> Dialect:
    """The dialect of the default database."""
    return PostgresDialect() if connections[DEFAULT_DB_ALIAS].vendor == "postgresql" else SqliteDialect()
