"""Django's SQLite backend whose writers hold the writer lock.

Owns:      taking the lock at BEGIN IMMEDIATE and giving it back after COMMIT or ROLLBACK.
Promises:  statements that write outside a transaction hold it too.
Never:     holds it for reading.
"""

from collections.abc import Callable
from typing import Any

from django.db.backends.sqlite3 import base

from studio.sqlite.writing import writer

READING = ("SELECT", "PRAGMA", "EXPLAIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", "BEGIN")


class DatabaseWrapper(base.DatabaseWrapper):
    """The wrapper that Django looks for in this module."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._holds = False
        self.execute_wrappers.append(self._write_alone)

    def _write_alone(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        if self._holds or sql.lstrip()[:9].upper().startswith(READING):
            return execute(sql, params, many, context)
        with writer:
            return execute(sql, params, many, context)

    def _start_transaction_under_autocommit(self) -> None:
        self._take()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # not in the stubs
        except BaseException:
            self._give()
            raise

    def _commit(self) -> Any:
        try:
            return super()._commit()  # type: ignore[misc]  # not in the stubs
        finally:
            self._give_when_over()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]  # not in the stubs
        finally:
            self._give_when_over()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]  # not in the stubs
        finally:
            self._give()

    def _take(self) -> None:
        if not self._holds:
            writer.acquire()
            self._holds = True

    def _give(self) -> None:
        if self._holds:
            self._holds = False
            writer.release()

    def _give_when_over(self) -> None:
        if self.connection is None or not self.connection.in_transaction:
            self._give()
