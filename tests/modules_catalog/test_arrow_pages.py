"""A page of an Arrow file is shown within bounds, whatever the file holds."""

from contextlib import suppress
from typing import Any

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules_catalog import arrow_pages
from modules_catalog.arrow_pages import TooLarge, read_page
from modules_catalog.arrow_sizes import read_sizes


def written(*batches: pyarrow.RecordBatch, compression: str | None = None) -> Any:
    sink = pyarrow.BufferOutputStream()
    options = pyarrow.ipc.IpcWriteOptions(compression=compression)
    with pyarrow.ipc.new_file(sink, batches[0].schema, options=options) as file:
        for batch in batches:
            file.write_batch(batch)
    return sink.getvalue()


def numbers(*values: int) -> pyarrow.RecordBatch:
    return pyarrow.record_batch({"n": pyarrow.array(values)})


def shown(array: pyarrow.Array) -> list[Any]:
    return [row[0] for row in read_page(written(pyarrow.record_batch({"x": array})), offset=0, first=9).rows]


@pytest.mark.parametrize("compression", [None, "zstd", "lz4"])
def test_a_page_may_span_batches(compression: str | None) -> None:
    data = written(numbers(1, 2, 3), numbers(4, 5), numbers(6), compression=compression)
    page = read_page(data, offset=2, first=3)
    assert (page.columns, page.rows, page.total) == ((("n", "int64"),), [[3], [4], [5]], 6)


@pytest.mark.parametrize("compression", ["zstd", "lz4"])
def test_sizes_are_those_after_decompression(compression: str) -> None:
    text = pyarrow.array(["a" * 50_000_000]).dictionary_encode()
    batch = pyarrow.record_batch(
        {
            "n": pyarrow.array([0]).take(pyarrow.array([0] * 1_000_000)),
            "t": text.take(pyarrow.array([0] * 1_000_000)),
        }
    )
    data = written(batch, compression=compression)
    assert data.size < 1_000_000
    sizes = read_sizes(memoryview(data))
    assert sizes.dictionaries >= 50_000_000
    assert [rows for rows, _ in sizes.batches] == [1_000_000]
    assert sizes.batches[0][1] >= 8_000_000


def test_a_bomb_is_refused_before_it_is_decompressed(monkeypatch: pytest.MonkeyPatch) -> None:
    data = written(numbers(1), numbers(*[0] * 100_000), compression="zstd")
    monkeypatch.setattr(arrow_pages, "MAX_BATCH_BYTES", 100_000)
    assert read_page(data, offset=0, first=1).rows == [[1]]
    before = pyarrow.total_allocated_bytes()
    with pytest.raises(TooLarge, match="smaller record batches"):
        read_page(data, offset=1, first=1)
    assert pyarrow.total_allocated_bytes() - before < 100_000


def test_a_table_of_too_many_columns_is_refused() -> None:
    batch = pyarrow.record_batch({f"c{number}": pyarrow.array([1]) for number in range(501)})
    with pytest.raises(TooLarge, match="501 columns"):
        read_page(written(batch), offset=0, first=1)


def test_long_cells_are_cut_or_told_by_their_length() -> None:
    assert shown(pyarrow.array(["ä" * 501, "ä" * 500, None])) == ["ä" * 499 + "…", "ä" * 500, None]
    assert shown(pyarrow.array([b"x" * 501, b"\0\1", None])) == ["501 bytes", "AAE=", None]
    assert shown(pyarrow.array([[1] * 501, [1, None], None])) == ["501 items", [1, None], None]
    assert shown(pyarrow.array([[["a" * 300, "b" * 300]], [["c"]]])) == ["1 items", [["c"]]]
    assert shown(pyarrow.array([{"a": {"b": "x" * 600}}, {"a": {"b": "y"}}])) == [
        "1 items",
        {"a": {"b": "y"}},
    ]
    assert shown(pyarrow.array(["a" * 600, "b"]).dictionary_encode()) == ["a" * 499 + "…", "b"]


def test_lists_of_a_great_many_nulls_take_no_bytes_and_are_not_written_out() -> None:
    nulls = pyarrow.ListArray.from_arrays(
        pyarrow.array([0, 2_000_000_000], "int32"), pyarrow.nulls(2_000_000_000)
    )
    assert shown(nulls) == ["2000000000 items"]


@given(st.binary(max_size=300), st.integers(0, 2_000))
def test_a_damaged_file_is_refused_or_read(noise: bytes, at: int) -> None:
    data = bytearray(written(numbers(1, 2, 3), compression="zstd").to_pybytes())
    data[at : at + len(noise)] = noise
    with suppress(ValueError, OSError, TooLarge, pyarrow.ArrowException):
        read_page(pyarrow.py_buffer(bytes(data)), offset=0, first=2)
