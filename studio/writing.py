"""The transaction in which an action changes rows.

Promises:  on SQLite the writers of this process queue for it instead of failing with "database is locked":
           the database backend (`studio/sqlite/`) holds the writer lock from BEGIN IMMEDIATE to COMMIT.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def writing() -> Iterator[None]:
    """A transaction that writes. Every action changes rows inside one of these."""
    with transaction.atomic():
        yield
