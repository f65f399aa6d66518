"""Ready calls → the execution port, in batches of one version.

Owns:      what is under way at the port, whom to tell of each outcome, and a breaker per version and queue.
Promises:  every call handed over is concluded once, or was stopped; effects travel alone.
Never:     knows runs: a call is known by whoever dispatched it.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from executors.coordination.breaker import INFRASTRUCTURE, Breaker
from executors.protocol import Call, CallError, Deliver, Failed, Outcome, Returned

log = logging.getLogger(__name__)
BATCH_CALLS = 1_000
Ticket = tuple[str, int]
Conclude = Callable[[Ticket, Outcome], None]
Turned = Callable[[str, str, str, int | None], None]


class ExecutionPort(Protocol):
    """`executors.execution` in the product: calls of one version, outcomes as they come."""

    async def execute(self, calls: Sequence[Call], deliver: Deliver) -> None: ...


@dataclass(slots=True, eq=False)
class Batch:
    """Calls that travel together; `open` are the positions still to be concluded."""

    lane: "Lane"
    tickets: list[Ticket]
    calls: list[Call]
    open: set[int]
    task: asyncio.Task[None] | None = None
    is_stopped: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A call that is to be sent; `is_alone`: in a batch of its own."""

    ticket: Ticket
    call: Call
    is_alone: bool = False


@dataclass(slots=True, eq=False)
class Lane:
    """The calls of one version at one queue. `told` are the runs that know of the open breaker."""

    name: str
    queue: str
    waiting: list[Item] = field(default_factory=list)
    breaker: Breaker = field(default_factory=Breaker)
    probe: Ticket | None = None
    told: set[str] = field(default_factory=set)


