"""What the inline thread is given to do, and what became of it.

Owns:      the answers until the loop has handed them over, and the clock of the job that runs.
Promises:  a job that ended is answered though a later one does not come back; those behind that one are left alone.
Never:     runs a module. `begin`, `end` and `finish` are of the thread, all else of the loop.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from executors.strategies.registry import Answer, Job

# While the loop waits for one job another may begin, and be overdue sooner.
_LOOK_SECONDS: Final = 0.1


@dataclass(slots=True, eq=False)
class Errand:
    """Jobs of one version, carried out in their order. `done` is set when all are answered."""

    jobs: Sequence[Job]
    loop: asyncio.AbstractEventLoop
    done: "asyncio.Future[None]"
    submitted_at: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _running: tuple[Job, float] | None = None
    _finished: int = 0
    _answered: int = 0
    _answers: list[tuple[Job, Answer, float]] = field(default_factory=list)
    _is_over: bool = False

    def begin(self, job: Job, now: float) -> bool:
        """Whether a job, or one that follows it, is still wanted; its time runs from now on."""
        with self._lock:
            self._running = (job, now)
            return not self._is_over

    def end(self) -> bool:
        """Whether what has just ended is still wanted."""
        with self._lock:
            self._running = None
            return not self._is_over

    def finish(self, job: Job, answer: Answer, ended_at: float) -> bool:
        """Keep an answer for the loop, if it is still wanted."""
        with self._lock:
            self._running = None
            if self._is_over:
                return False
            self._finished += 1
            self._answers.append((job, answer, ended_at))
            return True

    def hand_over(self) -> None:
        """Answer what has been finished."""
        with self._lock:
            answers, self._answers = self._answers, []
        taken_at = time.monotonic()
        for job, answer, ended_at in answers:
            job.transport_us = int((taken_at - ended_at) * 1e6)
            job.answer(job, answer)
        self._answered += len(answers)
        if self._answered == len(self.jobs) and not self.done.done():
            self.done.set_result(None)

    def seconds_to_look(self) -> float:
        running = self._running
        if running is None:
            return _LOOK_SECONDS
        job, began_at = running
        return min(_LOOK_SECONDS, max(0.001, began_at + job.seconds - time.monotonic()))

    def give_up(self) -> tuple[Job, Job] | None:
        """End the errand if a job has overrun its time: it, and the job to answer for it (itself or its lead)."""
        with self._lock:
            running = self._running
            if running is None or time.monotonic() - running[1] < running[0].seconds:
                return None
            self._is_over = True
        self.hand_over()
        return running[0], self.jobs[self._finished]

    def close(self) -> None:
        """Nobody waits any more."""
        with self._lock:
            self._is_over = True
            self._answers.clear()


class ErrandWatch:
    """Looks after an errand now and then; `abandon(stuck, lead)` when a job has overrun its time."""

    def __init__(self, errand: Errand, abandon: Callable[[Job, Job], None]) -> None:
        self._errand = errand
        self._abandon = abandon
        self._timer = errand.loop.call_later(errand.seconds_to_look(), self._look)

    def _look(self) -> None:
        errand = self._errand
        if errand.done.done():
            return
        try:
            if (overdue := errand.give_up()) is not None:
                self._abandon(*overdue)
                errand.done.set_result(None)
        except Exception as error:  # noqa: BLE001 - whoever waits for the errand is told
            errand.done.set_exception(error)
        if not errand.done.done():
            self._timer = errand.loop.call_later(errand.seconds_to_look(), self._look)

    def close(self) -> None:
        self._timer.cancel()
