"""One writer at a time where the database is SQLite.

Owns:      the process-wide writer lock, held from BEGIN IMMEDIATE to COMMIT.
Promises:  threads of this process queue here instead of failing with "database is locked".
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Final

from django.db import connection, transaction

WRITER_LOCK: Final = threading.RLock()


@contextmanager
def writing() -> Iterator[None]:
    """A transaction that writes. Every action changes rows inside one of these."""
    with WRITER_LOCK if connection.vendor == "sqlite" else nullcontext(), transaction.atomic():
        yield
