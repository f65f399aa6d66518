"""What a port may say, its guard at run time, and schemas that stand in a contract file."""

from typing import Any

import pytest

from contracts.problems import ProblemsError
from contracts.schema import check_port_schema, compile_guard, contains, infer, is_in_subset, localise
from contracts.schema.guard import MAX_PROBLEMS


@pytest.mark.parametrize(
    ("schema", "code", "path"),
    [
        (5, "not_a_schema", ""),
        ({"properties": {"a": 5}}, "not_a_schema", "/properties/a"),
        ({"items": {"$ref": "https://elsewhere.example/text.json"}}, "remote_ref", "/items/$ref"),
        ({"$ref": "#/$defs/a"}, "unknown_ref", "/$ref"),
        ({"$ref": "#name"}, "anchor_ref", "/$ref"),
        (
            {"allOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {"$ref": "#/$defs/a"}}},
            "endless_ref",
            "/allOf/0/$ref",
        ),
        ({"$dynamicRef": "#a"}, "refused_keyword", "/$dynamicRef"),
        ({"$anchor": "a"}, "refused_keyword", "/$anchor"),
        ({"$id": "https://a.example/"}, "refused_keyword", "/$id"),
        ({"unevaluatedProperties": False}, "refused_keyword", "/unevaluatedProperties"),
        ({"not": {"unevaluatedItems": False}}, "refused_keyword", "/not/unevaluatedItems"),
        ({"dependencies": {}}, "refused_keyword", "/dependencies"),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, "other_dialect", "/$schema"),
        ({"pattern": "(?=a)b"}, "pattern", "/pattern"),
        ({"patternProperties": {"(a)\\1": {}}}, "pattern", "/patternProperties/(a)\\1"),
        ({"maximum": 2**63}, "number_range", "/maximum"),
        ({"const": {"a": [-(2**70)]}}, "number_range", "/const/a/0"),
        ({"minimum": float("inf")}, "number_range", "/minimum"),
        ({"type": "text"}, "not_a_schema", "/type"),
        ({"required": "a"}, "not_a_schema", "/required"),
        ({"properties": {"a": {"type": "integer", "default": "x"}}}, "bad_default", "/properties/a/default"),
    ],
    ids=str,
)
def test_what_is_refused_has_its_place_and_what_to_write(schema: Any, code: str, path: str):
    problems = check_port_schema(schema)
    assert (code, path) in [(problem.code, problem.path) for problem in problems], problems
    assert all(len(problem.message) > 10 for problem in problems)


def test_a_schema_refers_to_the_definitions_of_its_contract_file():
    root = {"$defs": {"Row": {"type": "object", "properties": {"next": {"$ref": "#/$defs/Row"}}}}}
    schema = {"type": "array", "items": {"$ref": "#/$defs/Row"}}
    assert check_port_schema(schema, root=root) == []
    assert [problem.code for problem in check_port_schema(schema)] == ["unknown_ref"]


@pytest.mark.parametrize(
    "schema",
    [
        True,
        {"type": "string", "format": "date", "description": "format only describes"},
        {"oneOf": [{"type": "integer"}, {"if": {"type": "string"}, "then": {"minLength": 1}}]},
        {"properties": {"$id": {"type": "string"}, "unevaluatedItems": {}}, "enum": [{"$ref": "x"}]},
    ],
    ids=str,
)
def test_what_is_allowed_has_no_problem(schema: Any):
    assert check_port_schema(schema) == []


def test_the_subset_is_what_is_decided_completely():
    assert is_in_subset(
        {"type": "object", "properties": {"a": {"anyOf": [{"pattern": "^a+$"}, {"const": 1}]}}}
    )
    for schema in (
        {"not": {}},
        {"oneOf": [{}]},
        {"pattern": "(?=a)"},
        {"uniqueItems": True},
        {"$id": "x"},
        5,
    ):
        assert not is_in_subset(schema)


def test_localise_copies_what_is_needed_and_nothing_else():
    root = {
        "$defs": {"A": {"items": {"$ref": "#/$defs/B"}}, "B": {"type": "integer"}, "C": True},
        "ports": {"in": {"x": {"schema": {"minimum": 1}}}},
    }
    assert localise({"$ref": "#/$defs/A"}, root) == {
        "$ref": "#/$defs/A",
        "$defs": {"A": {"items": {"$ref": "#/$defs/B"}}, "B": {"type": "integer"}},
    }
    local = localise({"properties": {"a": {"$ref": "#/ports/in/x/schema"}}}, root)
    assert contains(local, {"properties": {"a": {"minimum": 0}}}).answer == "yes"
    assert contains(local, {"properties": {"a": {"minimum": 2}}}).answer == "no"
    assert localise(True, root) is True
    assert localise({"const": {"$ref": "#/$defs/A"}}, root) == {"const": {"$ref": "#/$defs/A"}}


def test_a_guard_says_where_and_why():
    guard = compile_guard({"properties": {"a": {"items": {"type": "integer"}}}, "required": ["b"]})
    assert guard.is_valid({"a": [1], "b": 0})
    problems = guard.problems({"a": [1, "x"]})
    assert {problem.path for problem in problems} == {"", "/a/1"}
    assert any(
        "is not of type" in problem.message and "/properties/a/items/type" in problem.message
        for problem in problems
    )


def test_a_guard_answers_whatever_it_is_given():
    guard = compile_guard({"type": "array", "items": {"type": "integer"}})
    assert len(guard.problems(["x"] * 1000)) == MAX_PROBLEMS
    nested: Any = []
    for _ in range(5000):
        nested = [nested]
    for value in (nested, object(), {1, 2}, "\ud800"):
        assert not guard.is_valid(value)
        assert guard.problems(value)


def test_a_guard_matches_in_linear_time():
    guard = compile_guard({"pattern": "^(a+)+$"})
    assert not guard.is_valid("a" * 100_000 + "!")
    with pytest.raises(ProblemsError):
        compile_guard({"pattern": "(?=a)b"})


def test_what_is_no_schema_has_no_guard():
    for schema in ({"type": 5}, 7, {"$ref": "https://elsewhere.example/x"}, {"$ref": "#/nowhere"}):
        with pytest.raises(ProblemsError) as raised:
            compile_guard(schema)
        assert raised.value.problems[0].code == "not_a_schema"


def test_infer_tells_records_lists_and_maps_apart():
    assert infer([1, 2.5, None]) == {"type": ["null", "number"]}
    assert infer([[1], []]) == {"type": "array", "items": {"type": "integer"}}
    assert infer([{"a": 1, "b": "x"}, {"a": 2}]) == {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "string"}},
        "required": ["a"],
        "additionalProperties": False,
    }
    words = [{f"w{n}": n} for n in range(20)]
    assert infer(words) == {"type": "object", "additionalProperties": {"type": "integer"}}
    assert infer(["a", [True]]) == {
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "boolean"}}]
    }
    assert infer([]) is True
