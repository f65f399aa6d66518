"""What an edge really does: the adapter carried out on values, and the decision about it."""

import copy
import json
from random import Random
from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator

from contracts.schema import adapt, compile_adapter, judge_edge
from tests.contracts.schema.edges import EDGES
from tests.contracts.schema.generators import edited, nodes, realistic_schema, small_schema
from tests.contracts.schema.values import POOL, grown, suspects


@pytest.mark.parametrize(
    ("a", "b", "unknown", "answer"), [edge[1:] for edge in EDGES], ids=[edge[0] for edge in EDGES]
)
def test_an_edge_gives_its_answer(a: Any, b: Any, unknown: Any, answer: str):
    verdict = judge_edge(a, b, unknown=unknown)
    assert verdict.answer == answer, verdict
    if answer == "no":
        adapted = adapt(verdict.witness, b, unknown=unknown)
        for validator in (jsonschema_rs.Draft202012Validator, Draft202012Validator):
            assert validator(a).is_valid(verdict.witness)
            assert not validator(b).is_valid(adapted)


def with_defaults(random: Random, schema: Any) -> Any:
    """Some fields get a default, most of them a valid one; some objects are closed."""
    result = copy.deepcopy(schema)
    for node in nodes(result):
        for item in node.get("properties", {}).values():
            if isinstance(item, dict) and random.random() < 0.35:
                item["default"] = grown(random, item) if random.random() < 0.8 else random.choice(POOL)
        if "properties" in node and random.random() < 0.3:
            node["additionalProperties"] = False
    return result


def edge(seed: int) -> tuple[Any, Any, Any]:
    random = Random(seed)
    match seed % 3:
        case 0:
            a: Any = realistic_schema(random, 2)
            b: Any = with_defaults(random, edited(random, a))
        case 1:
            a, b = small_schema(random, 2), with_defaults(random, small_schema(random, 3))
        case _:
            a = small_schema(random, 2)
            b = with_defaults(random, edited(random, a) if isinstance(a, dict) and a else a)
    return a, b, random.choice(["strip", "strip", "reject"])


@pytest.mark.parametrize("batch", range(6))
def test_what_the_adapter_makes_of_a_value_agrees_with_the_verdict(batch: int):
    for seed in range(batch * 100, batch * 100 + 100):
        a, b, unknown = edge(seed)
        verdict = judge_edge(a, b, unknown=unknown)
        in_a, in_b = jsonschema_rs.Draft202012Validator(a), jsonschema_rs.Draft202012Validator(b)
        if verdict.answer == "no":
            assert in_a.is_valid(verdict.witness)
            assert not in_b.is_valid(adapt(verdict.witness, b, unknown=unknown))
        if verdict.answer == "yes":
            for value in suspects(Random(seed), a, b, 25):
                if in_a.is_valid(value):
                    adapted = adapt(value, b, unknown=unknown)
                    assert in_b.is_valid(adapted), (a, b, unknown, value, adapted)


def test_edges_are_decided():
    answers = [judge_edge(a, b, unknown=unknown).answer for a, b, unknown in map(edge, range(600, 1000))]
    assert answers.count("unknown") <= 0.03 * len(answers)


@pytest.mark.parametrize("seed", range(100))
def test_the_adapter_changes_nothing_that_is_given_and_settles_at_once(seed: int):
    a, b, unknown = edge(seed)
    adapter = compile_adapter(b, unknown)
    for value in suspects(Random(seed), a, b, 10):
        before = json.dumps(value)
        adapted = adapter(value)
        assert json.dumps(value) == before
        assert adapter(adapted) == adapted


def test_undeclared_fields_are_stripped_and_defaults_filled():
    schema = {
        "type": "object",
        "properties": {
            "rows": {"type": "array", "items": {"properties": {"id": {}}, "additionalProperties": False}},
            "limit": {"type": "integer", "default": 10},
            "deep": {"properties": {"x": {"default": 1}}},
        },
    }
    value = {"rows": [{"id": 1, "note": "n"}], "deep": {"y": 2}, "other": True}
    assert adapt(value, schema) == {"rows": [{"id": 1}], "deep": {"x": 1}, "limit": 10}
    assert adapt(value, schema, unknown="reject") == {**value, "deep": {"x": 1, "y": 2}, "limit": 10}


def test_a_filled_default_does_not_fill_itself_for_ever():
    schema = {
        "$ref": "#/$defs/n",
        "$defs": {"n": {"properties": {"next": {"$ref": "#/$defs/n", "default": {}}}}},
    }
    assert adapt({}, schema) == {"next": {}}


def test_values_of_other_kinds_pass_unchanged():
    for value in (None, 1, "x", [1, {"a": 1}]):
        assert adapt(value, {"properties": {"a": {"default": 1}}, "additionalProperties": False}) == value
