"""What the database role of workers may do: the columns that they read and write, and nothing else.

Owns:      the list of grants, and putting it into force on PostgreSQL.
Promises:  after `grant_to` the role has these rights on our tables and no others, whatever it had before.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import connection
from django.db.models import Model
from psycopg import sql

from studio.catalog.models import ModuleVersion, StoredBundle, StoredContract
from studio.runs.models import Document, LogLine, RemoteBatch, Run

_ALL: Final = ()
# Privilege → fields; no fields: all of them.
Rights = Mapping[str, Sequence[str]]
GRANTS: Final[Mapping[type[Model], Rights]] = {
    RemoteBatch: {
        "SELECT": _ALL,
        "UPDATE": ("state", "token", "worker", "claims", "permit_until", "report"),
    },
    Run: {"SELECT": ("id", "epoch", "plan")},
    Document: {"SELECT": _ALL},
    StoredBundle: {"SELECT": _ALL},
    StoredContract: {"SELECT": _ALL},
    ModuleVersion: {"SELECT": ("bundle", "state")},
    LogLine: {"SELECT": ("run", "line"), "INSERT": _ALL, "DELETE": _ALL},
}


class RoleRefused(Exception):
    """A role that is more than a worker's; the text says why."""


def grant_to(role: str, password: str = "") -> None:
    """Create the role if need be and give it these rights.

    Raises `RoleRefused`, before anything is changed, and `DatabaseError` where we may not.
    """
    name = sql.Identifier(role)
    with connection.cursor() as cursor:
        _require_apart(cursor, role)
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            _execute(cursor, sql.SQL("CREATE ROLE {} LOGIN").format(name))
        if password:
            _execute(cursor, sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(password)))
        for kind in ("TABLES", "SEQUENCES"):
            revoke = sql.SQL("REVOKE ALL ON ALL {} IN SCHEMA public FROM {}")
            _execute(cursor, revoke.format(sql.SQL(kind), name))
        for model, rights in GRANTS.items():
            for privilege, fields in rights.items():
                _execute(cursor, _grant(model, privilege, fields, name))


def _require_apart(cursor: Any, role: str) -> None:
    """Our own role would lose its rights; one that owns a table has all rights on it, whatever is granted."""
    cursor.execute("SELECT %s IN (current_user, session_user)", [role])
    if cursor.fetchone()[0]:
        raise RoleRefused(f"{role} is the role that Lamina itself is connected as. Name another for workers.")
    cursor.execute("SELECT tablename FROM pg_tables WHERE tableowner = %s LIMIT 1", [role])
    if (owned := cursor.fetchone()) is not None:
        raise RoleRefused(f"{role} owns the table {owned[0]}. Name a role for workers that owns none.")


def _grant(model: type[Model], privilege: str, fields: Sequence[str], role: sql.Identifier) -> sql.Composed:
    stored = {field.name: str(field.column) for field in model._meta.concrete_fields}
    columns = [sql.Identifier(stored[name]) for name in fields]
    listed = sql.SQL("({})").format(sql.SQL(", ").join(columns)) if columns else sql.SQL("")
    table = sql.Identifier(model._meta.db_table)
    grant = sql.SQL("GRANT {}{} ON {} TO {}")
    return grant.format(sql.SQL(privilege), listed, table, role)


def _execute(cursor: Any, statement: sql.Composed) -> None:
    cursor.execute(statement.as_string(connection.connection))
