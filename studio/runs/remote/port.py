"""Where calls are carried out: in this process, or by workers through rows.

Owns:      the choice by queue, and the batches of this engine that workers hold.
Promises:  a batch has one outcome per call, also when messages are lost, doubled or reordered; a cancelled
           batch is withdrawn.
Never:     trusts a message: the row says what became of a batch.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol
from uuid import UUID

from django.db import connections

from contracts.canonical import Digest
from executors.artifacts import ArtifactStore
from executors.execution import Execution
from executors.protocol import Call, CallError, Deliver, Failed, Outcome
from executors.settling import all_settled
from studio.deployment import LOCAL_QUEUE
from studio.ids import uuid7
from studio.runs.remote import rows
from studio.runs.remote.collecting import Collector
from studio.runs.remote.letters import order_of

log = logging.getLogger(__name__)
_REPEATABLE: Final = frozenset(("pure", "idempotent"))

# Tells a worker of a queue that a batch is there; may fail and may block for seconds.
Bell = Callable[[str, UUID], None]


class Port(Protocol):
    async def execute(self, calls: Sequence[Call], deliver: Deliver) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutedPort:
    """Calls of the queue `local` stay here. All calls of one `execute` have one queue."""

    local: Execution
    remote: "RemotePort"

    async def execute(self, calls: Sequence[Call], deliver: Deliver) -> None:
        port: Port = self.local if calls[0].queue == LOCAL_QUEUE else self.remote
        await port.execute(calls, deliver)

    async def close(self) -> None:
        await self.remote.close()
        await self.local.close()


class RemotePort:
    """Lives on the engine's loop, on which it is made; `host` names the engine process in its own row."""

    def __init__(self, *, host: str, store: ArtifactStore, ring: Bell) -> None:
        self._host = host
        self._store = store
        self._ring = ring
        self._loop = asyncio.get_running_loop()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="remote-rows")
        self._bell = ThreadPoolExecutor(1, thread_name_prefix="remote-bell")
        self._waiting: dict[UUID, asyncio.Future[Sequence[Outcome] | None]] = {}
        self._collector = Collector(store, self._ended_elsewhere, self._ring_later)
        self._collector.start()

    async def execute(self, calls: Sequence[Call], deliver: Deliver) -> None:
        """As `Executor.invoke` says; calls of several runs travel apart."""
        positions: defaultdict[str, list[int]] = defaultdict(list)
        for position, call in enumerate(calls):
            positions[call.run].append(position)
        async with asyncio.TaskGroup() as group:
            for mine in positions.values():
                group.create_task(self._execute_one(calls, mine, deliver))

    async def _execute_one(self, calls: Sequence[Call], mine: list[int], deliver: Deliver) -> None:
        batch, ordered = uuid7(), [calls[position] for position in mine]
        ended = self._waiting[batch] = self._loop.create_future()
        try:
            # A worker reads what it is given from the folder.
            is_queued = await all_settled(self._store, _named(ordered)) and (
                await self._loop.run_in_executor(self._writer, self._enqueue, batch, ordered)
            )
            if is_queued:
                self._ring_later(calls[mine[0]].queue, batch)
                outcomes = await ended
            else:
                outcomes = [
                    _failed("system.unavailable", "The work could not be queued for a worker.")
                ] * len(mine)
        finally:
            del self._waiting[batch]
            self._collector.forget(batch)
        if outcomes is None:
            outcomes = [_failed("system.crashed", "The worker that carried this out was lost.")] * len(mine)
        elif len(outcomes) == 1:
            outcomes = [outcomes[0]] * len(mine)
        for position, outcome in zip(mine, outcomes, strict=True):
            deliver(position, outcome)

    def _enqueue(self, batch: UUID, calls: Sequence[Call]) -> bool:
        """On the writer's thread."""
        call = calls[0]
        try:
            is_queued = rows.enqueue(
                batch,
                run=call.run,
                host=self._host,
                queue=call.queue,
                is_repeatable=call.version.effects.kind in _REPEATABLE,
                order=order_of(str(batch), calls, self._store),
            )
        except Exception:
            # Whether the row is there is unknown: it is forgotten, which takes it away once that is possible.
            log.exception("%s of run %s could not be queued", call.name, call.run)
            connections.close_all()
            return False
        if is_queued:
            self._collector.expect(batch)
        return is_queued

    def _ring_later(self, queue: str, batch: UUID) -> None:
        """Any thread: a broker that does not answer holds up nothing but bells."""
        self._bell.submit(self._try_to_ring, queue, batch)

    def _try_to_ring(self, queue: str, batch: UUID) -> None:
        try:
            self._ring(queue, batch)
        except Exception as error:  # noqa: BLE001  whatever the broker raises: the sweeper rings again
            log.warning("The broker did not take a ring for the queue %s: %s", queue, error)

    def _ended_elsewhere(self, batch: UUID, outcomes: Sequence[Outcome] | None) -> None:
        """From the collector's thread; None: nobody knows what became of it."""
        self._loop.call_soon_threadsafe(partial(self._settle, batch, outcomes))

    def _settle(self, batch: UUID, outcomes: Sequence[Outcome] | None) -> None:
        ended = self._waiting.get(batch)
        if ended is not None and not ended.done():
            ended.set_result(outcomes)

    async def close(self) -> None:
        """What is still queued is withdrawn."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._writer.submit(connections.close_all)
        self._writer.shutdown()
        self._collector.stop()
        self._bell.shutdown(cancel_futures=True)


def _named(calls: Sequence[Call]) -> list[Digest]:
    values = (value for call in calls for value in call.inputs.values())
    return [value.artifact for value in values if value.artifact is not None]


def _failed(name: str, message: str) -> Outcome:
    return Failed(error=CallError(name=name, message=message, retryable=True))
