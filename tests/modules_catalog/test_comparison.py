"""Two outputs are the same when the contract's comparators say so."""

import pytest

from contracts.module import parse_contract
from modules_catalog.checks.comparison import compare_outputs

PORTS = {
    "a": {"media": "json", "schema": True},
    "t": {"media": "table", "columns": "T", "cardinality": "optional"},
}
PORTS["b"] = {"media": "binary", "type": "image/png"}


def contract_with(**comparators):
    document = {
        "format": "lamina/contract@1",
        "ports": {"in": {}, "out": PORTS},
        "effects": {"kind": "pure"},
        "type_variables": ["T"],
        "$defs": {"T": True},
        "comparators": comparators,
    }
    return parse_contract(document)


def paths(comparators, expected, actual) -> list[str]:
    return [one.path for one in compare_outputs(contract_with(**comparators), expected, actual)]


@pytest.mark.parametrize(
    ("comparators", "expected", "actual", "differences"),
    [
        ({}, 1, 1.0, []),
        ({}, True, 1, ["/a"]),
        ({}, None, False, ["/a"]),
        ({}, {"x": [1, {"y": "z"}]}, {"x": [1, {"y": "z"}]}, []),
        ({}, {"x": [1, {"y": "z"}]}, {"x": [1, {"y": "w"}]}, ["/a/x/1/y"]),
        ({}, {"x": 1}, {"w": 1}, ["/a/w", "/a/x"]),
        ({}, [1, 2], [1], ["/a"]),
        ({}, [1, 2], [2, 1], ["/a/0", "/a/1"]),
        ({"/a": "ignore"}, 1, "x", []),
        ({"/a/at": "ignore"}, {"at": 1}, {}, []),
        ({"/a": "ignore", "/a/x": "exact"}, {"x": 1, "y": 1}, {"x": 2, "y": 2}, ["/a/x"]),
        ({"/a": "unordered"}, [1, 2, 2], [2, 1, 2], []),
        ({"/a": "unordered"}, [1, 2], [1, 1], ["/a/*", "/a/*"]),
        ({"/a": "unordered"}, [1, [2, 3]], [[3, 2], 1], []),
        (
            {"/a": "unordered", "/a/*/n": {"absolute": 0.1}},
            [{"n": 1}, {"n": 2}],
            [{"n": 2.05}, {"n": 1.05}],
            [],
        ),
        ({"/a": "unordered"}, [1], [1, 1], ["/a", "/a/*"]),
        ({"/a": {"absolute": 0.5}}, [1, 2.0], [1.5, 1.5], []),
        ({"/a": {"absolute": 0.5}}, [1], [1.6], ["/a/0"]),
        ({"/a": {"absolute": 0.5}}, ["1"], ["1.1"], ["/a/0"]),
        ({"/a": {"relative": 0.1}}, 100, 110, []),
        ({"/a": {"relative": 0.1}}, 100, 112, ["/a"]),
        ({"/a/*/x": "ignore", "/a/0/x": "exact"}, [{"x": 1}, {"x": 1}], [{"x": 2}, {"x": 2}], ["/a/0/x"]),
        ({"": {"absolute": 1}}, {"deep": [1]}, {"deep": [2]}, []),
        ({"/*": {"absolute": 1}}, 1, 2, []),
    ],
)
def test_a_comparator_decides(comparators, expected, actual, differences):
    assert paths(comparators, {"a": expected}, {"a": actual}) == differences


def test_tables_are_compared_by_column():
    rows = [{"id": 1, "x": 1.0}, {"id": 2, "x": None}]
    moved = [{"id": 1, "x": 1.1}, {"id": 2}]
    assert paths({}, {"t": rows}, {"t": moved}) == ["/t/x/0"]
    assert paths({"/t/x": {"absolute": 0.2}}, {"t": rows}, {"t": moved}) == []


def test_binaries_are_compared_by_their_bytes():
    assert paths({}, {"b": b"1"}, {"b": b"1"}) == []
    assert paths({}, {"b": b"1"}, {"b": b"2"}) == ["/b"]


def test_a_port_that_is_missing_or_new_is_a_difference():
    found = compare_outputs(contract_with(), {"a": 1}, {"c": 2})
    assert [(one.path, one.message) for one in found] == [("/a", "Is missing."), ("/c", "Was not expected.")]


def test_a_long_list_of_differences_ends():
    assert len(paths({}, {"a": [0] * 1000}, {"a": [1] * 1000})) == 100
    assert paths({"/a": "unordered"}, {"a": list(range(5000))}, {"a": list(range(5000, 10_000))}) == ["/a"]
