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
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from executors.asking import Asking
from executors.interchange import decode
from executors.protocol import LogSink
from executors.strategies.errands import Errand, ErrandWatch
from executors.strategies.registry import Answer, Gave, Job, PreparedVersion, Stopped
from executors.strategies.telling import MESSAGE_LENGTH, raised, said
from lamina.calling import call, load_entry
from lamina.context import Context, HttpResponse
from lamina.errors import CapabilityRefused, ModuleError

BUDGET_SECONDS: Final = 0.005
_STUCK_THREADS: Final = 4
_BATCH: Final = 64
_PLAINLY_SLOW_SECONDS: Final = 0.1
_OVERRUNS: Final = 2
_LOOK_AT_CLOCK_SECONDS: Final = 0.001
Entry = Callable[..., Any]


class InlineStrategy:
    """One thread; another takes its place when a module does not come back."""

    at_once = 1
    takes_bytes = False

    def __init__(self, logs: LogSink, asking: Asking) -> None:
        self._logs = logs
        self._asking = asking
        self._errands: queue.SimpleQueue[Errand | None] = queue.SimpleQueue()
        self._entries: dict[str, Entry] = {}
        self._slow: set[str] = set()
        self._paces: dict[str, Pace] = {}
        self._clock = ThreadClock()
        self._stuck_count = 0
        self._thread: threading.Thread | None = None

    def is_too_slow(self, bundle: str) -> bool:
        """Whether a version overran its budget before, so that it runs as a process now."""
        return bundle in self._slow or self._stuck_count >= _STUCK_THREADS

    async def carry_out(self, version: PreparedVersion, jobs: Sequence[Job]) -> None:
        """Leaves those alone that come after one that does not come back."""
        loop = asyncio.get_running_loop()
        errand = Errand(jobs, loop, loop.create_future())
        self._start_thread()
        self._errands.put(errand)
        watch = ErrandWatch(errand, self._abandon_thread)
        try:
            await errand.done
        finally:
            watch.close()
            errand.close()

    def _abandon_thread(self, stuck: Job, lead: Job) -> None:
        """The thread cannot be stopped. It ends when the module does; a new one takes what waits."""
        self._slow.add(stuck.version.bundle)
        self._stuck_count += 1
        waiting, self._errands = self._errands, queue.SimpleQueue()
        with suppress(queue.Empty):  # the thread may come back just now, and take what waits
            while True:
                self._errands.put(waiting.get_nowait())
        waiting.put(None)
        self._thread = None
        self._start_thread()
        text = f"The call took longer than {stuck.seconds:g} s. The version runs as a process from now on."
        lead.answer(lead, Stopped(name="system.timeout", message=text, limit="wall"))

    def _start_thread(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._serve, args=(self._errands,), name="inline", daemon=True
            )
            self._thread.start()

    def _serve(self, errands: "queue.SimpleQueue[Errand | None]") -> None:
        while (errand := errands.get()) is not None:
            self._run(errand)

    def _run(self, errand: Errand) -> None:
        unsent, sent_at = 0, time.monotonic()
        now = sent_at
        for job in errand.jobs:
            job.queue_us = int((now - errand.submitted_at) * 1e6)
            answer = self._last_answer(errand, job, now)
            now = time.monotonic()
            if answer is None or not errand.finish(job, answer, now):
                return
            unsent += 1
            if unsent >= _BATCH or now - sent_at > BUDGET_SECONDS:
                errand.loop.call_soon_threadsafe(errand.hand_over)
                unsent, sent_at = 0, now
        if unsent:
            errand.loop.call_soon_threadsafe(errand.hand_over)

    def _last_answer(self, errand: Errand, job: Job, now: float) -> Answer | None:
        """Of a job and those that follow it; None when nobody waits for it any more."""
        running: Job | None = job
        while running is not None:
            if not errand.begin(running, now):
                return None
            answer = self._timed(errand, running)
            if job.chain is None:
                return answer
            if not errand.end():
                return None
            running = job.chain.take(answer)
            now = time.monotonic()
        return answer

    def _timed(self, errand: Errand, job: Job) -> Answer:
        bundle = job.version.bundle
        is_loaded = bundle in self._entries
        began_at = time.monotonic()
        clock = self._clock
        if began_at - clock.looked_at > _LOOK_AT_CLOCK_SECONDS:
            clock.looked_at, clock.used = began_at, time.thread_time()
        answer = self._answer(job.version, job, errand.loop, began_at)
        wall = time.monotonic() - began_at
        job.execute_us = int(wall * 1e6)
        if is_loaded:
            pace = self._paces.get(bundle)
            if pace is None:
                pace = self._paces[bundle] = Pace()
            used = 0.0 if wall <= BUDGET_SECONDS else clock.used_since(began_at)
            if pace.is_too_slow(wall, used):
                self._slow.add(bundle)
        return answer

    def _answer(
        self, version: PreparedVersion, job: Job, loop: asyncio.AbstractEventLoop, began_at: float
    ) -> Answer:
        try:
            entry = self._entry(version)
            config = decode(job.call.config) if job.call.config else {}
            host = InlineHost(job, loop, self._logs, self._asking, began_at)
            return Gave(outputs=call(entry, job.inputs, Context(config, host)))
        except BaseException as error:  # noqa: BLE001 - whatever a module raises is its outcome, not ours
            return _told(job, error)

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


def _told(job: Job, error: BaseException) -> Answer:
    """What ended a call. The text and the data of an error are a module's own, and may raise."""
    try:
        if isinstance(error, ModuleError):
            document = error.document()
            return raised(job, document["name"], document["message"], document["data"])
        if isinstance(error, MemoryError):
            message = "The module needed more memory than its limit."
            return Stopped(name="system.limit", message=message, limit="memory")
        text = f"{type(error).__name__}: {error}"[:MESSAGE_LENGTH]
        return Stopped(name="system.crashed", message=job.redactor.text(text))
    except BaseException:  # noqa: BLE001 - see above
        return Stopped(name="system.crashed", message="The module raised an error that cannot be told.")


class ThreadClock(threading.local):
    """What the calling thread has used of a processor, asked for no more than once a millisecond: it is a dear
    question.
    """

    looked_at = 0.0
    used = 0.0

    def used_since(self, began_at: float) -> float:
        """Seconds of the processor since `began_at`, at least: the time before it may have been waited away."""
        return time.thread_time() - self.used - (began_at - self.looked_at)


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
    started_at: float

    def log(self, message: str, level: str, fields: dict[str, Any]) -> None:
        self.logs(said(self.job, str(message), level, fields))

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
