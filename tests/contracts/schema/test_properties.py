"""What must hold for every pair of schemas, whatever they say."""

import copy
import json
from random import Random
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from contracts.schema import contains
from tests.contracts.schema.generators import edited, nodes, realistic_schema, small_schema
from tests.contracts.schema.small_world import small_values, world_pair
from tests.contracts.schema.strategies import values_of
from tests.contracts.schema.values import suspects

STEADY = settings(
    derandomize=True,
    deadline=None,
    max_examples=60,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def pair(seed: int) -> tuple[Any, Any]:
    """Two schemas: edits of realistic ones, edits of odd ones, or two odd ones."""
    random = Random(seed)
    match seed % 3:
        case 0:
            a: Any = realistic_schema(random, 2)
            b: Any = edited(random, a)
        case 1:
            a = small_schema(random, 2)
            b = edited(random, a) if isinstance(a, dict) and a else small_schema(random, 2)
        case _:
            a, b = small_schema(random, 2), small_schema(random, 2)
    return (b, a) if seed % 2 else (a, b)


def accepts(schema: Any, value: Any) -> bool:
    return bool(jsonschema_rs.Draft202012Validator(schema).is_valid(value))


@pytest.mark.parametrize("batch", range(6))
def test_a_yes_is_never_refuted_by_boundary_values_or_mutations(batch: int):
    for seed in range(batch * 100, batch * 100 + 100):
        a, b = pair(seed)
        if contains(a, b).answer == "yes":
            in_a, in_b = jsonschema_rs.Draft202012Validator(a), jsonschema_rs.Draft202012Validator(b)
            for value in suspects(Random(seed), a, b, 30):
                assert not in_a.is_valid(value) or in_b.is_valid(value), (a, b, value)


@STEADY
@given(st.integers(0, 10_000), st.data())
def test_a_yes_is_never_refuted_by_hypothesis(seed: int, data: st.DataObject):
    a, b = pair(seed)
    assume(contains(a, b).answer == "yes")
    for _ in range(4):
        value = data.draw(values_of(a))
        assert not accepts(a, value) or accepts(b, value)


@pytest.mark.parametrize("batch", range(3))
def test_a_witness_convinces_both_validators(batch: int):
    for seed in range(10_000 + batch * 80, 10_000 + batch * 80 + 80):
        a, b = pair(seed)
        verdict = contains(a, b)
        if verdict.answer == "no":
            assert accepts(a, verdict.witness)
            assert not accepts(b, verdict.witness)
            assert Draft202012Validator(a).is_valid(verdict.witness), (a, b, verdict.witness)
            assert not Draft202012Validator(b).is_valid(verdict.witness), (a, b, verdict.witness)


@pytest.mark.parametrize("batch", range(6))
def test_every_value_of_a_small_world_agrees(batch: int):
    for seed in range(batch * 250, batch * 250 + 250):
        a, b = world_pair(Random(seed))
        verdict = contains(a, b)
        in_a, in_b = jsonschema_rs.Draft202012Validator(a), jsonschema_rs.Draft202012Validator(b)
        outside = [value for value in small_values() if in_a.is_valid(value) and not in_b.is_valid(value)]
        assert verdict.answer == "no" if outside else verdict.answer in ("yes", "no"), (a, b, outside)


@pytest.mark.parametrize("seed", range(150))
def test_a_schema_contains_itself_also_in_other_words(seed: int):
    a, _ = pair(seed)
    assert contains(a, a).answer == "yes"
    assert contains(a, {"allOf": [a, {"description": "the same"}]}).answer == "yes"
    assert contains({"anyOf": [a, False]}, a).answer == "yes"
    assert contains({"not": {"not": a}}, a).answer == "yes"


@pytest.mark.parametrize("seed", range(150))
def test_unions_grow_and_intersections_shrink(seed: int):
    a, b = pair(seed)
    assert contains(a, {"anyOf": [b, a]}).answer == "yes"
    assert contains({"allOf": [b, a]}, a).answer == "yes"
    assert contains({"allOf": [a, {"not": a}]}, False).answer == "yes"
    assert contains(True, {"anyOf": [a, {"not": a}]}).answer == "yes"


def test_yes_and_yes_is_never_no():
    seen = 0
    for seed in range(120):
        random = Random(seed)
        schemas = [realistic_schema(random, 1)]
        schemas += [edited(random, schemas[0]) for _ in range(3)]
        yes = {(i, j) for i in range(4) for j in range(4) if contains(schemas[i], schemas[j]).answer == "yes"}
        for i, j in yes:
            for k in range(4):
                if (j, k) in yes:
                    seen += 1
                    assert (i, k) in yes, (schemas[i], schemas[j], schemas[k])
    assert seen > 300


def renamed(schema: Any, names: dict[str, str]) -> Any:
    text = json.dumps(schema)
    for old, new in names.items():
        text = text.replace(f'"{old}"', f'"{new}"')
    return json.loads(text)


@pytest.mark.parametrize("seed", range(80))
def test_other_names_of_fields_change_nothing(seed: int):
    a = realistic_schema(Random(seed), 2)
    b = edited(Random(seed), a)
    names = {"id": "f1", "name": "f2", "kind": "f3", "size": "f4", "tags": "f5", "owner": "f6", "note": "f7"}
    assert contains(a, b).answer == contains(renamed(a, names), renamed(b, names)).answer


def shuffled(random: Random, schema: Any) -> Any:
    if isinstance(schema, dict):
        keys = list(schema)
        random.shuffle(keys)
        return {key: shuffled(random, schema[key]) for key in keys}
    return [shuffled(random, item) for item in schema] if isinstance(schema, list) else schema


@pytest.mark.parametrize("seed", range(80))
def test_the_order_of_keywords_changes_nothing(seed: int):
    a, b = pair(seed)
    random = Random(seed)
    assert contains(a, b).answer == contains(shuffled(random, a), shuffled(random, b)).answer


def with_references(schema: Any) -> Any:
    """The schema with every part behind a reference."""
    definitions: dict[str, Any] = {}
    result = copy.deepcopy(schema)
    for node in nodes(result)[::-1]:
        if node is not result:
            name = f"d{len(definitions)}"
            definitions[name] = dict(node)
            node.clear()
            node["$ref"] = f"#/$defs/{name}"
    return {**result, "$defs": definitions} if isinstance(result, dict) else result


@pytest.mark.parametrize("seed", range(80))
def test_references_mean_what_they_refer_to(seed: int):
    a, b = pair(seed * 3)
    answer = contains(a, b).answer
    assert contains(with_references(a), b).answer == answer
    assert contains(a, with_references(b)).answer == answer
    assert contains(with_references(a), with_references(b)).answer == answer


def test_edits_of_realistic_schemas_are_decided():
    answers = []
    for seed in range(500):
        a = realistic_schema(Random(seed), 3)
        answers.append(contains(a, edited(Random(seed + 1), a)).answer)
    assert answers.count("unknown") <= 0.03 * len(answers)
