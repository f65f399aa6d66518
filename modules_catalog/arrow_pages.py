"""Some rows of an Arrow file that anybody may have written, to be looked at.

Owns:      how much of such a file is read, and how a cell that is too long is shown.
Promises:  memory is bounded by the constants below, whatever the file says of itself.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pyarrow

from contracts.canonical import JSON
from modules_catalog.arrow_rows import plain
from modules_catalog.arrow_sizes import read_sizes

MAX_COLUMNS: Final = 500
MAX_BATCH_BYTES: Final = 256 << 20
MAX_CELL: Final = 500
_types = pyarrow.types


class TooLarge(Exception):
    """A table that is not shown; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePage:
    """`columns`: name and Arrow type, such as ("total", "int64"); `total`: rows of the whole table."""

    columns: tuple[tuple[str, str], ...]
    rows: list[list[JSON]]
    total: int


def read_page(data: pyarrow.Buffer, *, offset: int, first: int) -> TablePage:
    """Some rows of an Arrow IPC file; of the others only the counts are read. Raises ValueError, `TooLarge`.

    Text is cut at `MAX_CELL` characters and ends with an ellipsis; other long cells are told by their length.
    """
    sizes = read_sizes(memoryview(data))
    reader = pyarrow.ipc.open_file(data)
    if len(reader.schema) > MAX_COLUMNS:
        raise TooLarge(f"A table of {len(reader.schema)} columns is not shown; {MAX_COLUMNS} are.")
    rows: list[list[JSON]] = []
    total = 0
    for number, (count, size) in enumerate(sizes.batches):
        start, end = max(0, offset - total), min(count, offset + first - total)
        total += count
        if start >= end:
            continue
        if size + sizes.dictionaries > MAX_BATCH_BYTES:
            message = (
                f"These rows lie in a part of {size + sizes.dictionaries} bytes; up to {MAX_BATCH_BYTES}"
            )
            raise TooLarge(f"{message} are read to show some. Write the table in smaller record batches.")
        part = reader.get_batch(number).slice(start, end - start)
        part.validate(full=True)
        rows.extend(map(list, zip(*map(_cells, part.columns), strict=True)))
    columns = tuple((field.name, str(field.type)) for field in reader.schema)
    return TablePage(columns=columns, rows=rows, total=total)


def _cells(column: Any) -> list[JSON]:
    if _types.is_primitive(column.type) or _types.is_decimal(column.type) or _types.is_null(column.type):
        return [plain(value) for value in column.to_pylist()]
    return [_shown(scalar) for scalar in column]


class _TooLong(Exception):
    """A nested cell beyond `MAX_CELL` characters."""


def _shown(scalar: Any) -> JSON:
    scalar = _bare(scalar)
    if scalar is None:
        return None
    if _is_bytes(scalar):
        return _text(scalar)
    try:
        return _Nested().shown(scalar)
    except _TooLong:
        return f"{len(scalar.type) if _types.is_struct(scalar.type) else len(scalar.values)} items"


def _bare(scalar: Any) -> Any:
    """What dictionaries, unions and the like wrap; None for null."""
    while scalar is not None and scalar.is_valid and not _is_list(scalar) and hasattr(scalar, "value"):
        inner = scalar.value
        if not isinstance(inner, pyarrow.Scalar):
            break
        scalar = inner
    return scalar if scalar is not None and scalar.is_valid else None


def _is_list(scalar: Any) -> bool:
    return isinstance(scalar, pyarrow.ListScalar)


def _is_bytes(scalar: Any) -> bool:
    return isinstance(scalar, pyarrow.BinaryScalar)


def _is_text(scalar: Any) -> bool:
    kind = scalar.type
    return bool(_types.is_string(kind) or _types.is_large_string(kind) or _types.is_string_view(kind))


def _text(scalar: Any) -> str:
    data = scalar.as_buffer()
    if _is_text(scalar):
        text: str = data[: 4 * (MAX_CELL + 1)].to_pybytes().decode("utf-8", "ignore")
        return text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…"
    return base64.b64encode(data).decode() if data.size <= MAX_CELL else f"{data.size} bytes"


class _Nested:
    """One cell of lists and structs, given up when it gets too long."""

    def __init__(self) -> None:
        self._left = MAX_CELL

    def shown(self, scalar: Any) -> JSON:
        scalar = _bare(scalar)
        if scalar is None:
            return self._spend(None, 4)
        if _is_list(scalar):
            self._spend(None, len(scalar.values))
            return [self.shown(item) for item in scalar.values]
        if isinstance(scalar, pyarrow.StructScalar):
            self._spend(None, len(scalar.type))
            return {name: self.shown(item) for name, item in self._named(scalar)}
        if _is_bytes(scalar):
            self._spend(None, scalar.as_buffer().size)
            return plain(scalar.as_py())
        return self._spend(plain(scalar.as_py()), 1)

    def _named(self, scalar: Any) -> Iterator[tuple[str, Any]]:
        for name, item in scalar.items():
            self._spend(None, len(name))
            yield name, item

    def _spend(self, value: JSON, characters: int) -> JSON:
        self._left -= characters
        if self._left < 0:
            raise _TooLong
        return value
