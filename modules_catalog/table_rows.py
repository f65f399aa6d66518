"""Tables as JSON rows, the way examples write them.

Owns:      the JSON form of each column type, and whether rows fit columns.
Promises:  integers stay in range; decimals are texts or numbers, moments RFC 3339, binary base64.
"""

import base64
import binascii
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from contracts.canonical import JSON
from contracts.module import Column
from contracts.problems import Problem, pointer


def check_rows(columns: Any, rows: JSON, path: str) -> Iterator[Problem]:
    """Problems of the rows of a table port; a type variable takes any rows."""
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        message = 'A table is a list of rows (objects), or {"$file": "examples/a.arrow"}.'
        yield Problem(code="value", path=path, message=message)
    elif not isinstance(columns, str):
        for index, row in enumerate(rows):
            yield from _check_row(columns, row, path + pointer(index))


def _check_row(columns: Sequence[Column], row: dict[str, JSON], path: str) -> Iterator[Problem]:
    names = [column.name for column in columns]
    for name in row:
        if name not in names:
            message = f"No such column. The port has {', '.join(names)}."
            yield Problem(code="value", path=path + pointer(name), message=message)
    for column in columns:
        value = row.get(column.name)
        if value is None and not column.nullable:
            message = f"{column.name} is not nullable. Give it a value."
            yield Problem(code="value", path=path + pointer(column.name), message=message)
        elif value is not None and not is_cell(column.type, value):
            message = f"{value!r:.80} is no {column.type}."
            yield Problem(code="value", path=path + pointer(column.name), message=message)


def is_cell(column_type: str, value: JSON) -> bool:
    """Whether a JSON value is one of a column type."""
    try:
        return cell_of(column_type, value) is not None
    except (ValueError, TypeError, InvalidOperation, OverflowError):
        return False


def cell_of(column_type: str, value: JSON) -> Any:
    """The Python value of a cell that is not null. Raises for what the type does not hold."""
    match column_type:
        case "bool" | "utf8":
            return _instance(value, bool if column_type == "bool" else str)
        case "int32" | "int64":
            bits = 31 if column_type == "int32" else 63
            if not -(1 << bits) <= _instance(value, int) < 1 << bits:
                raise ValueError(f"{value} is beyond {column_type}.")
            return value
        case "float32" | "float64":
            return float(_instance(value, int, float))
        case "binary":
            try:
                return base64.b64decode(_instance(value, str), validate=True)
            except binascii.Error as error:
                raise ValueError("not base64") from error
        case "date32":
            return date.fromisoformat(_instance(value, str))
        case "timestamp":
            return datetime.fromisoformat(_instance(value, str))
        case _:
            return Decimal(str(_instance(value, int, float, str)))


def _instance(value: Any, *kinds: type) -> Any:
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise TypeError(f"{value!r} is of another type.")
    return value
