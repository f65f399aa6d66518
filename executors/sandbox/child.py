"""A worker: takes calls from its socket, calls the module, sends one result for each.

Owns:      loading a module behind the walls, the loop over calls, turning what a module does into a result.
Promises:  one result per call, whatever the module raises; a call is begun only when the one before has ended.
Never:     judges: the host checks every value, name and size again.
"""

import errno
import importlib
import json
import mmap
import os
import socket
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from executors.sandbox import codec, frames
from executors.sandbox.blobs import receive, send_output
from executors.sandbox.boxes import Boxes
from executors.sandbox.channel import Channel
from executors.sandbox.codec import LARGE_BYTES, NotJson
from executors.sandbox.inside import Inside, LogStream
from executors.sandbox.walls import WallDown, raise_walls
from executors.sandbox.wasm import Overtime
from lamina.calling import call, load_entry
from lamina.context import Context
from lamina.errors import ModuleError

EXIT_DONE: Final = 0
EXIT_BROKEN: Final = 70
EXIT_WALL_DOWN: Final = 71
MARKER_BYTES: Final = 4096
_MESSAGE_LENGTH: Final = 2_000
_USED_UP: Final = frozenset({errno.EMFILE, errno.ENOMEM, errno.EAGAIN})
Entry = Callable[..., Any]


def run(
    connection: socket.socket,
    shared: dict[str, int],
    start: dict[str, Any],
    order: dict[str, Any],
    scratch: str | None,
) -> None:
    """Become a worker for one module. Does not return.

    `shared` are descriptors of memory shared with the host. In `marker` the number of the call that is running
    stands, so that results may be held back for a moment and travel together; `inbox` and `outbox` are for
    large values.
    """
    channel = Channel(connection, order["payload_bytes"])
    readable = [*start["readable"], order["folder"]]
    try:
        raise_walls(start["rung"], {**order, "readable": readable, "scratch": scratch})
    except (WallDown, OSError, ValueError) as error:
        channel.send(frames.REFUSED, 0, str(error).encode())
        os._exit(EXIT_WALL_DOWN)
    boxes = Boxes(shared["inbox"], shared["outbox"]) if "inbox" in shared else None
    worker = Worker(channel, order, scratch, boxes)
    if "marker" not in shared:
        worker.serve()
        return
    with mmap.mmap(shared["marker"], MARKER_BYTES) as memory:
        os.close(shared["marker"])
        worker.serve_marked(memoryview(memory).cast("Q"))


