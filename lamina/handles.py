"""Tables and binaries: values that are handed over as sealed memory, never copied into objects."""

import io
import os
from typing import IO, Any

TABLE_TYPE = "application/vnd.apache.arrow.file"


class _Sealed:
    """Read-only bytes. `buffer` shares the sealed memory: nothing is copied."""

    __slots__ = ("buffer", "type")

    def __init__(self, data: bytes | bytearray | memoryview, media_type: str) -> None:
        self.buffer = memoryview(data).toreadonly()
        self.type = media_type

    @property
    def size(self) -> int:
        """In bytes."""
        return self.buffer.nbytes

    def open(self) -> IO[bytes]:
        """A file to read from the beginning; it copies what is read, not the whole."""
        return io.BufferedReader(_Reader(self.buffer))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.type}, {self.size} bytes>"


class _Reader(io.RawIOBase):
    """A file over memory that stays where it is."""

    def __init__(self, buffer: memoryview) -> None:
        self._buffer, self._at = buffer, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._buffer.nbytes}[whence]
        if start + offset < 0:
            message = f"negative seek position {start + offset}"
            raise ValueError(message)
        self._at = start + offset
        return self._at

    def readinto(self, target: Any) -> int:
        found = self._buffer[self._at : self._at + len(target)]
        target[: found.nbytes] = found
        self._at += found.nbytes
        return found.nbytes


class Table(_Sealed):
    """An Arrow IPC file: `pyarrow.ipc.open_file(table.buffer)` opens it without copying."""

    __slots__ = ()

    def __init__(self, data: bytes | bytearray | memoryview, media_type: str = TABLE_TYPE) -> None:
        super().__init__(data, media_type)


class Binary(_Sealed):
    """Bytes of a media type, such as `image/png`."""

    __slots__ = ()

    def __init__(
        self, data: bytes | bytearray | memoryview, media_type: str = "application/octet-stream"
    ) -> None:
        super().__init__(data, media_type)
