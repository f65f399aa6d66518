"""News of what changed, told after commit to whoever listens.

Owns:      the list of listeners; `studio/live` registers itself there.
Promises:  listeners hear of committed changes only; a failing one stops neither the action nor the others.
Never:     carries the change itself: kind, id and team say what to read again.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import Final
from uuid import UUID

from django.db import transaction

Listener = Callable[[str, UUID | None, UUID | None], None]

listeners: Final[list[Listener]] = []
_log = logging.getLogger(__name__)


def announce(kind: str, id: UUID | None, team: UUID | None) -> None:
    """Tell, once the transaction is committed, that a graph, version, review, run… changed; None: many did."""
    transaction.on_commit(partial(_tell, kind, id, team))


def _tell(kind: str, id: UUID | None, team: UUID | None) -> None:
    for listener in listeners:
        try:
            listener(kind, id, team)
        except Exception:  # noqa: BLE001  a bell that does not ring must not undo what was done
            _log.exception("A listener failed on %s %s", kind, id)