class Worker:
    """One module, loaded at the first call."""

    def __init__(
        self, channel: Channel, order: dict[str, Any], scratch: str | None, boxes: Boxes | None
    ) -> None:
        self._channel = channel
        self._order = order
        self._scratch = scratch
        self._boxes = boxes
        self._entry: Entry | None = None
        self._get_ready: Callable[[], None] | None = None
        self._out = LogStream("info")
        self._err = LogStream("warning")
        self._is_used_up = False

    def serve(self) -> None:
        is_one_shot = self._order["is_one_shot"]
        sys.stdin = None
        while True:
            frame = self._channel.next_frame()
            if frame is None:
                os._exit(EXIT_DONE)
            kind, number, payload = frame
            if kind != frames.CALL:
                continue
            result = self._result(number, payload)
            self._channel.send(self._kind(), number, result)
            if is_one_shot:
                self._channel.finish()
                os._exit(EXIT_DONE)
            if self._get_ready is not None:
                self._get_ready()

    def serve_marked(self, marker: memoryview) -> None:
        """Results travel together; the marker tells the host which call is running."""
        sys.stdin = None
        while (frame := self._channel.next_frame()) is not None:
            kind, number, payload = frame
            if kind == frames.CALL:
                marker[0] = number
                result = self._result(number, payload)
                self._channel.hold(self._kind(), number, result)
                if self._get_ready is not None:
                    self._get_ready()
        os._exit(EXIT_DONE)

    def _kind(self) -> int:
        """Of the frame that the result just made travels in."""
        return frames.LAST_RESULT if self._is_used_up else frames.RESULT

    def _result(self, number: int, payload: bytes) -> bytes:
        began = time.perf_counter_ns()
        self._is_used_up = False
        try:
            answer = self._carry_out(number, payload)
        except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt of a module too
            answer = self._told(number, error)
        microseconds = (time.perf_counter_ns() - began) // 1_000
        whole = b'{"us":%d,%s' % (microseconds, answer[1:])
        if len(whole) > self._order["result_bytes"]:
            return b'{"us":%d,"fault":"output","message":"%d bytes"}' % (microseconds, len(whole))
        return whole

    def _carry_out(self, number: int, payload: bytes) -> bytes:
        request = codec.decode(payload)
        inside = Inside(self._channel, number, request, self._scratch)
        self._out.inside = self._err.inside = inside
        sys.stdout, sys.stderr = self._out, self._err
        if self._entry is None:
            self._entry = self._load()
        inputs = request["inputs"]
        if "large" in request:
            assert self._boxes is not None
            inputs.update(self._boxes.inputs(request["large"]))
        if "blobs" in request:
            inputs.update(receive(self._channel, request["blobs"]))
        if "writers" in request:
            inside.take_writers(request["writers"])
        try:
            outputs = call(self._entry, inputs, Context(request["config"], inside))
            return self._with_outputs(outputs, inside)
        finally:
            inside.end()

    def _with_outputs(self, outputs: dict[str, Any], inside: Inside) -> bytes:
        more = b""
        if inside.writers:
            taken = {port: outputs.pop(port) for port in inside.writers if port in outputs}
            blobs = {port: send_output(value, inside.writers[port]) for port, value in taken.items()}
            more += b',"blobs":%b' % _dumped(blobs) if blobs else b""
        values: dict[str, bytes] = {}
        for port, value in outputs.items():
            if type(port) is not str:
                raise NotJson(f"An output has the key {port!r:.60}, which is not text.")
            values[port] = codec.encode(value)
        large = {port: data for port, data in values.items() if len(data) >= LARGE_BYTES}
        if large and self._has_put(large):
            more += b',"large":%b' % _dumped({port: len(data) for port, data in large.items()})
            values = {port: data for port, data in values.items() if port not in large}
        whole = b",".join([b"%b:%b" % (codec.encode(port), data) for port, data in values.items()])
        return b'{"outputs":{%b}%b}' % (whole, more)

    def _has_put(self, large: dict[str, bytes]) -> bool:
        fits = sum(map(len, large.values())) <= self._order["result_bytes"]
        return fits and self._boxes is not None and self._boxes.put(large)

    def _load(self) -> Entry:
        folder = self._order["folder"]
        # A loader reads the bundle; nothing of it is to be imported by that name.
        own = [] if self._order["loader"] else [folder]
        sys.path[:] = [*own, *sys.path[:-1], *self._order["packages"], sys.path[-1]]
        importlib.invalidate_caches()
        if self._order["loader"]:
            module, _, name = self._order["loader"].partition(":")
            loader: Callable[..., Entry] = getattr(importlib.import_module(module), name)
            entry = loader(folder, self._order["entry"], self._order)
            self._get_ready = getattr(entry, "get_ready", None)
            return entry
        return load_entry(Path(folder), self._order["entry"])

    def _told(self, number: int, error: BaseException) -> bytes:
        """What ended a call. The text, the data and even the type of an error are a module's own, and may raise."""
        try:
            # What a loader runs has memory of its own in each call.
            self._is_used_up = not self._order["loader"] and _tells_of_use(error)
            match error:
                case ModuleError():
                    return _raised(error)
                case MemoryError():
                    return _fault("memory", "The module needed more memory than its limit.")
                case Overtime():
                    return _fault("wall", "The call took longer than its limit.")
                case NotJson():
                    return _fault("contract", str(error))
            return self._crash(number, error)
        except BaseException:  # noqa: BLE001 - see above
            return _fault("crashed", "The module raised an error that cannot be told.")

    def _crash(self, number: int, error: BaseException) -> bytes:
        """The author finds the traceback, of the module's own files only, in the log of the run."""
        own = [
            frame
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename.startswith(self._order["folder"])
        ]
        lines = "".join(traceback.format_list(own)).replace(self._order["folder"] + "/", "")
        if lines:
            line = {"level": "error", "message": lines[-_MESSAGE_LENGTH:], "fields": {}}
            self._channel.send(frames.LOG, number, _dumped(line))
        return _fault("crashed", f"{type(error).__name__}: {_text_of(error)}"[:_MESSAGE_LENGTH])


def _tells_of_use(error: BaseException) -> bool:
    """Whether memory, descriptors or threads were not to be had, perhaps because earlier calls keep them."""
    if isinstance(error, OSError):
        return error.errno in _USED_UP
    return isinstance(error, MemoryError) or error.args == ("can't start new thread",)


def _text_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - a module's own __str__ may raise anything
        return "(its text cannot be had)"


def _raised(error: ModuleError) -> bytes:
    document = error.document()
    try:
        return _dumped({"error": document})
    except (ValueError, TypeError, RecursionError) as cause:
        return _fault("contract", f"The data of the error {document['name']} is not JSON: {cause}.")


def _fault(kind: str, message: str) -> bytes:
    return _dumped({"fault": kind, "message": message})


def _dumped(document: Any) -> bytes:
    """JSON; half of a surrogate pair, as in the name of a file, becomes a question mark."""
    text = json.dumps(document, separators=(",", ":"), default=str, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "replace")
