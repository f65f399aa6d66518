"""Type variables, tables and binaries."""

from typing import Any

import pytest

from contracts.schema import (
    bind_columns,
    bind_variables,
    contains,
    join_columns,
    join_schemas,
    judge_columns,
    judge_media_type,
    localise,
    substitute,
    substitute_columns,
)

T = {"$ref": "#/$defs/T"}
CONTRACT = {"$defs": {"T": True}}
INT, STR = {"type": "integer"}, {"type": "string"}


def same(a: Any, b: Any) -> bool:
    return contains(a, b).answer == contains(b, a).answer == "yes"


def test_a_variable_is_what_is_wired_in():
    assert bind_variables(["T"], [(T, INT)], root=CONTRACT) == {"T": INT}


def test_a_variable_inside_of_a_list_is_what_its_items_are():
    wired = [({"type": "array", "items": T}, {"type": "array", "prefixItems": [STR], "items": INT})]
    assert same(bind_variables(["T"], wired, root=CONTRACT)["T"], {"type": ["string", "integer"]})


def test_a_variable_inside_of_a_record_or_a_map():
    port = {"type": "object", "properties": {"a": T}}
    assert same(bind_variables(["T"], [(port, {"properties": {"a": INT}})], root=CONTRACT)["T"], INT)
    port = {"type": "object", "additionalProperties": T}
    upstream = {"type": "object", "properties": {"a": INT}, "additionalProperties": STR}
    assert same(
        bind_variables(["T"], [(port, upstream)], root=CONTRACT)["T"], {"type": ["integer", "string"]}
    )


def test_several_bindings_are_joined_and_what_adds_nothing_is_left_out():
    wired = [(T, INT), (T, {"type": "number"}), (T, STR)]
    assert bind_variables(["T"], wired, root=CONTRACT)["T"] == {"anyOf": [{"type": "number"}, STR]}


def test_what_nothing_binds_keeps_its_bound():
    assert bind_variables(["T"], [], root={"$defs": {"T": INT}}) == {
        "T": {"$ref": "#/$defs/T", "$defs": {"T": INT}}
    }


def test_a_list_of_unknown_items_binds_anything():
    wired = [({"type": "array", "items": T}, {"type": "array"})]
    assert bind_variables(["T"], wired, root=CONTRACT)["T"] is True


def test_a_binding_keeps_its_own_definitions():
    row = {"type": "object", "properties": {"next": {"$ref": "#/$defs/T"}, "v": INT}}
    upstream = {"type": "array", "items": {"$ref": "#/$defs/T"}, "$defs": {"T": row}}
    bindings = bind_variables(["T"], [({"type": "array", "items": T}, upstream)], root=CONTRACT)
    output = substitute(localise({"type": "array", "items": T, "minItems": 1}, CONTRACT), bindings)
    assert contains(output, upstream).answer == "yes"
    assert (
        contains(
            output, {"items": {"properties": {"next": {"properties": {"v": {"type": "number"}}}}}}
        ).answer
        == "yes"
    )
    assert contains(upstream, output).answer == "no"
    again = substitute(localise(T, CONTRACT), {"T": output})
    assert contains(again, output).answer == contains(output, again).answer == "yes"


def test_a_join_keeps_the_references_of_its_parts():
    left = {"$ref": "#/$defs/A", "$defs": {"A": {"type": "array", "items": {"$ref": "#/$defs/A"}}}}
    right = {"$ref": "#/$defs/A", "$defs": {"A": STR}}
    joined = join_schemas([left, right])
    assert contains(left, joined).answer == contains(right, joined).answer == "yes"
    assert contains(joined, {"type": ["array", "string"]}).answer == "yes"


def column(name: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, **more}


@pytest.mark.parametrize(
    ("given", "wanted", "answer"),
    [
        ("int32", "int64", "yes"),
        ("int64", "int32", "no"),
        ("int64", "float64", "no"),
        ("int32", "float64", "no"),
        ("float32", "float64", "yes"),
        ("float64", "float32", "no"),
        ("int32", "decimal(10,0)", "yes"),
        ("int64", "decimal(18,0)", "no"),
        ("int64", "decimal(21,2)", "yes"),
        ("decimal(10,2)", "decimal(12,4)", "yes"),
        ("decimal(10,2)", "decimal(12,5)", "no"),
        ("decimal(10,2)", "float64", "no"),
        ("date32", "timestamp", "no"),
        ("utf8", "utf8", "yes"),
    ],
)
def test_columns_widen_and_never_narrow(given: str, wanted: str, answer: str):
    assert judge_columns([column("a", given)], [column("a", wanted)]).answer == answer


def test_columns_go_by_name_and_further_ones_are_allowed():
    rows = [column("b", "utf8"), column("a", "int32", unit="m")]
    assert judge_columns(rows, [column("a", "int64")]).answer == "yes"
    missing = judge_columns(rows, [column("a", "int64"), column("c", "utf8")])
    assert (missing.answer, missing.pointer_b, missing.keyword) == ("no", "/1", "name")
    assert judge_columns(rows, [column("a", "int64", unit="ft")]).keyword == "unit"
    assert judge_columns([column("a", "utf8", nullable=True)], [column("a", "utf8")]).keyword == "nullable"
    assert judge_columns([column("a", "utf8")], [column("a", "utf8", nullable=True)]).answer == "yes"
    assert judge_columns(rows, "T").answer == "yes"
    assert judge_columns("T", rows).answer == "unknown"


def test_tables_bind_variables_too():
    left = [column("a", "int32"), column("b", "utf8"), column("c", "date32")]
    right = [column("a", "int64", nullable=True), column("c", "utf8")]
    assert join_columns(left, right) == [column("a", "int64", nullable=True)]
    bindings = bind_columns(["T"], [("T", left), ("T", right)])
    assert substitute_columns("T", bindings) == [column("a", "int64", nullable=True)]
    assert substitute_columns("U", bindings) == "U"


@pytest.mark.parametrize(
    ("given", "wanted", "answer"),
    [
        ("image/png", "image/*", "yes"),
        ("image/png", "*/*", "yes"),
        ("image/png", "image/jpeg", "no"),
        ("image/*", "image/png", "no"),
        ("text/plain; charset=utf-8", "text/plain", "yes"),
        ("text/plain", "text/plain; charset=utf-8", "no"),
        ("Image/PNG", "image/png", "yes"),
    ],
)
def test_media_types_fit_their_range(given: str, wanted: str, answer: str):
    assert judge_media_type(given, wanted).answer == answer
