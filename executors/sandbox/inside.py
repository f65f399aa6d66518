"""What stands behind a module's context inside the sandbox: every question goes to the host.

Owns:      `Inside`, the `lamina.context.Host` of a worker, and what a module prints.
Promises:  logs are cut to size before they are sent; progress is sent at most twenty times a second.
Never:     grants anything: the host decides what the contract declares.
"""

import base64
import io
import json
import os
import shutil
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, Final

from executors.sandbox import frames
from executors.sandbox.blobs import PortFile
from executors.sandbox.channel import Channel
from lamina.context import HttpResponse
from lamina.errors import CapabilityRefused, Unavailable

_LINE_LENGTH: Final = 8_000
_PROGRESS_PAUSE: Final = 0.05
_asking: Final = threading.Lock()


class Inside:
    """The host as one call sees it. `request` is the document of the call."""

    def __init__(self, channel: Channel, number: int, request: dict[str, Any], scratch: str | None) -> None:
        self._channel = channel
        self._number = number
        self._request = request
        self._scratch = scratch
        self._ends: float = time.monotonic() + request["seconds"]
        self.writers: dict[str, PortFile] = {}
        self._progress: bytes | None = None
        self._progress_at = 0.0

    def log(self, message: str, level: str, fields: dict[str, Any]) -> None:
        line = {"level": level, "message": str(message)[:_LINE_LENGTH], "fields": fields}
        self._channel.send(frames.LOG, self._number, _dumped(line))

    def progress(self, done: float, total: float | None, note: str) -> None:
        step = {"done": done, "total": total, "note": str(note)[:_LINE_LENGTH]}
        self._progress = _dumped(step)
        if time.monotonic() - self._progress_at >= _PROGRESS_PAUSE:
            self._tell_progress()

    def _tell_progress(self) -> None:
        if self._progress is not None:
            self._channel.send(frames.PROGRESS, self._number, self._progress)
            self._progress = None
            self._progress_at = time.monotonic()

    def take_writers(self, ports: Iterable[str]) -> None:
        for port in ports:
            self.writers[port] = PortFile(self._channel.take_descriptor())

    def open_writer(self, port: str) -> IO[bytes]:
        if port not in self.writers:
            raise CapabilityRefused(asked=f"writer {port}", reason="no table or binary output has this name")
        return self.writers[port].opened()

    def secret(self, slot: str) -> str:
        return str(self._ask({"what": "secret", "slot": slot}, f"secret {slot}")["value"])

    def http(self, method: str, url: str, headers: dict[str, str], body: bytes) -> HttpResponse:
        question = {
            "what": "http",
            "method": method,
            "url": url,
            "headers": headers,
            "body": base64.b64encode(body).decode(),
        }
        answer = self._ask(question, f"{method} {url}")
        return HttpResponse(
            status=answer["status"], headers=answer["headers"], body=base64.b64decode(answer["body"])
        )

    def _ask(self, question: dict[str, Any], asked: str) -> dict[str, Any]:
        with _asking:
            self._channel.send(frames.ASK, self._number, _dumped(question))
            answer: dict[str, Any] = json.loads(self._channel.answer(self._number))
        if "refused" in answer:
            raise CapabilityRefused(asked=asked, reason=answer["refused"])
        if "unavailable" in answer:
            raise Unavailable(url=asked, reason=answer["unavailable"])
        return answer

    def cancelled(self) -> bool:
        return self._channel.has_cancelled(self._number)

    def seconds_left(self) -> float:
        return self._ends - time.monotonic()

    def scratch(self) -> Path:
        if self._scratch is None:
            raise CapabilityRefused(asked="scratch", reason="the contract declares no scratch_bytes")
        return Path(self._scratch)

    def key(self) -> str:
        return str(self._request["key"])

    def end(self) -> None:
        """After the call: the last progress is told, the scratch folder emptied, what is open closed."""
        self._tell_progress()
        for writer in self.writers.values():
            writer.release()
        if self._scratch is not None:
            for entry in os.scandir(self._scratch):
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path, ignore_errors=True)
                else:
                    os.unlink(entry.path)


class LogStream(io.TextIOBase):
    """What a module prints becomes log lines."""

    inside: Inside | None = None

    def __init__(self, level: str) -> None:
        self._level = level
        self._rest = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        *lines, self._rest = (self._rest + text).split("\n")
        if len(self._rest) > _LINE_LENGTH:
            lines.append(self._rest)
            self._rest = ""
        if self.inside is not None:
            for line in lines:
                self.inside.log(line, self._level, {})
        return len(text)


def _dumped(document: dict[str, Any]) -> bytes:
    """Half of a surrogate pair, as in the name of a file, becomes a question mark."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
