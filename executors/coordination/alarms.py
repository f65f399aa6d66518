"""When a run is to be looked at again though nothing comes in.

Owns:      the timer of the loop, and which run it rings for next.
Promises:  a run has one alarm, the one that was set last; what is kept is bounded by the runs there are.
Never:     rings early.
"""

import asyncio
import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from executors.coordination.driving import Drive
from executors.engine.endings import next_due

SPARE = 1_000


@dataclass(slots=True, eq=False)
class Alarms:
    """Lives on the coordinator's loop. `now` gives milliseconds; `ring(run)` is called for those of `drives`."""

    drives: Mapping[str, Drive]
    now: Callable[[], int]
    ring: Callable[[str], None]
    _waiting: list[tuple[int, str]] = field(default_factory=list)
    _timer: asyncio.TimerHandle | None = None

    def set(self, drive: Drive) -> None:
        """For what the run's state waits for next, if anything."""
        due_at = None if drive.is_over or drive.state.is_finished else next_due(drive.state)
        if due_at is None or due_at == drive.due_at:
            drive.due_at = due_at
            return
        drive.due_at = due_at
        is_first = self._timer is None or not self._waiting or due_at < self._waiting[0][0]
        heapq.heappush(self._waiting, (due_at, drive.run))
        if len(self._waiting) > 2 * len(self.drives) + SPARE:
            self._clear_out()
        if is_first:
            self._arm()

    def _clear_out(self) -> None:
        """Runs that ended long before their deadline, and alarms that were set anew, leave theirs behind."""
        self._waiting = [
            (drive.due_at, run) for run, drive in self.drives.items() if drive.due_at is not None
        ]
        heapq.heapify(self._waiting)

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        delay = max(0, self._waiting[0][0] - self.now()) / 1000
        self._timer = asyncio.get_running_loop().call_later(delay, self._ring)

    def _ring(self) -> None:
        self._timer = None
        now = self.now()
        while self._waiting and self._waiting[0][0] <= now:
            due_at, run = heapq.heappop(self._waiting)
            drive = self.drives.get(run)
            if drive is not None and drive.due_at == due_at:
                drive.due_at = None
                self.ring(run)
        if self._waiting:
            self._arm()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
