"""Tables and binaries inside the sandbox: sealed memory in, size-sealed memory out.

Owns:      mapping the inputs that came as descriptors, and the file of an output port.
Promises:  an input is mapped, never copied; an output beyond its port's size is refused by the kernel.
"""

import io
import mmap
import os
from typing import IO, Any

from executors.sandbox.channel import Channel
from lamina.errors import ModuleError
from lamina.handles import Binary, Table


class PortFile:
    """The memory that the host has set aside for one output."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.end = 0
        self._file: _Written | None = None

    def opened(self) -> IO[bytes]:
        os.lseek(self.descriptor, 0, os.SEEK_SET)
        self.end = 0
        self._file = _Written(self)
        return self._file

    def is_file(self, value: object) -> bool:
        return value is self._file

    def release(self) -> None:
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


class _Raw(io.RawIOBase):
    def __init__(self, port: PortFile) -> None:
        self._port = port

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if whence == os.SEEK_END:
            offset, whence = self._port.end + offset, os.SEEK_SET
        return os.lseek(self._port.descriptor, offset, whence)

    def write(self, data: Any) -> int:
        try:
            written = os.write(self._port.descriptor, data)
        except OSError as error:
            raise _too_large() from error
        self._port.end = max(self._port.end, os.lseek(self._port.descriptor, 0, os.SEEK_CUR))
        return written


class _Written(io.BufferedWriter):
    """The file that `context.writer` gives."""

    def __init__(self, port: PortFile) -> None:
        super().__init__(_Raw(port), buffer_size=1 << 16)


def receive(channel: Channel, described: dict[str, Any]) -> dict[str, Table | Binary]:
    """The inputs of a call that came as descriptors: port → {media, type, size}, in the order sent."""
    return {port: _mapped(channel.take_descriptor(), facts) for port, facts in described.items()}


def _mapped(descriptor: int, facts: dict[str, Any]) -> Table | Binary:
    try:
        data: Any = _private(descriptor, facts["size"]) if facts["size"] else b""
    finally:
        os.close(descriptor)
    handle = Table if facts["media"] == "table" else Binary
    return handle(memoryview(data), facts["type"])


def _private(descriptor: int, size: int) -> mmap.mmap:
    # Kernels before 6.7 refuse to share memory that is sealed against writing, even for reading.
    return mmap.mmap(descriptor, size, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ)


def send_output(value: object, port: PortFile) -> dict[str, Any]:
    """Put an output into its port's memory, unless it was written there. Returns {size, type?}."""
    if port.is_file(value):
        assert isinstance(value, _Written)
        if not value.closed:
            value.close()
        return {"size": port.end}
    kind = value.type if isinstance(value, Binary) else None
    data = value.buffer if isinstance(value, Table | Binary) else value
    if not isinstance(data, bytes | bytearray | memoryview):
        kind_name = type(value).__name__
        message = f"A table or binary output is a {kind_name}. Return bytes or the file of context.writer."
        raise ModuleError("system.contract", {}, message)
    file = port.opened()
    file.write(data)
    file.close()
    return {"size": port.end} if kind is None else {"size": port.end, "type": kind}


def _too_large() -> ModuleError:
    return ModuleError("system.limit", {"limit": "output"}, "The output is larger than its port allows.")
