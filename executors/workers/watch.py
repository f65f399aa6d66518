"""The watch over running calls: wall time, processor time and memory, looked at while anything runs.

Owns:      one timer for all workers, and the reading of what a process has used.
Promises:  a call that is over a limit is stopped within two ticks; one that takes long is told to its worker's
           lane; a zygote that does not answer is given up.
"""

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from executors.workers.tickets import Broken, Ticket
from executors.workers.worker import ZYGOTE_SECONDS, Worker

TICK_SECONDS: Final = 0.02
_LOOK_AFTER_SECONDS: Final = 0.03
_SLOW_SECONDS: Final = 0.1
_LOADING_SECONDS: Final = 1.0
_SCRATCH_ENTRIES: Final = 1024
_BLOCK: Final = 512
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What a worker may take; 0 bytes of scratch: the kernel sees to it."""

    memory_bytes: int
    scratch_bytes: int = 0


class Watch:
    """Ticks while `running()` gives workers with calls; `ring` starts it."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, running: Callable[[], Iterable[tuple[Worker, Allowance]]]
    ) -> None:
        self._loop = loop
        self._running = running
        self._timer: asyncio.TimerHandle | None = None

    def ring(self) -> None:
        """Something runs: look at it from now on."""
        if self._timer is None:
            self._timer = self._loop.call_later(TICK_SECONDS, self._tick)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tick(self) -> None:
        self._timer = None
        now = time.monotonic()
        any_runs = False
        for worker, allowance in list(self._running()):
            if not worker.pending:
                continue
            any_runs = True
            if worker.seconds_since_kill() > ZYGOTE_SECONDS:
                worker.zygote.give_up()
                continue
            ticket = worker.running()
            reason = _over_a_limit(worker, ticket, allowance, now)
            if reason is not None:
                worker.kill(reason)
            elif not worker.is_held_up and now - ticket.began_at > _slow_after(worker):
                worker.on_slow(worker)
        if any_runs:
            self.ring()


def _slow_after(worker: Worker) -> float:
    """The first call of a worker loads the module."""
    return _SLOW_SECONDS if worker.call_count else _LOADING_SECONDS


def _over_a_limit(worker: Worker, ticket: Ticket, allowance: Allowance, now: float) -> Broken | None:
    if now >= ticket.deadline:
        if ticket.is_abandoned:
            return Broken(cause="cancelled", message="The call was cancelled.")
        return Broken(cause="wall", message=f"The call took longer than {ticket.seconds:g} s.")
    if now - ticket.began_at < _LOOK_AFTER_SECONDS:
        return None
    pid = worker.zygote.pid_of(worker.fork_number)
    if pid is None:
        return None
    used = cpu_seconds(pid)
    if ticket.cpu_at_start is None:
        ticket.cpu_at_start = used
    elif used - ticket.cpu_at_start > ticket.cpu_seconds:
        message = f"The call used more than {ticket.cpu_seconds:g} s of processor time."
        return Broken(cause="cpu", message=message)
    if _resident_bytes(pid) > allowance.memory_bytes:
        return Broken(cause="memory", message="The module needed more memory than its limit.")
    if allowance.scratch_bytes and _fills_its_scratch(worker, allowance.scratch_bytes):
        return Broken(cause="scratch", message="The module wrote more than its scratch folder may hold.")
    return None


def _fills_its_scratch(worker: Worker, allowed: int) -> bool:
    folder = worker.zygote.scratch_of(worker.fork_number)
    try:
        return folder is not None and _holds_more(folder, allowed)
    except OSError:
        return True  # a module can see to it that nobody can look: too deep, or closed


def _holds_more(folder: str, allowed: int) -> bool:
    used = entries = 0
    pending = [folder]
    while pending:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(pending.pop()) as found:
            for entry in found:
                entries += 1
                used += entry.stat(follow_symlinks=False).st_blocks * _BLOCK
                if used > allowed or entries > _SCRATCH_ENTRIES:
                    return True
                if entry.is_dir(follow_symlinks=False):
                    pending.append(entry.path)
    return False


def cpu_seconds(pid: int) -> float:
    """The processor time that another process has used; 0 where it is gone."""
    try:
        return time.clock_gettime(~pid << 3 | 2)  # the process clock of another process, as libc names it
    except OSError:
        return 0.0


def _resident_bytes(pid: int) -> int:
    """What a process holds in memory, files mapped from disk left out."""
    try:
        _, resident, _, *_ = Path(f"/proc/{pid}/statm").read_text("ascii").split()
    except (OSError, ValueError):
        return 0
    return int(resident) * _PAGE