@dataclass(slots=True, eq=False)
class Dispatcher:
    """Lives on the coordinator's loop. `turned` tells a run of a breaker: open until then, or closed (None)."""

    port: ExecutionPort
    conclude: Conclude
    turned: Turned
    now: Callable[[], int]
    lanes: dict[tuple[str, str], Lane] = field(default_factory=dict)
    busy: dict[tuple[str, str], Lane] = field(default_factory=dict)
    flying: dict[Ticket, tuple[Batch, int]] = field(default_factory=dict)
    batches: set[Batch] = field(default_factory=set)

    def add(self, ticket: Ticket, call: Call, queue: str, *, is_alone: bool = False) -> None:
        """Have a call travel with the next batch of its version."""
        key = (call.version.bundle, queue)
        lane = self.busy.get(key)
        if lane is None:
            lane = self.busy[key] = self._lane(key, call.name)
        lane.waiting.append(Item(ticket, call, is_alone))

    def _lane(self, key: tuple[str, str], name: str) -> Lane:
        lane = self.lanes.get(key)
        if lane is None:
            lane = self.lanes[key] = Lane(name, key[1])
        return lane

    def flush(self) -> None:
        """Send what was added, as far as breakers let it."""
        for key, lane in tuple(self.busy.items()):
            if not lane.waiting:
                # All that waited here was stopped.
                del self.busy[key]
                continue
            room = lane.breaker.room(self.now())
            if room is None:
                self._send_all(lane)
            elif room:
                item = lane.waiting.pop(0)
                lane.probe, lane.breaker.is_probing = item.ticket, True
                self._send(lane, [item])
            if lane.waiting:
                self._tell_waiting(lane)
            else:
                del self.busy[key]

    def _send_all(self, lane: Lane) -> None:
        together = [item for item in lane.waiting if not item.is_alone]
        for item in lane.waiting:
            if item.is_alone:
                self._send(lane, [item])
        for first in range(0, len(together), BATCH_CALLS):
            self._send(lane, together[first : first + BATCH_CALLS])
        lane.waiting.clear()

    def _tell_waiting(self, lane: Lane) -> None:
        """Runs that wait at an open breaker learn of it once, and it is tried again when its time comes."""
        if lane.breaker.until is None:
            return
        for run in sorted({item.ticket[0] for item in lane.waiting} - lane.told):
            lane.told.add(run)
            self.turned(run, lane.name, lane.queue, lane.breaker.until)
        if lane.probe is None:
            delay = max(0, lane.breaker.until - self.now()) / 1000
            asyncio.get_running_loop().call_later(delay + 0.001, self.flush)

    def _send(self, lane: Lane, items: Sequence[Item]) -> None:
        batch = Batch(
            lane=lane,
            tickets=[item.ticket for item in items],
            calls=[item.call for item in items],
            open=set(range(len(items))),
        )
        for position, ticket in enumerate(batch.tickets):
            self.flying[ticket] = (batch, position)
        self.batches.add(batch)
        batch.task = asyncio.get_running_loop().create_task(self._carry_out(batch))

    async def _carry_out(self, batch: Batch) -> None:
        def deliver(position: int, outcome: Outcome) -> None:
            if position in batch.open:
                batch.open.remove(position)
                ticket = batch.tickets[position]
                del self.flying[ticket]
                self._note_all(batch.lane, ticket, batch.calls[position], outcome)
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

    def _note_all(self, lane: Lane, ticket: Ticket, call: Call, outcome: Outcome) -> None:
        """Note the outcomes of what travelled together: items here, followers at the lanes of their versions."""
        then = outcome.then if isinstance(outcome, Returned) else ()
        own = then if call.items is not None and then else (outcome,)
        if ticket == lane.probe:
            self._note_probe(lane, ticket, own)
        elif all(isinstance(each, Returned) for each in own):
            lane.breaker.note_successes(len(own))
        else:
            for each in own:
                self._note(lane, ticket, each)
        for follower, each in zip(call.followers, then, strict=False):
            if each is not None:
                key = (follower.version.bundle, lane.queue)
                self._note(self._lane(key, follower.name), ticket, each)

    def _note_probe(self, lane: Lane, ticket: Ticket, outcomes: Sequence[Outcome | None]) -> None:
        """One failure of the ground keeps the breaker open; what was left alone proves nothing."""
        lane.probe, lane.breaker.is_probing = None, False
        known = [each for each in outcomes if each is not None]
        if known:
            worst = next((each for each in known if _is_of_the_ground(each)), known[0])
            self._turn(lane, ticket, lane.breaker.note(worst, self.now(), is_probe=True))
        else:
            asyncio.get_running_loop().call_soon(self.flush)

    def _note(self, lane: Lane, ticket: Ticket, outcome: Outcome | None) -> None:
        if outcome is not None:
            self._turn(lane, ticket, lane.breaker.note(outcome, self.now(), is_probe=False))

    def _turn(self, lane: Lane, ticket: Ticket, turn: Literal["opened", "closed"] | None) -> None:
        if turn is None:
            return
        if turn == "opened":
            lane.told = {ticket[0]}
            self.turned(ticket[0], lane.name, lane.queue, lane.breaker.until)
        else:
            for run in sorted(lane.told):
                self.turned(run, lane.name, lane.queue, None)
            lane.told.clear()
        asyncio.get_running_loop().call_soon(self.flush)

    def _abandon(self, batch: Batch, deliver: Deliver) -> None:
        message = "The executor ended without an outcome."
        for position in sorted(batch.open):
            deliver(position, Failed(error=CallError(name="system.crashed", message=message)))

    def stop(self, ticket: Ticket) -> None:
        """Stop a call. Others of its batch that are still under way are sent again, as the same attempt."""
        for lane in self.busy.values():
            lane.waiting = [item for item in lane.waiting if item.ticket != ticket]
        found = self.flying.pop(ticket, None)
        if found is None:
            return
        batch, position = found
        batch.open.discard(position)
        if batch.lane.probe == ticket:
            batch.lane.probe, batch.lane.breaker.is_probing = None, False
            asyncio.get_running_loop().call_soon(self.flush)
        if not batch.is_stopped:
            batch.is_stopped = True
            asyncio.get_running_loop().call_soon(self._end, batch)

    def _end(self, batch: Batch) -> None:
        """Later in the same tick, when all calls that are to be stopped have been."""
        assert batch.task is not None
        batch.task.cancel()
        again = [Item(batch.tickets[position], batch.calls[position]) for position in sorted(batch.open)]
        batch.open.clear()
        if again:
            self._send(batch.lane, again)

    async def close(self) -> None:
        """Stop everything; nothing more is concluded."""
        tasks = [batch.task for batch in self.batches if batch.task is not None]
        for batch in self.batches:
            batch.is_stopped = True
            batch.open.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _is_of_the_ground(outcome: Outcome) -> bool:
    return isinstance(outcome, Failed) and outcome.error.name in INFRASTRUCTURE
