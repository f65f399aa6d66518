"""The calls of one version on their way to its workers.

Owns:      how many calls a worker is given at once, and when another worker is worth starting.
Promises:  quick calls travel many at a time; a slow call holds up nobody whose turn another worker could take.
"""

import asyncio
import os
import socket
import time
from collections import deque
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from executors.workers.boxes import Boxes
from executors.workers.marker import Marker
from executors.workers.nearness import Nearness
from executors.workers.tickets import Broken, Ticket
from executors.workers.worker import Worker
from executors.workers.zygotes import Zygote, next_user

CORES: Final = os.cpu_count() or 1
_IN_FLIGHT_SECONDS: Final = 0.002
_IN_FLIGHT_CALLS: Final = 128
_IN_FLIGHT_BYTES: Final = 1 << 20
_WORTH_A_WORKER_SECONDS: Final = 0.005
_WAITS_FOR_OTHERS_SECONDS: Final = 0.05
WORKERS_A_LANE: Final = CORES * 4
_CALLS_A_WORKER: Final = 50_000


class Capacity(Protocol):
    """What lanes share: the number of workers that may live at once, and the watch over them."""

    def take(self, lane: "Lane") -> bool:
        """One more worker, or False: the lane is pumped again when there is room."""
        ...

    def give_back(self, lane: "Lane") -> None: ...

    def offer(self) -> None:
        """A worker has nothing to do: one may go, where another lane waits for room."""
        ...

    def ring(self) -> None:
        """A worker was given calls: it is watched from now on."""
        ...


