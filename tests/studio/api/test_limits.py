"""Documents that ask for too much are refused before anything is resolved."""

import pytest
from graphql import get_introspection_query

from studio.api.failures import RequestRefused
from studio.api.limits import parse_and_limit
from studio.api.schema import schema


def prepare(source: str, **variables):
    return parse_and_limit(source, schema=schema.graphql_schema, variables=variables)


def nested(depth: int) -> str:
    return "{ viewer " + "{ teams { team { members { user " * depth + "{ id }" + " } } } }" * depth + " }"


BOMBS = {
    "depth": nested(12),
    "very deep": "{ viewer " + "{ teams " * 1500 + "{ id }" + "}" * 1500 + "}",
    "aliases": "{ " + " ".join(f"a{i}: viewer {{ id }}" for i in range(31)) + " }",
    "root fields": "{ " + "__typename " * 21 + "}",
    "fields": "{ viewer { " + "id " * 501 + "} }",
    "repeated fields": "{ viewer { " + "id " * 12 + "} }",
    "repeated in inline fragments": "{ viewer { " + "... on User { id } " * 12 + "} }",
    "spreads": "{ viewer { " + "...F " * 61 + "} } fragment F on User { id }",
    "directives": "{ viewer " + "@include(if: true) " * 51 + "{ id } }",
    "tokens": "{ viewer { " + "id " * 5000 + "} }",
    "cost": nested(2).replace(
        "members", "members { user { teams { team { members { user { id } } } } } } members"
    ),
    "introspection": "{ __schema { types " + "{ fields { type " * 4 + "{ name }" + " } }" * 4 + " } }",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_too_complex(bomb):
    with pytest.raises(RequestRefused) as caught:
        prepare(BOMBS[bomb])
    assert caught.value.code == "TOO_COMPLEX"


@pytest.mark.parametrize(
    "source",
    [
        "{ ...A } fragment A on Query { ...A }",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { viewer { id } ...A }",
        "{ __typename } fragment A on User { teams { user { ...A } } }",
    ],
)
def test_a_fragment_that_contains_itself_is_refused(source):
    with pytest.raises(RequestRefused, match="contains itself") as caught:
        prepare(source)
    assert caught.value.code == "BAD_REQUEST"


def test_fragments_that_double_are_weighed_without_being_written_out():
    doubling = " ".join(f"fragment F{i} on User {{ ...F{i + 1} ...F{i + 1} }}" for i in range(30))
    with pytest.raises(RequestRefused) as caught:
        prepare(f"{{ viewer {{ ...F0 }} }} {doubling} fragment F30 on User {{ id name }}")
    assert caught.value.code == "TOO_COMPLEX"


def test_the_standard_introspection_query_passes():
    assert prepare(get_introspection_query()).kind.value == "query"


def test_a_long_list_costs_more_than_a_short_one():
    short = prepare("{ viewer { id } }").cost
    assert prepare("{ viewer { teams { roles } } }").cost > short


STARTS = (
    "mutation($input: StartRunsInput!) { startRuns(input: $input) { ... on StartRunsDone { runs { %s } } } }"
)


def test_an_answer_is_as_long_as_the_list_that_was_given():
    few, many = (
        prepare(STARTS % "id title", input={"graph": "g", "each": [{}] * n}).cost for n in (20, 1_000)
    )
    assert many > 40 * few
    written = (
        'mutation { startRuns(input: {graph: "g", each: [{}, {}]}) { ... on StartRunsDone { runs { id } } } }'
    )
    assert prepare(written).cost < few
    within = written.replace("[{}, {}]", "$each").replace("mutation", "mutation($each: [JSON!]!)")
    assert prepare(within, each=[{}] * 1_000).cost > few
    # What cannot be told counts as the longest.
    assert prepare(within).cost == prepare(within, each=[{}] * 1_000).cost


def test_what_is_read_for_each_run_by_itself_is_not_read_for_a_thousand():
    with pytest.raises(RequestRefused) as caught:
        prepare(STARTS % "id view", input={"graph": "g", "each": [{}] * 1_000})
    assert caught.value.code == "TOO_COMPLEX"
    assert prepare(STARTS % "id view", input={"graph": "g", "each": [{}] * 100})
