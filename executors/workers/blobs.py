"""Tables and binaries on the host's side: descriptors out, artifacts back.

Owns:      the sealed memory of inputs, the size-sealed memory of outputs, and storing what came back.
Promises:  an input that an artifact store keeps is handed over without a copy; an output is judged once nobody
           can change it any more: copied out of the shared memory, or sealed.
"""

import asyncio
import fcntl
import io
import os
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, BinaryIO, Final, cast

from msgspec import UNSET

from contracts.canonical import Digest
from contracts.module import Port
from executors.artifacts import ALL_SEALS, ArtifactStore
from executors.guards import ContractGuard
from executors.interchange import NotInterchangeable
from executors.protocol import Call, Value
from executors.tables import table_problem
from executors.workers.boxes import sealed_memory

TABLE_TYPE: Final = "application/vnd.apache.arrow.file"
_MEDIA_TYPE: Final = re.compile(r"[a-zA-Z0-9.+_-]{1,60}/[a-zA-Z0-9.+_-]{1,60}(;[ -~]{0,60})?\Z")
_MAPPED_BYTES: Final = 64 << 20


class Outgoing:
    """The descriptors of one call: inputs to read, outputs to write."""

    def __init__(
        self, call: Call, blobs: Mapping[str, Value], guard: ContractGuard, artifacts: ArtifactStore
    ) -> None:
        self._call = call
        self._blobs = blobs
        self._artifacts = artifacts
        self.ports = guard.blob_outputs
        # An effect cannot be had again, should the disk turn out to be full.
        self.may_settle = call.version.effects.kind in ("pure", "idempotent")
        self.described = {
            name: {"media": value.media, "type": value.type or TABLE_TYPE, "size": value.size}
            for name, value in blobs.items()
        }
        self.writers = list(self.ports)
        self.memory: dict[str, int] = {}

    def descriptors(self) -> list[int]:
        """Opened when the call is sent; the receiver closes them once they are on their way. Raises `OSError`."""
        self.close()
        opened: list[int] = []
        try:
            opened.extend(self._input(value) for value in self._blobs.values())
            for name, port in self.ports.items():
                size = min(port.bytes_allowed, self._call.version.limits.output_bytes)
                self.memory[name] = sealed_memory(name, size)
                opened.append(os.dup(self.memory[name]))
        except OSError:
            for descriptor in opened:
                os.close(descriptor)
            raise
        return opened

    def _input(self, value: Value) -> int:
        if value.data is not None:
            return filled_memory(value.data)
        assert value.artifact is not None
        with self._artifacts.open(value.artifact) as file:
            try:
                return os.dup(file.fileno())
            except io.UnsupportedOperation:
                return filled_memory(file.read())

    def close(self) -> None:
        for descriptor in self.memory.values():
            os.close(descriptor)
        self.memory.clear()


def filled_memory(data: bytes) -> int:
    """Memory that holds these bytes and can never change again."""
    descriptor = os.memfd_create("input", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    with open(descriptor, "wb", closefd=False) as file:
        file.write(data)
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, ALL_SEALS)
    return descriptor


async def store_outputs(
    outgoing: Outgoing, told: Mapping[str, Any], artifacts: ArtifactStore
) -> dict[str, Value]:
    """Copy what a module wrote into the artifact store, then judge it. Raises `NotInterchangeable`."""
    stored: dict[str, Value] = {}
    for name, facts in told.items():
        port = outgoing.ports.get(name)
        if port is None or name not in outgoing.memory:
            raise NotInterchangeable(f"output port {name}: the contract has no such table or binary port")
        memory = outgoing.memory[name]
        put = partial(_put, memory, artifacts, may_settle=outgoing.may_settle)
        stored[name] = await asyncio.to_thread(_stored, memory, name, port, facts, artifacts, put)
    return stored


def _stored(
    descriptor: int,
    name: str,
    port: Port,
    facts: Any,
    artifacts: ArtifactStore,
    put: Callable[[int], Digest],
) -> Value:
    size = facts.get("size") if isinstance(facts, dict) else None
    allowed = os.fstat(descriptor).st_size
    if type(size) is not int or not 0 <= size <= allowed:
        raise NotInterchangeable(f"output port {name}: a size of {size!r} where {allowed} bytes are allowed")
    media_type = _media_type(name, port, facts.get("type"))
    artifact, rows = _kept(size, name, port, artifacts, put)
    return Value(media=port.media, size=size, artifact=artifact, type=media_type, rows=rows)


def _media_type(name: str, port: Port, told: object) -> str:
    if port.media == "table":
        return TABLE_TYPE
    declared = str(port.type) if port.type is not UNSET else "*/*"
    if told is None:
        return declared if "*" not in declared else "application/octet-stream"
    text = str(told)
    if not _MEDIA_TYPE.match(text):
        raise NotInterchangeable(f"output port {name}: {text!r:.60} is no media type")
    fits = declared in ("*/*", text) or (declared.endswith("/*") and text.startswith(declared[:-1]))
    if not fits:
        raise NotInterchangeable(f"output port {name}: {text} where the contract says {declared}")
    return text


def _kept(
    size: int, name: str, port: Port, artifacts: ArtifactStore, put: Callable[[int], Digest]
) -> tuple[Digest, int | None]:
    if size == 0:
        if port.media == "table":
            raise NotInterchangeable(f"output port {name}: no Arrow file, it is empty")
        return artifacts.put(b"")[0], None
    artifact = put(size)
    if port.media != "table":
        return artifact, None
    # What is judged is what is kept, not what a module may still change.
    with artifacts.open(artifact) as file:
        rows, problem = table_problem(file, port.columns)
    if problem is not None:
        raise NotInterchangeable(f"output port {name}: {problem}")
    return artifact, rows


def _put(descriptor: int, artifacts: ArtifactStore, size: int, *, may_settle: bool) -> Digest:
    """What is hashed must be what is written: only sealed memory is looked at twice, any other is read once.

    What is large is never mapped either: it would count as ours for as long as it is read.
    """
    if size > _MAPPED_BYTES or not may_settle or not _is_sealed(descriptor):
        return artifacts.put(cast(BinaryIO, _Part(descriptor, size)))[0]
    return artifacts.put_sealed(descriptor, size)


def _is_sealed(descriptor: int) -> bool:
    """False where the memory is mapped in the sandbox, where it may be changed at any time."""
    try:
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, ALL_SEALS)
    except OSError:
        return False
    return True


class _Part:
    """The first bytes of a descriptor, to be read like a file."""

    def __init__(self, descriptor: int, size: int) -> None:
        self._descriptor, self._left, self._at = descriptor, size, 0

    def read(self, count: int) -> bytes:
        data = os.pread(self._descriptor, min(count, self._left), self._at)
        self._at += len(data)
        self._left -= len(data)
        return data
