"""The suite notices a bug in any rule: each is planted, and some pair with a known answer must come out wrong."""

from collections.abc import Iterator
from contextlib import ExitStack
from random import Random
from typing import Any

import jsonschema_rs
import pytest

from contracts.schema import adapt, contains, judge_edge
from tests.contracts.schema.edges import EDGES
from tests.contracts.schema.planted import PLANTED, planted
from tests.contracts.schema.rules import CASES
from tests.contracts.schema.small_world import small_values, world_pair
from tests.contracts.schema.strictness import KILLERS


def complaints() -> Iterator[str]:
    """What the suite has to say about the checker as it is now, the cheap checks first."""
    for name, a, b, answer in (*CASES, *KILLERS):
        if contains(a, b).answer != answer:
            yield f"{name}: {a} in {b} is {answer}"
    for name, source, target, unknown, answer in EDGES:
        if judge_edge(source, target, unknown=unknown).answer != answer:
            yield f"{name}: {answer}"
        yield from _wrongly_adapted(name, source, target, unknown, answer)
    for seed in range(600):
        a, b = world_pair(Random(seed))
        answer = contains(a, b).answer
        if answer == "unknown" or (answer == "yes" and _is_refuted(a, b)):
            yield f"small world {seed}"


def _wrongly_adapted(name: str, a: Any, b: Any, unknown: Any, answer: str) -> Iterator[str]:
    in_a, in_b = jsonschema_rs.Draft202012Validator(a), jsonschema_rs.Draft202012Validator(b)
    for value in small_values() if answer == "yes" else ():
        if in_a.is_valid(value) and not in_b.is_valid(adapt(value, b, unknown=unknown)):
            yield f"{name}: {value}"


def _is_refuted(a: Any, b: Any) -> bool:
    in_a, in_b = jsonschema_rs.Draft202012Validator(a), jsonschema_rs.Draft202012Validator(b)
    return any(in_a.is_valid(value) and not in_b.is_valid(value) for value in small_values())


@pytest.mark.parametrize(
    ("module", "function", "old", "new"),
    PLANTED,
    ids=[f"{m}.{f} {n}" for n, (m, f, _, _) in enumerate(PLANTED)],
)
def test_a_planted_bug_is_noticed(module: str, function: str, old: str, new: str):
    with planted(module, function, old, new):
        assert next(complaints(), None) is not None


def test_without_a_bug_there_is_nothing_to_notice():
    assert list(complaints()) == []
    with ExitStack() as stack:
        for module, function, old in {item[:2]: item[:3] for item in PLANTED}.values():
            stack.enter_context(planted(module, function, old, old))
        assert list(complaints()) == []
    assert list(complaints()) == []