@dataclass(slots=True, eq=False)
class Lane:
    """`order` is what the zygote is told of a worker of this version (see `executors/sandbox/child.py`)."""

    zygote: Zygote
    order: dict[str, Any]
    capacity: Capacity
    loop: asyncio.AbstractEventLoop
    nearness: Nearness
    tickets: deque[Ticket] = field(default_factory=deque)
    workers: set[Worker] = field(default_factory=set)
    _average: float | None = None
    _is_closed: bool = False

    @property
    def is_one_shot(self) -> bool:
        return bool(self.order["is_one_shot"])

    @property
    def is_quick(self) -> bool:
        """Whether a call is over before another worker would pay."""
        return self._average is not None and self._average <= _IN_FLIGHT_SECONDS

    def submit(self, tickets: list[Ticket]) -> None:
        now = time.monotonic()
        for ticket in tickets:
            ticket.submitted_at = now
        self.tickets.extend(tickets)
        if self._is_closed:
            self._end_all()
        self.pump()

    def abandon(self, tickets: list[Ticket]) -> None:
        """Nobody waits for these any more."""
        dropped = {id(ticket) for ticket in tickets}
        self.tickets = deque(ticket for ticket in self.tickets if id(ticket) not in dropped)
        for worker in list(self.workers):
            for ticket in list(worker.pending):
                if id(ticket) in dropped:
                    worker.abandon(ticket)

    def pump(self) -> None:
        """Hand waiting calls to workers, and start workers where it pays."""
        if not self.is_one_shot:
            for worker in self.workers:
                if not self.tickets:
                    return
                self._fill(worker)
        while self.tickets and self._is_another_worth_it() and self.capacity.take(self):
            started = self._start_worker()
            if started is None:
                return
            self._fill(started)

    def _fill(self, worker: Worker) -> None:
        if worker.is_used_up or worker.is_held_up:
            return
        room = self._window() - len(worker.pending)
        batch: list[Ticket] = []
        size = 0
        while self.tickets and len(batch) < room and size < _IN_FLIGHT_BYTES:
            ticket = self.tickets[0]
            if ticket.travels_alone and (batch or worker.pending):
                break
            self.tickets.popleft()
            if ticket.can_begin():
                batch.append(ticket)
                size += len(ticket.payload)
        if batch:
            is_lone = len(batch) == 1 and not self.tickets and self.is_quick
            self.nearness.before(worker, is_lone=is_lone)
            worker.send(batch)
            self.capacity.ring()

    def _window(self) -> int:
        if self.is_one_shot or self._average is None:
            return 1
        return max(1, min(_IN_FLIGHT_CALLS, int(_IN_FLIGHT_SECONDS / self._average)))

    def _is_another_worth_it(self) -> bool:
        count = len(self.workers)
        if self._is_closed:
            return False
        if self.is_one_shot or all(worker.is_held_up for worker in self.workers):
            return count < WORKERS_A_LANE
        if self._average is None:
            return count < CORES
        limit = WORKERS_A_LANE if self._average > _WAITS_FOR_OTHERS_SECONDS else CORES
        return count < limit and len(self.tickets) * self._average > _WORTH_A_WORKER_SECONDS * count

    def _start_worker(self) -> Worker | None:
        """None where there is none to be had: what waits for nobody else then fails."""
        try:
            worker = self._new_worker()
        except OSError as error:
            self._give_up(error)
            return None
        self.workers.add(worker)
        return worker

    def _new_worker(self) -> Worker:
        with ExitStack() as undone:
            ours, theirs = socket.socketpair()
            undone.callback(ours.close)
            with theirs:
                ours.setblocking(False)
                marker = boxes = None
                if "marker" in self.order["shared"]:
                    marker = Marker()
                    undone.callback(marker.close)
                if "inbox" in self.order["shared"]:
                    boxes = Boxes(self.order["inbox_bytes"], self.order["outbox_bytes"])
                    undone.callback(boxes.close)
                worker = Worker(
                    zygote=self.zygote,
                    connection=ours,
                    marker=marker,
                    boxes=boxes,
                    is_one_shot=self.is_one_shot,
                    result_bytes=self.order["result_bytes"],
                    on_idle=self._on_idle,
                    on_slow=self._on_slow,
                    on_gone=self._on_gone,
                )
                undone.callback(worker.retire)
                order = {**self.order, "user": next_user() if self.order["has_own_user"] else 0}
                descriptors = [theirs.fileno()]
                descriptors += [marker.descriptor] if marker else []
                descriptors += boxes.descriptors if boxes else []
                worker.fork_number = self.zygote.fork(order, descriptors, worker.ended)
            undone.pop_all()
        if marker is not None:
            marker.hand_over()
        if boxes is not None:
            boxes.hand_over()
        return worker

    def _give_up(self, error: OSError) -> None:
        waiting: list[Ticket] = []
        if not self.workers:
            waiting, self.tickets = list(self.tickets), deque()
        self.capacity.give_back(self)
        for ticket in waiting:
            message = f"No worker can be started: {error.strerror or error}."
            ticket.finish(ticket, Broken(cause="crashed", message=message))

    def note_seconds(self, seconds: float) -> None:
        """How long a call took, for the size of the next batch; one that was never begun tells nothing."""
        if not seconds:
            return
        self._average = seconds if self._average is None else self._average * 0.9 + seconds * 0.1

    def _on_idle(self, worker: Worker) -> None:
        if not worker.pending:
            self.nearness.after(worker)
        elif not self.tickets:
            return
        if len(worker.pending) <= self._window() // 2:
            if self.tickets:
                self._fill(worker)
            if not worker.pending:
                worker.idle_since = time.monotonic()
                if worker.is_used_up or worker.call_count > _CALLS_A_WORKER:
                    self.workers.discard(worker)
                    worker.retire()
                else:
                    self.capacity.offer()

    def _on_slow(self, worker: Worker) -> None:
        """What travels with a slow call, and what would be sent after it, goes to other workers."""
        if len(worker.pending) > 1 or self._window() > 1:
            worker.is_held_up = True
            self.tickets.extendleft(reversed(worker.give_back()))
            self.pump()

    def _on_gone(self, worker: Worker, unbegun: list[Ticket]) -> None:
        self.workers.discard(worker)
        self.nearness.after(worker)
        self.tickets.extendleft(reversed(unbegun))
        self.capacity.give_back(self)
        self.pump()

    def close(self) -> None:
        """What is under way ends with it."""
        self._is_closed = True
        for worker in list(self.workers):
            self.tickets.extend(worker.pending)
            worker.pending.clear()
            worker.retire()
        self._end_all()

    def _end_all(self) -> None:
        waiting, self.tickets = self.tickets, deque()
        for ticket in waiting:
            if not ticket.is_abandoned:
                ticket.finish(ticket, Broken(cause="cancelled", message="The sandbox has ended."))
