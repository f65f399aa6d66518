"""Ready calls → the execution port, in batches of one version.

Owns:      what is under way at the port, and whom to tell of each outcome.
Promises:  every call handed over is concluded once, or was stopped; effects travel alone.
Never:     knows runs: a call is known by whoever dispatched it.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from executors.protocol import Call, CallError, Deliver, Failed, Outcome

log = logging.getLogger(__name__)
BATCH_CALLS = 1_000
Ticket = tuple[str, int]
Conclude = Callable[[Ticket, Outcome], None]


class ExecutionPort(Protocol):
    """`executors.execution` in the product: calls of one version, outcomes as they come."""

    async def execute(self, calls: Sequence[Call], deliver: Deliver) -> None: ...


@dataclass(slots=True, eq=False)
class Batch:
    """Calls that travel together; `open` are the positions still to be concluded."""

    tickets: list[Ticket]
    calls: list[Call]
    open: set[int]
    task: asyncio.Task[None] | None = None
    is_stopped: bool = False


@dataclass(slots=True, eq=False)
class Dispatcher:
    """Lives on the coordinator's loop."""

    port: ExecutionPort
    conclude: Conclude
    waiting: dict[tuple[str, str], list[tuple[Ticket, Call]]] = field(default_factory=dict)
    flying: dict[Ticket, tuple[Batch, int]] = field(default_factory=dict)
    batches: set[Batch] = field(default_factory=set)

    def add(self, ticket: Ticket, call: Call, queue: str) -> None:
        """Have a call travel with the next batch of its version."""
        self.waiting.setdefault((call.version.bundle, queue), []).append((ticket, call))

    def send_alone(self, ticket: Ticket, call: Call) -> None:
        self._send([(ticket, call)])

    def flush(self) -> None:
        """Send what was added."""
        for items in self.waiting.values():
            for first in range(0, len(items), BATCH_CALLS):
                self._send(items[first : first + BATCH_CALLS])
        self.waiting.clear()

    def _send(self, items: Sequence[tuple[Ticket, Call]]) -> None:
        tickets = [ticket for ticket, _ in items]
        batch = Batch(tickets=tickets, calls=[call for _, call in items], open=set(range(len(items))))
        for position, ticket in enumerate(tickets):
            self.flying[ticket] = (batch, position)
        self.batches.add(batch)
        batch.task = asyncio.get_running_loop().create_task(self._carry_out(batch))

    async def _carry_out(self, batch: Batch) -> None:
        def deliver(position: int, outcome: Outcome) -> None:
            if position in batch.open:
                batch.open.remove(position)
                ticket = batch.tickets[position]
                del self.flying[ticket]
                self.conclude(ticket, outcome)

        try:
            await self.port.execute(batch.calls, deliver)
        except asyncio.CancelledError:
            if not batch.is_stopped:
                raise
        except Exception:
            log.exception("the execution of %s broke its promise", batch.calls[0].name)
        finally:
            self.batches.discard(batch)
            if not batch.is_stopped:
                self._abandon(batch, deliver)

    def _abandon(self, batch: Batch, deliver: Deliver) -> None:
        message = "The executor ended without an outcome."
        for position in sorted(batch.open):
            deliver(position, Failed(error=CallError(name="system.crashed", message=message)))

    def stop(self, ticket: Ticket) -> None:
        """Stop a call. Others of its batch that are still under way are sent again, as the same attempt."""
        for items in self.waiting.values():
            items[:] = [item for item in items if item[0] != ticket]
        found = self.flying.pop(ticket, None)
        if found is None:
            return
        batch, position = found
        batch.open.discard(position)
        if not batch.is_stopped:
            batch.is_stopped = True
            asyncio.get_running_loop().call_soon(self._end, batch)

    def _end(self, batch: Batch) -> None:
        """Later in the same tick, when all calls that are to be stopped have been."""
        assert batch.task is not None
        batch.task.cancel()
        again = [(batch.tickets[position], batch.calls[position]) for position in sorted(batch.open)]
        batch.open.clear()
        if again:
            self._send(again)

    async def close(self) -> None:
        """Stop everything; nothing more is concluded."""
        tasks = [batch.task for batch in self.batches if batch.task is not None]
        for batch in self.batches:
            batch.is_stopped = True
            batch.open.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
