"""Every rule of the decision, on pairs whose answer was worked out by hand."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from contracts.schema import DEFAULT_FUEL, contains
from tests.contracts.schema.rules import CASES, UNSOUND
from tests.contracts.schema.strictness import KILLERS


@pytest.mark.parametrize(
    ("a", "b", "answer"),
    [case[1:] for case in (*CASES, *KILLERS)],
    ids=[f"{case[0]} {n}" for n, case in enumerate((*CASES, *KILLERS))],
)
def test_a_rule_gives_its_answer(a: Any, b: Any, answer: str):
    verdict = contains(a, b)
    assert verdict.answer == answer, verdict
    assert verdict.has_witness == (answer == "no")
    assert bool(verdict.proof) == (answer == "yes")


@pytest.mark.parametrize(("a", "b", "value"), UNSOUND)
def test_an_answer_that_a_known_tool_gets_wrong(a: Any, b: Any, value: Any):
    assert Draft202012Validator(a).is_valid(value)
    assert not Draft202012Validator(b).is_valid(value)
    verdict = contains(a, b)
    assert verdict.answer == "no"
    assert Draft202012Validator(a).is_valid(verdict.witness)
    assert not Draft202012Validator(b).is_valid(verdict.witness)


def test_a_no_says_where_and_why():
    a = {"type": "object", "properties": {"size": {"type": "number"}}, "required": ["size"]}
    b = {"type": "object", "properties": {"size": {"type": "integer"}}}
    verdict = contains(a, b)
    assert verdict.witness == {"size": 0.5}
    assert verdict.pointer_a == "/properties/size"
    assert verdict.pointer_b == "/properties/size/type"
    assert verdict.keyword == "type"
    assert verdict.reason == 'At /size: 0.5 is not of type "integer"'


def test_an_unknown_says_what_could_not_be_decided():
    verdict = contains({"type": "string", "minLength": 4}, {"pattern": "^(?!a)(?=b)c|(?<=d)e|...."})
    assert verdict.answer == "unknown"
    assert verdict.keyword == "pattern"
    assert "look-around" in verdict.reason


def test_the_answer_is_the_same_every_time():
    a = {"anyOf": [{"properties": {"t": {"const": n}, "x": {"type": "integer"}}} for n in range(6)]}
    b = {"anyOf": [{"properties": {"t": {"const": n}, "x": {"type": "number"}}} for n in range(6)]}
    assert contains(a, b) == contains(a, b)
    assert contains(b, a) == contains(b, a)


def test_without_fuel_the_answer_is_unknown():
    a = {"type": "object", "properties": {"a": {"type": "string", "pattern": "^a+$"}}}
    b = {"type": "object", "properties": {"a": {"type": "string", "pattern": "^[ab]+$"}}}
    assert contains(a, b, fuel=3).answer == "unknown"
    assert "fuel" in contains(a, b, fuel=3).reason
    assert contains(a, b, fuel=DEFAULT_FUEL).answer == "yes"
