"""Tables and binaries: values that are handed over as sealed memory, never copied into objects."""

import io
from typing import IO

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
        """A file to read from the beginning."""
        return io.BytesIO(self.buffer)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.type}, {self.size} bytes>"


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
