"""Runs on their way in, until their state is restored.

Owns:      what was handed over by whoever admitted it, and what runs are told while they are being restored.
Promises:  runs that are admitted together arrive together.
Never:     is needed: a run that was not handed over, or refused, is found in the journal.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from executors.journal import ClaimedRun, SignalRow


@dataclass(slots=True, eq=False)
class Arrival:
    """A run that is being restored. `is_unclaimed`: its first append is to make it ours."""

    claimed: ClaimedRun
    is_unclaimed: bool = False
    told: list[SignalRow] = field(default_factory=list)


class Handovers:
    """What other threads hand over. `take` is called on the loop with what has gathered, by way of `post`."""

    def __init__(
        self, post: Callable[[Callable[[], None]], None], take: Callable[[list[ClaimedRun]], None]
    ) -> None:
        self._post = post
        self._take = take
        self._waiting: list[ClaimedRun] = []
        self._lock = threading.Lock()

    def put(self, admitted: Sequence[ClaimedRun]) -> None:
        """Any thread."""
        with self._lock:
            is_first = not self._waiting
            self._waiting += admitted
        if is_first:
            self._post(self._arrive)

    def _arrive(self) -> None:
        with self._lock:
            arrived, self._waiting = self._waiting, []
        self._take(arrived)
