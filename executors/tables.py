"""Tables judged against the columns of their port.

Owns:      the correspondence of column types to Arrow types, and the check of an Arrow file.
Promises:  a file that passes has exactly the declared columns, in order, and no null where none may be.
"""

import re
from typing import Any, BinaryIO, Final

import pyarrow as pa
from msgspec import UnsetType

from contracts.module import Column

_DECIMAL: Final = re.compile(r"decimal\((\d+),(\d+)\)\Z")
_TYPES: Final[dict[str, Any]] = {
    "bool": pa.bool_(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "float32": pa.float32(),
    "float64": pa.float64(),
    "utf8": pa.string(),
    "binary": pa.binary(),
    "date32": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}

pa.cpu_count()  # asked for now: whoever asks first may be a thread that keeps to one core for a moment


def arrow_type(name: str) -> Any:
    """The Arrow type of a column type of formats.md §a."""
    found = _DECIMAL.match(name)
    return pa.decimal128(int(found[1]), int(found[2])) if found else _TYPES[name]


def table_problem(file: BinaryIO, columns: tuple[Column, ...] | str | UnsetType) -> tuple[int, str | None]:
    """The number of rows, and what is wrong with an Arrow IPC file, if anything."""
    try:
        reader = pa.ipc.open_file(file)
        rows, nulls = _measured(reader)
    except (pa.ArrowException, OSError, ValueError) as error:
        return 0, f"no readable Arrow file: {str(error)[:200]}"
    if not isinstance(columns, tuple):
        return rows, None  # a type variable: any columns
    return rows, _schema_problem(reader.schema, columns) or _null_problem(nulls, columns)


def _measured(reader: Any) -> tuple[int, dict[str, int]]:
    rows = 0
    nulls: dict[str, int] = {}
    for number in range(reader.num_record_batches):
        batch = reader.get_batch(number)
        batch.validate(full=True)
        rows += batch.num_rows
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            nulls[name] = nulls.get(name, 0) + column.null_count
    return rows, nulls


def _schema_problem(schema: Any, columns: tuple[Column, ...]) -> str | None:
    if schema.names != [column.name for column in columns]:
        wanted = ", ".join(column.name for column in columns)
        return f"its columns are {', '.join(schema.names)} where the contract says {wanted}"
    for column in columns:
        found = schema.field(column.name).type
        if found != arrow_type(column.type):
            return f"column {column.name} is {found} where the contract says {column.type}"
    return None


def _null_problem(nulls: dict[str, int], columns: tuple[Column, ...]) -> str | None:
    for column in columns:
        if not column.nullable and nulls.get(column.name):
            return f"column {column.name} holds {nulls[column.name]} nulls and is not nullable"
    return None
