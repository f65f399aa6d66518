"""How large the parts of an Arrow IPC file become when they are read, before anything is.

Owns:      the few fields of Arrow's flatbuffers that tell: blocks, rows, and each buffer's own length.
Promises:  reads the same blocks that a reader of the file does; raises ValueError for what is no such file.
Never:     decompresses.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MAGIC: Final = b"ARROW1"
MAX_FOOTER_BYTES: Final = 8 << 20
_DICTIONARY: Final = 2
_VERSION_5: Final = 4
_BLOCK: Final = struct.Struct("<qi4xq")
_BUFFER: Final = struct.Struct("<qq")


@dataclass(frozen=True, slots=True)
class Sizes:
    """`dictionaries`: bytes of all together; `batches`: (rows, bytes) of each. Bytes are decompressed ones."""

    dictionaries: int
    batches: list[tuple[int, int]]


def read_sizes(data: memoryview) -> Sizes:
    """Raises ValueError."""
    try:
        return _read(data)
    except (struct.error, IndexError) as error:
        raise ValueError("This is no Arrow file.") from error


def _read(data: memoryview) -> Sizes:
    end = len(data) - len(MAGIC) - 4
    if end < 0 or bytes(data[-len(MAGIC) :]) != MAGIC:
        raise ValueError("This is no Arrow file.")
    (length,) = struct.unpack_from("<i", data, end)
    if not 0 < length <= min(end, MAX_FOOTER_BYTES):
        raise ValueError("The footer of this Arrow file is too large.")
    footer = _root(data[end - length : end])
    dictionaries = [_sized(data, *block) for block in footer.structs(2, _BLOCK)]
    return Sizes(
        sum(size for _, size in dictionaries), [_sized(data, *block) for block in footer.structs(3, _BLOCK)]
    )


def _sized(data: memoryview, offset: int, described: int, body: int) -> tuple[int, int]:
    """Rows, and decompressed bytes, of the record batch in a block."""
    if min(offset, described, body) < 0 or offset + described + body > len(data):
        raise ValueError("A part of this Arrow file lies outside of it.")
    head = data[offset : offset + described]
    is_continued = struct.unpack_from("<I", head)[0] == 0xFFFF_FFFF
    message = _root(head[8 if is_continued else 4 :])
    if message.number(0, "<h") < _VERSION_5 and message.at(4) is not None:
        raise ValueError("This Arrow file is of a version before 1.0.")
    batch = message.table(2)
    if batch is not None and message.number(1, "<B") == _DICTIONARY:
        batch = batch.table(1)
    if batch is None:
        raise ValueError("A part of this Arrow file is empty.")
    buffers = batch.structs(2, _BUFFER)
    if batch.at(3) is None:
        return batch.number(0, "<q"), sum(length for _, length in buffers)
    start = offset + described
    return batch.number(0, "<q"), sum(_decompressed(data, start + at, length) for at, length in buffers)


def _decompressed(data: memoryview, at: int, length: int) -> int:
    """A compressed buffer begins with its own length; -1: this one is as it is."""
    if length <= 0:
        return 0
    (told,) = struct.unpack_from("<q", data, at)
    return length if told < 0 else int(told)


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of a flatbuffer at `place`."""

    data: memoryview
    place: int

    def at(self, field: int) -> int | None:
        """Where a field stands, None where it is left out."""
        (back,) = struct.unpack_from("<i", self.data, self.place)
        fields = self.place - back
        if fields < 0:
            raise IndexError(fields)
        (size,) = struct.unpack_from("<H", self.data, fields)
        if 4 + 2 * field >= size:
            return None
        (offset,) = struct.unpack_from("<H", self.data, fields + 4 + 2 * field)
        return self.place + int(offset) if offset else None

    def number(self, field: int, form: str) -> int:
        at = self.at(field)
        return 0 if at is None else int(struct.unpack_from(form, self.data, at)[0])

    def table(self, field: int) -> "_Table | None":
        at = self.at(field)
        return None if at is None else _Table(self.data, _led(self.data, at))

    def structs(self, field: int, form: struct.Struct) -> Iterator[tuple[int, ...]]:
        at = self.at(field)
        if at is None:
            return iter(())
        start = _led(self.data, at)
        (count,) = struct.unpack_from("<I", self.data, start)
        return form.iter_unpack(self.data[start + 4 : start + 4 + count * form.size])


def _root(data: memoryview) -> _Table:
    return _Table(data, _led(data, 0))


def _led(data: memoryview, at: int) -> int:
    return at + int(struct.unpack_from("<I", data, at)[0])
