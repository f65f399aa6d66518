"""Transactions that write."""

from contextlib import AbstractContextManager

from django.db import transaction


def writing() -> AbstractContextManager[None]:
    """A transaction; every action changes rows inside one. On SQLite the backend makes writers queue."""
    return transaction.atomic()
