"""The engine in a thread of its own: its loop, its database connections.

Owns:      starting and stopping the coordinator of this process.
Promises:  no object crosses to web threads: rows, ids and a ring; stopping gives unfinished runs up cleanly.
Never:     knows what executes calls: the port is given.
"""

import asyncio
import gc
import logging
import os
import random
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import uvloop
from django.db import connections

from contracts.canonical import Digest
from executors.artifacts import ArtifactStore
from executors.coordination.dispatch import ExecutionPort
from executors.coordinator import Coordinator, Surroundings
from executors.journal import ClaimedRun, Process
from studio.ids import uuid7
from studio.runs import doorbell
from studio.runs.announcements import announce
from studio.runs.journal import SqlJournal

log = logging.getLogger(__name__)
ENGINE_VERSION = "1.0.0"
START_SECONDS = 30
AGAIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineParts:
    """What the engine is given by whoever starts it.

    `make_port` is called on the engine's loop, then `find_rung` (else `rung` counts) and, at the end,
    `close_port`. `is_alone`: this process holds the lock of the data folder, so whatever another process
    owned is claimed at once.
    """

    make_port: Callable[[], ExecutionPort]
    close_port: Callable[[ExecutionPort], "asyncio.Future[None] | object"]
    artifacts: ArtifactStore
    read_contract: Callable[[Digest], bytes]
    is_alone: bool
    rung: int = 0
    find_rung: Callable[[ExecutionPort], Awaitable[int]] | None = None
    lease_seconds: float = 10.0
    runs_at_once: int = 500


class EngineThread:
    """Start it once; `stop` returns when the thread has ended."""

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts
        self._coordinator: Coordinator | None = None
        self._is_stopped = False
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._hang_up: list[Callable[[], None]] = []
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)

    def start(self) -> None:
        """Returns when the engine takes part. Raises what kept it from starting."""
        self._thread.start()
        self._ready.wait(START_SECONDS)
        if self._failure is not None:
            raise self._failure
        self._hang_up = [doorbell.answer(self.ring), doorbell.take(self.take)]

    def ring(self, run: str) -> None:
        """Rows of `run` have changed. Any thread."""
        if self._coordinator is not None:
            self._coordinator.ring(run)

    def take(self, admitted: Sequence[ClaimedRun]) -> None:
        """Runs have been admitted together in this process. Any thread."""
        if self._coordinator is not None:
            self._coordinator.take(admitted)

    def stop(self) -> None:
        while self._hang_up:
            self._hang_up.pop()()
        self._is_stopped = True
        if self._coordinator is not None:
            self._coordinator.stop()
        self._thread.join()

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        try:
            uvloop.run(self._live())
        except BaseException as failure:
            if self._ready.is_set():
                log.exception("the engine has ended")
            self._failure = failure
        finally:
            self._ready.set()
            connections.close_all()

    async def _live(self) -> None:
        parts = self._parts
        _calm_collector()
        port = parts.make_port()
        try:
            rung = parts.rung if parts.find_rung is None else await parts.find_rung(port)
            # A machine that was asleep finds its lease run out: it joins anew, under another name.
            outcome = await self._take_part(port, rung)
            while outcome == "lost":
                log.warning("the engine joins anew")
                outcome = await self._take_part_again(port, rung)
        finally:
            closing = parts.close_port(port)
            if asyncio.isfuture(closing) or asyncio.iscoroutine(closing):
                await closing

    async def _take_part_again(self, port: ExecutionPort, rung: int) -> str:
        """Runs that others may not have are waiting here: what keeps it from joining may pass."""
        try:
            return await self._take_part(port, rung)
        except Exception:
            log.exception("the engine cannot join")
            await asyncio.sleep(AGAIN_SECONDS)
            return "lost"

    async def _take_part(self, port: ExecutionPort, rung: int) -> str:
        parts = self._parts
        self._coordinator = Coordinator(
            Surroundings(
                journal=SqlJournal(),
                port=port,
                artifacts=parts.artifacts,
                read_contract=parts.read_contract,
                process=_process(parts, rung),
                announce=announce,
                now=lambda: time.time_ns() // 1_000_000,
                dice=random.random,
                token=lambda: str(uuid7()),
                close_connection=connections.close_all,
                lease_seconds=parts.lease_seconds,
                runs_at_once=parts.runs_at_once,
            )
        )
        if self._is_stopped:
            return "stopped"
        return await self._coordinator.run(self._ready.set)


def _calm_collector() -> None:
    """A full collection walks everything that was imported, several times a second under load (a third of
    the engine's time, measured): what lives for ever is set aside, and the rest is looked at less often.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def engine_host() -> str:
    """How this process calls itself in the row of its engine."""
    return f"{socket.gethostname()}:{os.getpid()}"


def _process(parts: EngineParts, rung: int) -> Process:
    return Process(
        id=str(uuid7()),
        host=engine_host(),
        version=ENGINE_VERSION,
        rung=rung,
        is_alone=parts.is_alone,
    )
