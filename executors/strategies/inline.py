"""The inline strategy: shipped modules on a thread of this process.

Owns:      the thread, loading shipped code, and the list of versions that were too slow for it.
Promises:  the loop never waits for a module; a version that overran its budget runs as a process from then on.
Never:     runs anything but what was shipped with the product: the choke point sees to that.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from executors.asking import Asking
from executors.interchange import decode
from executors.protocol import LogLine, LogSink
from executors.strategies.registry import Answer, Gave, Job, PreparedVersion, Raised, Stopped
from lamina.calling import call, load_entry
from lamina.context import Context, HttpResponse
from lamina.errors import CapabilityRefused, ModuleError

BUDGET_SECONDS: Final = 0.005
_STUCK_THREADS: Final = 4
_MESSAGE_LENGTH: Final = 2_000
_BATCH: Final = 64
_PLAINLY_SLOW_SECONDS: Final = 0.1
_OVERRUNS: Final = 2
Entry = Callable[..., Any]


@dataclass(slots=True, eq=False)
class _Errand:
    """Jobs of one version for the thread, and what became of them."""

    version: PreparedVersion
    jobs: Sequence[Job]
    loop: asyncio.AbstractEventLoop
    on_answers: Callable[[list[tuple[Job, Answer, float]]], None]
    submitted_at: float
    began_at: float = 0.0
    place: int = 0
    running: Job | None = None
    is_cancelled: bool = False


def _ignore(answers: list[tuple[Job, Answer, float]]) -> None:
    """Nobody waits any more."""


class InlineStrategy:
    """One thread; another takes its place when a module does not come back."""

    at_once = 1

    def __init__(self, logs: LogSink, asking: Asking) -> None:
        self._logs = logs
        self._asking = asking
        self._errands: queue.SimpleQueue[_Errand | None] = queue.SimpleQueue()
        self._entries: dict[str, Entry] = {}
        self._slow: set[str] = set()
        self._paces: dict[str, Pace] = {}
        self._stuck_count = 0
        self._thread: threading.Thread | None = None

    def is_too_slow(self, bundle: str) -> bool:
        """Whether a version overran its budget before, so that it runs as a process now."""
        return bundle in self._slow or self._stuck_count >= _STUCK_THREADS

    async def carry_out(self, version: PreparedVersion, jobs: Sequence[Job]) -> None:
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        left = len(jobs)

        def take(answers: list[tuple[Job, Answer, float]]) -> None:
            nonlocal left
            if errand.is_cancelled:
                return
            taken_at = time.monotonic()
            for job, answer, ended_at in answers:
                job.transport_us = int((taken_at - ended_at) * 1e6)
                job.answer(job, answer)
            left -= len(answers)
            if left == 0 and not done.done():
                done.set_result(None)

        errand = _Errand(version, jobs, loop, take, time.monotonic())
        self._start_thread()
        self._errands.put(errand)
        try:
            while not done.done():
                await asyncio.wait([done], timeout=max(job.seconds for job in jobs))
                if not done.done() and self._is_stuck(errand):
                    errand.is_cancelled = True
                    self._abandon_thread(errand)
                    return
        except asyncio.CancelledError:
            errand.is_cancelled = True
            raise
        finally:
            # `take` holds the errand, and the errand `take`: the jobs need not wait for the collector.
            errand.on_answers = _ignore

    def _is_stuck(self, errand: _Errand) -> bool:
        job = errand.running
        return job is not None and time.monotonic() - errand.began_at >= job.seconds

    def _abandon_thread(self, errand: _Errand) -> None:
        """The thread cannot be stopped. It ends when the module does; a new one takes what waits."""
        assert errand.running is not None
        self._slow.add(errand.running.version.bundle)
        self._stuck_count += 1
        waiting, self._errands = self._errands, queue.SimpleQueue()
        waiting_errands = []
        while not waiting.empty():
            waiting_errands.append(waiting.get_nowait())
        waiting.put(None)
        for other in waiting_errands:
            self._errands.put(other)
        self._thread = None
        self._start_thread()
        stopped = errand.running
        assert stopped is not None
        text = f"The call took longer than {stopped.seconds:g} s. The version runs as a process from now on."
        first, *unbegun = errand.jobs[errand.place :]
        first.answer(first, Stopped(name="system.timeout", message=text, limit="wall"))
        for job in unbegun:
            text = "The module's thread was given up before this call began. Try it again."
            job.answer(job, Stopped(name="system.unavailable", message=text))

    def _start_thread(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._serve, args=(self._errands,), name="inline", daemon=True
            )
            self._thread.start()

    def _serve(self, errands: "queue.SimpleQueue[_Errand | None]") -> None:
        while (errand := errands.get()) is not None:
            self._run(errand)

    def _run(self, errand: _Errand) -> None:
        answers: list[tuple[Job, Answer, float]] = []
        sent_at = time.monotonic()
        for place, job in enumerate(errand.jobs):
            if errand.is_cancelled:
                return
            errand.place = place
            job.queue_us = int((time.monotonic() - errand.submitted_at) * 1e6)
            running: Job | None = job
            while running is not None:
                answer = self._timed(errand, running)
                if errand.is_cancelled:
                    return
                running = None if job.chain is None else job.chain.take(answer)
            now = time.monotonic()
            answers.append((job, answer, now))
            if len(answers) >= _BATCH or now - sent_at > BUDGET_SECONDS:
                errand.loop.call_soon_threadsafe(errand.on_answers, answers)
                answers, sent_at = [], now
        if answers:
            errand.loop.call_soon_threadsafe(errand.on_answers, answers)

    def _timed(self, errand: _Errand, job: Job) -> Answer:
        bundle = job.version.bundle
        is_loaded = bundle in self._entries
        used = time.thread_time()
        began_at = errand.began_at = time.monotonic()
        errand.running = job
        answer = self._answer(job.version, job, errand.loop)
        errand.running = None
        wall = time.monotonic() - began_at
        job.execute_us = int(wall * 1e6)
        if is_loaded:
            pace = self._paces.get(bundle)
            if pace is None:
                pace = self._paces[bundle] = Pace()
            if pace.is_too_slow(wall, time.thread_time() - used):
                self._slow.add(bundle)
        return answer

    def _answer(self, version: PreparedVersion, job: Job, loop: asyncio.AbstractEventLoop) -> Answer:
        try:
            entry = self._entry(version)
            context = Context(
                decode(job.call.config or b"{}"), InlineHost(job, loop, self._logs, self._asking)
            )
            return Gave(outputs=call(entry, job.inputs, context))
        except ModuleError as error:
            document = error.document()
            data: Any = job.redactor.value(document["data"])
            return Raised(name=document["name"], message=job.redactor.text(document["message"]), data=data)
        except BaseException as error:  # noqa: BLE001 - whatever a module raises is its outcome, not ours
            text = f"{type(error).__name__}: {error}"[:_MESSAGE_LENGTH]
            return Stopped(name="system.crashed", message=job.redactor.text(text))

    def _entry(self, version: PreparedVersion) -> Entry:
        entry = self._entries.get(version.bundle)
        if entry is None:
            entry = self._entries[version.bundle] = load_entry(version.folder, version.entry)
        return entry

    async def close(self) -> None:
        self._errands.put(None)
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join, 1.0)
            self._thread = None


@dataclass(slots=True, eq=False)
class Pace:
    """How a version keeps to its budget. One call that was a little slow proves nothing: the machine may have been
    busy, or the interpreter may have collected its garbage just then. A twentieth of the calls must be slow.
    """

    calls: int = 0
    overruns: int = 0

    def is_too_slow(self, wall_seconds: float, thread_seconds: float) -> bool:
        """Note a call; wall time counts where it cannot be that the thread was only kept waiting."""
        self.calls += 1
        if thread_seconds <= BUDGET_SECONDS and wall_seconds <= 10 * BUDGET_SECONDS:
            return False
        self.overruns += 1
        is_plain = wall_seconds >= _PLAINLY_SLOW_SECONDS
        return self.overruns * 20 > self.calls and (is_plain or self.overruns >= _OVERRUNS)


@dataclass(slots=True, eq=False)
class InlineHost:
    """What stands behind the context of an inline call."""

    job: Job
    loop: asyncio.AbstractEventLoop
    logs: LogSink
    asking: Asking
    started_at: float = field(default_factory=time.monotonic)

    def log(self, message: str, level: str, fields: dict[str, Any]) -> None:
        call = self.job.call
        cleaned: Any = self.job.redactor.value(fields)
        self.logs(
            LogLine(
                run=call.run,
                node=call.node,
                index=call.index,
                attempt=call.attempt,
                level=level,
                message=self.job.redactor.text(message),
                fields=cleaned,
            )
        )

    def progress(self, done: float, total: float | None, note: str) -> None:
        self.log(note, "progress", {"done": done, "total": total, "note": note})

    def open_writer(self, port: str) -> IO[bytes]:
        raise CapabilityRefused(asked=f"writer {port}", reason="inline calls take json ports only")

    def secret(self, slot: str) -> str:
        return str(self._ask({"what": "secret", "slot": slot}, f"secret {slot}")["value"])

    def http(self, method: str, url: str, headers: dict[str, str], body: bytes) -> HttpResponse:
        raise CapabilityRefused(asked=f"{method} {url}", reason="inline calls reach no network")

    def _ask(self, question: dict[str, Any], asked: str) -> dict[str, Any]:
        waiting = asyncio.run_coroutine_threadsafe(
            self.asking.answer(self.job.call, question, self.job.redactor), self.loop
        )
        answer = waiting.result()
        if "refused" in answer:
            raise CapabilityRefused(asked=asked, reason=answer["refused"])
        return answer

    def cancelled(self) -> bool:
        return False

    def seconds_left(self) -> float:
        return self.started_at + self.job.seconds - time.monotonic()

    def scratch(self) -> Path:
        raise CapabilityRefused(asked="scratch", reason="inline calls have no scratch folder")

    def key(self) -> str:
        return self.job.call.key
