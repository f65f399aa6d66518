"""News that a person's rights changed, for whoever keeps something open for them (sockets)."""

from collections.abc import Callable
from functools import partial
from typing import Final
from uuid import UUID

from django.db import transaction

# Called with the user's id after the commit; must return at once and may not raise.
listeners: Final[list[Callable[[UUID], None]]] = []


def announce_user(user: UUID) -> None:
    """Tell, once the transaction is committed, that roles, tokens or sessions of this person changed."""
    transaction.on_commit(partial(_tell, user))


def _tell(user: UUID) -> None:
    for listener in listeners:
        listener(user)
