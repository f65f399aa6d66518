"""Calling a module in its author's unit tests, without a sandbox.

Owns:      `call`, and `LocalHost`, a host that answers from what the test gives it.
Promises:  defaults of inputs and settings are filled in as the real host does.
"""

import inspect
import io
import json
import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from lamina import calling
from lamina.context import Context, HttpResponse
from lamina.declare import declaration_of
from lamina.derive import derive_contract
from lamina.errors import CapabilityRefused
from lamina.handles import Binary, Table

Answer = Callable[[str, str, dict[str, str], bytes], HttpResponse]


class _File(io.BytesIO):
    """Keeps its bytes when it is closed, as the host does."""

    content = b""

    def close(self) -> None:
        if not self.closed:
            self.content = self.getvalue()
        super().close()


@dataclass(kw_only=True)
class LocalHost:
    """A host made of what a test gives it.

    `answer(method, url, headers, body)` stands for the network and `secrets` for the granted slots; what is
    not given is refused. `lines` and `steps` collect logs and progress.
    """

    answer: Answer | None = None
    secrets: Mapping[str, str] = field(default_factory=dict)
    is_cancelled: bool = False
    wall_seconds: float = 30
    idempotency_key: str = "test"
    lines: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    steps: list[tuple[float, float | None, str]] = field(default_factory=list)
    _folder: Path | None = None

    def log(self, message: str, level: str, fields: dict[str, Any]) -> None:
        json.dumps(fields)  # the host takes JSON only
        self.lines.append((level, message, fields))

    def progress(self, done: float, total: float | None, note: str) -> None:
        self.steps.append((done, total, note))

    def open_writer(self, port: str) -> IO[bytes]:
        return _File()

    def secret(self, slot: str) -> str:
        if slot not in self.secrets:
            raise CapabilityRefused(asked=f"secret {slot}", reason="the test grants no such secret")
        return self.secrets[slot]

    def http(self, method: str, url: str, headers: dict[str, str], body: bytes) -> HttpResponse:
        if self.answer is None:
            raise CapabilityRefused(asked=f"{method} {url}", reason="the test gives no answers")
        return self.answer(method, url, headers, body)

    def cancelled(self) -> bool:
        return self.is_cancelled

    def seconds_left(self) -> float:
        return self.wall_seconds

    def scratch(self) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="lamina-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        return self._folder

    def key(self) -> str:
        return self.idempotency_key


def call(
    function: Callable[..., Any],
    inputs: Mapping[str, Any] | None = None,
    config: Mapping[str, Any] | None = None,
    *,
    host: LocalHost | None = None,
) -> dict[str, Any]:
    """Call an entry function as a run would; the answer is a dict by output port.

    Give tables and binaries as bytes and read them as bytes. Errors come as they were raised.
    """
    contract = _contract_of(function)
    given = {name: _handle(contract, name, value) for name, value in (inputs or {}).items()}
    for name, port in contract.get("ports", {}).get("in", {}).items():
        if "default" in port:
            given.setdefault(name, port["default"])
    settings = _filled(contract.get("config", {}), dict(config or {}))
    outputs = calling.call(function, given, Context(settings, host or LocalHost()))
    return {name: _bytes_of(value) for name, value in outputs.items()}


def _contract_of(function: Callable[..., Any]) -> dict[str, Any]:
    """Derived, or read from the contract.json beside the plain form."""
    if declaration_of(function) is not None:
        return dict(derive_contract(function))
    path = Path(inspect.getfile(function)).with_name("contract.json")
    return dict(json.loads(path.read_text("utf-8"))) if path.is_file() else {}


def _handle(contract: dict[str, Any], name: str, value: Any) -> Any:
    if not isinstance(value, bytes):
        return value
    port = contract.get("ports", {}).get("in", {}).get(name, {})
    return Table(value) if port.get("media") == "table" else Binary(value, port.get("type", "*/*"))


def _filled(schema: Any, value: dict[str, Any]) -> dict[str, Any]:
    properties = schema.get("properties", {}) if isinstance(schema, dict) else {}
    for name, inner in properties.items():
        if isinstance(inner, dict) and "default" in inner:
            value.setdefault(name, inner["default"])
        if isinstance(value.get(name), dict):
            value[name] = _filled(inner, dict(value[name]))
    return value


def _bytes_of(value: Any) -> Any:
    if isinstance(value, Binary | Table):
        return bytes(value.buffer)
    return value.content if isinstance(value, _File) else value
