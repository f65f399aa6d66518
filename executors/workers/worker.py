"""One worker process as the host sees it: a socket, the calls in its queue, and the time they may take.

Owns:      sending calls, taking results, logs and questions, and the verdict when a worker dies.
Promises:  each ticket ends exactly once: with a result, a cause, or given back because it was never begun.
Never:     believes a frame about anything but the call in front.
"""

import asyncio
import signal
import socket
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from msgspec.structs import replace

from executors.interchange import decode_foreign
from executors.sandbox import frames
from executors.sandbox.codec import EXIT_NO_MEMORY
from executors.workers.boxes import Boxes
from executors.workers.marker import Marker
from executors.workers.tickets import Broken, Cause, Ticket
from executors.workers.zygotes import Ended, Zygote

LOG_BYTES: Final = 1 << 20
LINE_BYTES: Final = 64  # what the host does for a line costs it about as much, however short the line
REFUSALS: Final = 100
_READ_BYTES: Final = 1 << 18
_GRACE_SECONDS: Final = 0.5
_END_SECONDS: Final = 0.5
ZYGOTE_SECONDS: Final = 3.0  # within which it does what it is told

_LOGGED_MORE: Final = f"The call logged more than {LOG_BYTES} bytes."
_RESULTS: Final = (frames.RESULT, frames.LAST_RESULT)
_LINES: Final = (frames.LOG, frames.PROGRESS)
_TOO_LONG: Final[dict[int, Cause]] = {
    kind: "output" if kind in _RESULTS else "log" for kind in (*_RESULTS, *_LINES)
}


