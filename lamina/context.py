"""What a running module may ask of its host.

Owns:      `Context`, the second argument of every entry function, and `Host`, the protocol behind it.
Promises:  what the contract does not declare raises `CapabilityRefused`; the host decides, not the module.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Generic, Protocol, TypeVar

LEVELS: Final = ("debug", "info", "warning", "error")
ConfigT = TypeVar("ConfigT")


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """`headers` by lower-case name; `body` as it came, decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Host(Protocol):
    """What stands behind a context: the sandbox's child process, or a test.

    Methods raise `CapabilityRefused` for what the contract does not declare; `http` raises `Unavailable`
    when nothing answers.
    """

    def log(self, message: str, level: str, fields: dict[str, Any]) -> None: ...

    def progress(self, done: float, total: float | None, note: str) -> None: ...

    def open_writer(self, port: str) -> IO[bytes]: ...

    def secret(self, slot: str) -> str: ...

    def http(self, method: str, url: str, headers: dict[str, str], body: bytes) -> HttpResponse: ...

    def cancelled(self) -> bool: ...

    def seconds_left(self) -> float: ...

    def scratch(self) -> Path: ...

    def key(self) -> str: ...


class Context(Generic[ConfigT]):
    """`config` is the settings of the node: a dict, or what `Context[Config]` says."""

    __slots__ = ("_host", "config")

    def __init__(self, config: ConfigT, host: Host) -> None:
        self.config = config
        self._host = host

    def configured(self, config: Any) -> "Context[Any]":
        """The same host with other settings."""
        return Context(config, self._host)

    def log(self, message: str, /, level: str = "info", **fields: Any) -> None:
        """Adds a line to the run's log. Levels: debug, info, warning, error; fields are JSON values."""
        if level not in LEVELS:
            raise ValueError(f"{level!r} is no level. Use one of {', '.join(LEVELS)}.")
        self._host.log(message, level, fields)

    def progress(self, done: float, total: float | None = None, note: str = "") -> None:
        self._host.progress(done, total, note)

    def writer(self, port: str) -> IO[bytes]:
        """A file for the bytes of a table or binary output; close it and return it as that output."""
        return self._host.open_writer(port)

    def secret(self, slot: str) -> str:
        return self._host.secret(slot)

    def http(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | str | None = None,
    ) -> HttpResponse:
        """A request by way of the host, to the hosts that the contract declares. Any status is an answer."""
        data = body.encode() if isinstance(body, str) else body or b""
        return self._host.http(method.upper(), url, dict(headers or {}), data)

    @property
    def cancelled(self) -> bool:
        """Whether the run has been asked to stop; long loops look at it and return early."""
        return self._host.cancelled()

    @property
    def seconds_left(self) -> float:
        """Until the attempt's deadline."""
        return self._host.seconds_left()

    @property
    def scratch(self) -> Path:
        """A folder of this call's own, empty at the start and removed at the end."""
        return self._host.scratch()

    @property
    def key(self) -> str:
        """The idempotency key: the same for every attempt of this call."""
        return self._host.key()
