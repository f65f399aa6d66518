"""Rows of an example become an Arrow file, and an Arrow file becomes rows again.

Owns:      the Arrow type of each column type; the JSON form is `table_rows.py`'s.
Promises:  rows survive the way there and back, apart from the precision of float32.
"""

import base64
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import pyarrow

from contracts.canonical import JSON
from contracts.module import Column
from modules_catalog.table_rows import cell_of

Rows = list[dict[str, JSON]]
_TYPES: Final = {
    "bool": pyarrow.bool_(),
    "int32": pyarrow.int32(),
    "int64": pyarrow.int64(),
    "float32": pyarrow.float32(),
    "float64": pyarrow.float64(),
    "utf8": pyarrow.utf8(),
    "binary": pyarrow.binary(),
    "date32": pyarrow.date32(),
    "timestamp": pyarrow.timestamp("us", "UTC"),
}


def write_arrow(columns: Sequence[Column] | str, rows: Rows) -> bytes:
    """An Arrow IPC file of rows that fit the columns; for a type variable the types are found."""
    if isinstance(columns, str):
        table = pyarrow.Table.from_pylist(rows)
    else:
        fields = [pyarrow.field(one.name, arrow_type(one.type), nullable=one.nullable) for one in columns]
        cells = [
            {
                one.name: None if row.get(one.name) is None else cell_of(one.type, row[one.name])
                for one in columns
            }
            for row in rows
        ]
        table = pyarrow.Table.from_pylist(cells, schema=pyarrow.schema(fields))
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_file(sink, table.schema) as file:
        file.write_table(table)
    return bytes(sink.getvalue())


def read_arrow(data: bytes | memoryview) -> Rows:
    """The rows of an Arrow IPC file, as an example writes them. Raises ValueError for what is none."""
    table = pyarrow.ipc.open_file(pyarrow.py_buffer(data)).read_all()
    return [{name: plain(value) for name, value in row.items()} for row in table.to_pylist()]


def arrow_type(column_type: str) -> Any:
    """The Arrow type of a column type, such as `decimal(10,2)`."""
    if column_type in _TYPES:
        return _TYPES[column_type]
    precision, scale = map(int, re.findall(r"\d+", column_type))
    return pyarrow.decimal128(precision, scale)


def plain(value: Any) -> JSON:
    match value:
        case bytes():
            return base64.b64encode(value).decode()
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case list():
            return [plain(item) for item in value]
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case _:
            return value
