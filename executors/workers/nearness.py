"""Which core the host and its workers share while quick calls come one after another.

A message that has to wake another core takes three to five times as long as one on the same core, most of all on
virtual machines; the scheduler prefers the idle core nevertheless (ADR 13).

Owns:      where the thread of the loop and the workers may run.
Promises:  as soon as there is more than one thing to do, and every now and then, all may run anywhere again.
Never:     is needed: where the system does not let it, nothing is lost but time.
"""

import asyncio
import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from executors.workers.worker import Worker

_CALLS_IN_A_ROW: Final = 4
_TOGETHER_SECONDS: Final = 0.05


class Nearness:
    """Called on the loop. `before` and `after` what a worker is given and has done."""

    def __init__(self) -> None:
        self._busy: set[Worker] = set()
        self._near: dict[Worker, int] = {}
        self._in_a_row = 0
        self._kept_apart = 0
        self._core: int | None = None
        self._anywhere: set[int] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._core_of_caller: Any = getattr(ctypes.CDLL(None), "sched_getcpu", None)
        self._is_possible = self._core_of_caller is not None and hasattr(os, "sched_setaffinity")

    def before(self, worker: Worker, *, is_lone: bool) -> None:
        """A worker is about to be given calls; `is_lone`: one call, quick, with none waiting behind it."""
        self._busy.add(worker)
        if not is_lone or len(self._busy) > 1:
            self._in_a_row = 0
            self.part()
            return
        self._in_a_row += 1
        is_time = self._in_a_row > _CALLS_IN_A_ROW and not self._kept_apart
        if is_time and worker not in self._near and self._is_possible:
            self._come_near(worker)

    def after(self, worker: Worker) -> None:
        """A worker has nothing more to do, or is gone."""
        self._busy.discard(worker)

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Within, all may run anywhere: a thread or process that is started takes over where it may run."""
        self._kept_apart += 1
        self.part()
        try:
            yield
        finally:
            self._kept_apart -= 1

    def part(self) -> None:
        """All may run anywhere again, and so may the threads that they have started meanwhile."""
        if self._core is None:
            return
        core, self._core = self._core, None
        processes = (os.getpid(), *self._near.values())
        self._near.clear()
        if self._timer is not None:
            self._timer.cancel()
        for process in processes:
            _free(process, core, self._anywhere)

    def _come_near(self, worker: Worker) -> None:
        process = worker.zygote.pid_of(worker.fork_number)
        if process is None:
            return
        if self._core is None:
            self._anywhere = os.sched_getaffinity(0)
            if len(self._anywhere) < 2:
                return
        core = max(0, self._core_of_caller()) if self._core is None else self._core
        try:
            os.sched_setaffinity(0, {core})
            os.sched_setaffinity(process, {core})
        except ProcessLookupError:
            pass
        except OSError:
            self._is_possible = False
        self._near[worker] = process
        if self._core is None:
            self._core = core
            self._timer = asyncio.get_running_loop().call_later(_TOGETHER_SECONDS, self.part)
        if not self._is_possible:
            self.part()


def _free(process: int, core: int, anywhere: set[int]) -> None:
    """Let all threads of a process that keep to a core run anywhere. One that is gone needs nothing."""
    try:
        threads = [int(task.name) for task in Path(f"/proc/{process}/task").iterdir()]
    except OSError:
        threads = [process]
    for thread in threads:
        with suppress(OSError):  # it is gone, or the system will not have it: nothing is lost but time
            if os.sched_getaffinity(thread) == {core}:
                os.sched_setaffinity(thread, anywhere)