@dataclass(slots=True, eq=False)
class Worker:
    """`on_idle(worker)` after each result, `on_slow(worker)` when the watch finds a call that takes long,
    `on_gone(worker, unbegun)` once.
    """

    zygote: Zygote
    connection: socket.socket
    marker: Marker | None
    boxes: Boxes | None
    is_one_shot: bool
    result_bytes: int
    on_idle: Callable[["Worker"], None]
    on_slow: Callable[["Worker"], None]
    on_gone: Callable[["Worker", list[Ticket]], None]
    fork_number: int = 0
    pending: deque[Ticket] = field(default_factory=deque)
    call_count: int = 0
    is_used_up: bool = False
    is_held_up: bool = False  # until the call that takes long is over
    idle_since: float = 0.0
    cpu_when_swept: float = 0.0
    _reader: frames.FrameReader = field(init=False)
    _outbox: deque[tuple[bytes | memoryview, list[int]]] = field(default_factory=deque)
    _killed_for: Broken | None = None
    _killed_at: float = 0.0
    _has_ended: Ended | None = None
    _is_closed: bool = False
    _went_on: bool = False
    _last_number: int = 0
    _loop: asyncio.AbstractEventLoop = field(init=False)

    def __post_init__(self) -> None:
        self._loop = self.zygote.loop
        self._reader = frames.FrameReader(max(self.result_bytes, LOG_BYTES) + 4096)
        self._loop.add_reader(self.connection, self._on_readable)

    # Sending

    def send(self, tickets: list[Ticket]) -> None:
        """Queue calls in this worker; it carries them out in order."""
        now = time.monotonic()
        batch: list[bytes] = []
        for ticket in tickets:
            self._last_number += 1
            ticket.number = self._last_number
            if not self.pending:
                self._begin(ticket, now)
            self.pending.append(ticket)
            if ticket.large:
                assert self.boxes is not None
                self.boxes.fill(ticket.large)
            ticket.boxes = self.boxes
            frame = frames.pack(frames.CALL, ticket.number, ticket.payload)
            if not ticket.opened:
                batch.append(frame)
                continue
            self._put(b"".join(batch), [])
            batch.clear()
            opened, ticket.opened = ticket.opened, []
            self._put(frame, opened)
        self._put(b"".join(batch), [])

    def _begin(self, ticket: Ticket, now: float) -> None:
        ticket.began_at = now
        ticket.deadline = now + ticket.seconds
        ticket.cpu_at_start = None

    def _put(self, data: bytes, descriptors: list[int]) -> None:
        if not data:
            return
        was_empty = not self._outbox
        self._outbox.append((data, descriptors))
        if was_empty:
            self._flush()

    def _flush(self) -> None:
        while self._outbox and not self._is_closed:
            data, descriptors = self._outbox[0]
            try:
                if descriptors:
                    sent = socket.send_fds(self.connection, [data], descriptors)
                else:
                    sent = self.connection.send(data)
            except (BlockingIOError, InterruptedError):
                self._loop.add_writer(self.connection, self._on_writable)
                return
            except OSError:
                self._close_descriptors()
                return  # the end of the worker is told by its zygote
            _close(descriptors)
            if sent == len(data):
                self._outbox.popleft()
            else:
                self._outbox[0] = (memoryview(data)[sent:], [])

    def _on_writable(self) -> None:
        self._loop.remove_writer(self.connection)
        self._flush()

    def _close_descriptors(self) -> None:
        for _, descriptors in self._outbox:
            _close(descriptors)
        self._outbox.clear()

    # Receiving

    def _on_readable(self) -> None:
        try:
            data = self.connection.recv(self._reader.read_bytes)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self._on_end_of_stream()
            return
        self._read(data)

    def _read(self, data: bytes) -> None:
        try:
            for kind, number, payload in self._reader.feed(data):
                self._take(kind, number, payload)
                if self._killed_for is not None:
                    return
        except frames.TooLong as error:
            cause = _TOO_LONG.get(error.kind, "protocol")
            self.kill(Broken(cause=cause, message=_LOGGED_MORE if cause == "log" else str(error)))
        except frames.ProtocolError as error:
            self.kill(Broken(cause="protocol", message=str(error)))
        except (ValueError, KeyError, TypeError) as error:
            self.kill(Broken(cause="protocol", message=f"an unreadable frame: {type(error).__name__}"))

    def _take(self, kind: int, number: int, payload: bytes) -> None:
        if kind == frames.REFUSED and self.call_count == 0:
            self.kill(Broken(cause="walls", message=payload.decode("utf-8", "replace")[:500]))
            return
        if not self.pending or number != self.pending[0].number or self.pending[0].result is not None:
            raise frames.ProtocolError("a frame about a call that is not running")
        ticket = self.pending[0]
        if kind in _RESULTS:
            # In its first call a new worker would be no better.
            self.is_used_up = kind == frames.LAST_RESULT and self.call_count > 0
            self._take_result(ticket, payload)
        elif kind in _LINES:
            ticket.log_bytes += len(payload) + LINE_BYTES
            if ticket.log_bytes > LOG_BYTES:
                self.kill(Broken(cause="log", message=_LOGGED_MORE))
            elif not ticket.is_abandoned:
                ticket.tell(ticket, kind, _object(payload))
        elif kind == frames.ASK:
            if ticket.is_asking:
                raise frames.ProtocolError("a second question before the answer to the first")
            ticket.is_asking = True
            ticket.ask(ticket, _object(payload), lambda answer: self._answer(number, answer))
        else:
            raise frames.ProtocolError(f"an unknown kind of frame, {kind}")

    def _answer(self, number: int, answer: bytes) -> None:
        if not self._is_closed and self.pending and self.pending[0].number == number:
            ticket = self.pending[0]
            ticket.is_asking = False
            ticket.refusals += answer.startswith(b'{"refused"')
            if ticket.refusals > REFUSALS:
                message = f"it asked more than {REFUSALS} times for what it may not have"
                self.kill(Broken(cause="protocol", message=message))
                return
            self._put(frames.pack(frames.ANSWER, number, answer), [])

    def _take_result(self, ticket: Ticket, payload: bytes) -> None:
        self.call_count += 1
        self.is_held_up = False
        if self.is_one_shot:
            ticket.result = payload  # believed once the worker has closed its side
            return
        self.pending.popleft()
        if self.pending:
            self._begin(self.pending[0], time.monotonic())
        if not ticket.is_abandoned:
            ticket.finish(ticket, payload)
        self._stop_if_abandoned()
        self.on_idle(self)

    def _on_end_of_stream(self) -> None:
        self._loop.remove_reader(self.connection)
        if self._has_ended is not None:
            self._settle()
        elif self.is_one_shot and self.pending and self.pending[0].result is not None:
            ticket = self.pending.popleft()
            if not ticket.is_abandoned:
                assert ticket.result is not None
                ticket.finish(ticket, ticket.result)
            self._loop.call_later(_END_SECONDS, self._still_there)
        else:
            self._loop.call_later(_END_SECONDS, self._still_there)

    def _still_there(self) -> None:
        """A worker that closed its side and lives on."""
        if self._has_ended is None:
            self._went_on = True
            self.zygote.kill(self.fork_number)
            self._loop.call_later(ZYGOTE_SECONDS, self._still_untold)

    def _still_untold(self) -> None:
        """Nobody told of its end: a place among the workers would be taken for good."""
        if self._has_ended is None:
            self.zygote.give_up()

    def give_back(self) -> list[Ticket]:
        """The calls beside the one that runs, to be carried out elsewhere; what becomes of them here is ignored.

        Nothing unless there is a marker: elsewhere a call must not be carried out twice.
        """
        if self.marker is None:
            return []
        running = self.running()
        others = [ticket for ticket in self.pending if ticket is not running and not ticket.is_abandoned]
        for place, ticket in enumerate(self.pending):
            if ticket is not running:
                self.pending[place] = replace(ticket, is_abandoned=True)
        for ticket in others:
            ticket.began_at = 0.0
        return others

    # Ending

    def abandon(self, ticket: Ticket) -> None:
        """Nobody waits for this ticket any more: stop it, now or when its turn comes."""
        ticket.is_abandoned = True
        self._stop_if_abandoned()

    def _stop_if_abandoned(self) -> None:
        if self.pending and self.pending[0].is_abandoned and self._killed_for is None:
            head = self.pending[0]
            head.deadline = min(head.deadline, time.monotonic() + _GRACE_SECONDS)
            self._put(frames.pack(frames.CANCEL, head.number, b""), [])

    def kill(self, reason: Broken) -> None:
        """Stop the worker at once; the call in front ends with the reason, those behind are given back."""
        if self._killed_for is None:
            self._killed_for = reason
            self._killed_at = time.monotonic()
            self._loop.remove_reader(self.connection)
            self.zygote.kill(self.fork_number)

    def seconds_since_kill(self) -> float:
        """How long a killed worker has been on its way out; 0 where it was not killed."""
        return time.monotonic() - self._killed_at if self._killed_at else 0.0

    def retire(self) -> None:
        """Let an idle worker end by closing its socket."""
        if not self._is_closed:
            self._killed_for = Broken(cause="cancelled", message="retired")
            self._close()
            self._loop.call_later(_END_SECONDS, self._still_there)

    def ended(self, ended: Ended) -> None:
        """The zygote tells that the process is gone."""
        self._has_ended = ended
        if self._killed_for is None and not self._is_closed:
            self._drain()
        self._settle()

    def _drain(self) -> None:
        """What the worker sent before it died still counts."""
        while self._killed_for is None:
            try:
                data = self.connection.recv(_READ_BYTES)
            except OSError:
                return
            if not data:
                return
            self._read(data)

    def running(self) -> Ticket:
        """The call that the worker is at: the first, or the one that its marker names."""
        if self.marker is None:
            return self.pending[0]
        number = self.marker.number()
        ticket = next((ticket for ticket in self.pending if ticket.number == number), self.pending[0])
        if not ticket.began_at:
            self._begin(ticket, time.monotonic())
        return ticket

    def _settle(self) -> None:
        assert self._has_ended is not None
        if self.pending and not self._has_given_result():
            ticket = self.running()
            self.pending.remove(ticket)  # results that were held back are lost with those before it
            if not ticket.is_abandoned:
                ticket.finish(
                    ticket, self._killed_for or _verdict(self._has_ended, ticket, went_on=self._went_on)
                )
        unbegun = [ticket for ticket in self.pending if not ticket.is_abandoned]
        for ticket in unbegun:
            ticket.began_at = 0.0
        self.pending.clear()
        self._close()
        self.on_gone(self, unbegun)

    def _has_given_result(self) -> bool:
        ticket = self.pending[0]
        if ticket.result is None or self._killed_for is not None:
            return False
        self.pending.popleft()
        if not ticket.is_abandoned:
            ticket.finish(ticket, ticket.result)
        return True

    def _close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self._loop.remove_reader(self.connection)
            self._loop.remove_writer(self.connection)
            self._close_descriptors()
            self.connection.close()
            if self.marker is not None:
                self.marker.close()
            if self.boxes is not None:
                self.boxes.close()


def _verdict(ended: Ended, ticket: Ticket, *, went_on: bool) -> Broken:
    """`went_on`: it had closed its line; one that ended by itself may have been told late."""
    if ended.code == -signal.SIGXCPU or (ended.code < 0 and ended.cpu_seconds >= ticket.cpu_seconds):
        return Broken(
            cause="cpu", message=f"The call used more than {ticket.cpu_seconds:g} s of processor time."
        )
    if ended.code == EXIT_NO_MEMORY:
        return Broken(cause="memory", message="The module needed more memory than its limit.")
    if went_on and ended.code == -signal.SIGKILL:
        return Broken(cause="protocol", message="it closed its line and went on")
    if ended.code < 0:
        name = signal.Signals(-ended.code).name
        return Broken(cause="crashed", message=f"The module's process was ended by {name}.")
    return Broken(
        cause="crashed", message=f"The module ended its process with code {ended.code} and gave no result."
    )


def _object(payload: bytes) -> dict[str, Any]:
    said = decode_foreign(payload)
    if not isinstance(said, dict):
        raise frames.ProtocolError("a frame that holds no object")
    return said


def _close(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        socket.close(descriptor)
