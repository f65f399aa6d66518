"""Rows of an example become a table and come back as they were written."""

import pyarrow
import pytest

from contracts.module import Column
from modules_catalog.arrow_rows import read_arrow, write_arrow
from modules_catalog.table_rows import is_cell

CELLS = {
    "bool": True,
    "int32": -(2**31),
    "int64": 2**53 - 1,
    "float32": 0.5,
    "float64": 0.1,
    "decimal(10,2)": "12.50",
    "utf8": "ä",
    "binary": "AAE=",
    "date32": "2026-01-31",
    "timestamp": "2026-01-31T09:00:00.123456Z",
}


@pytest.mark.parametrize("column_type", CELLS)
def test_a_cell_survives_the_way_there_and_back(column_type):
    column = Column(name="x", type=column_type, nullable=True)
    rows = [{"x": CELLS[column_type]}, {"x": None}]
    assert is_cell(column_type, CELLS[column_type])
    assert read_arrow(write_arrow([column], rows)) == rows


def test_a_table_has_the_declared_types():
    data = write_arrow([Column(name="n", type="int32")], [{"n": 1}])
    schema = pyarrow.ipc.open_file(data).schema
    assert schema.field("n") == pyarrow.field("n", pyarrow.int32(), nullable=False)


def test_a_moment_of_another_zone_is_the_same_moment():
    column = Column(name="at", type="timestamp")
    rows = read_arrow(write_arrow([column], [{"at": "2026-01-31T10:00:00+01:00"}]))
    assert rows == [{"at": "2026-01-31T09:00:00Z"}]


def test_a_type_variable_takes_the_types_of_the_rows():
    rows = [{"a": 1, "b": "x"}, {"a": 2, "b": None}]
    assert read_arrow(write_arrow("T", rows)) == rows
