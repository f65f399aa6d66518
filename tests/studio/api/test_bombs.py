"""Documents that are meant to hurt, sent to the door: refused with a code, whoever sends them."""

import json

import pytest
from django.test import Client

from tests.studio.cast import Person, bearer

MIB = 1 << 20
VIEWER = "{ viewer { email } }"


def nested(depth: int) -> str:
    return "{ viewer " + "{ teams { team { members { user " * depth + "{ id }" + " } } } }" * depth + " }"


def doubling(depth: int) -> str:
    fragments = " ".join(f"fragment F{i} on User {{ ...F{i + 1} ...F{i + 1} }}" for i in range(depth))
    return f"{{ viewer {{ ...F0 }} }} {fragments} fragment F{depth} on User {{ id }}"


BOMBS = {
    "depth of 50": (400, {"query": nested(50)}),
    "depth of 10,000": (400, {"query": "{ viewer " * 10_000 + "}" * 10_000}),
    "10,000 aliases": (
        400,
        {"query": "{ " + " ".join(f"a{i}: viewer {{ id }}" for i in range(10_000)) + " }"},
    ),
    "10,000 directives": (400, {"query": "{ viewer " + "@include(if: true) " * 10_000 + "{ id } }"}),
    "10,000 equal fields": (400, {"query": "{ viewer { " + "id " * 10_000 + "} }"}),
    "10,000 arguments": (
        400,
        {"query": "{ viewer(" + " ".join(f"a{i}: 1" for i in range(10_000)) + ") { id } }"},
    ),
    "5,000 operations": (400, {"query": " ".join(f"query Q{i} {VIEWER}" for i in range(5_000))}),
    "fragment in itself": (400, {"query": "{ ...A } fragment A on Query { viewer { id } ...A }"}),
    "fragments in a circle": (
        400,
        {"query": "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"},
    ),
    "fragments that double": (400, {"query": doubling(40)}),
    "list value of depth 10,000": (
        400,
        {"query": "{ checkGraph(document: " + "[" * 10_000 + "]" * 10_000 + ") { problems { code } } }"},
    ),
    "document of 1 MiB": (413, {"query": VIEWER + " " * MIB}),
    "name of 200 KiB": (400, {"query": "{ " + "a" * (200 << 10) + " }"}),
    "string that does not end": (400, {"query": '{ viewer(a: "' + "x" * 100_000}),
    "batch": (400, [{"query": VIEWER}] * 1_000),
}
CODES = {"BAD_REQUEST", "TOO_COMPLEX", "UNAUTHENTICATED"}


def refused(client: Client, body: str | bytes) -> tuple[int, str]:
    response = client.post("/graphql", body, content_type="application/json")
    answer = response.json()
    assert "data" not in answer
    (error,) = answer["errors"]
    assert len(error["message"]) <= 1_000
    return response.status_code, error["extensions"]["code"]


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused(author: Person, name: str) -> None:
    status, body = BOMBS[name]
    for client in (author.client, bearer(author)):
        found, code = refused(client, json.dumps(body))
        assert (found, code in CODES - {"UNAUTHENTICATED"}) == (status, True)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_of_nobody_is_refused(db: None, name: str) -> None:
    found, code = refused(Client(), json.dumps(BOMBS[name][1]))
    assert found in (400, 401, 413)
    assert code in CODES


@pytest.mark.parametrize(
    "body",
    [
        '{"query": "{ viewer { id } }", "variables": {"a": ' + "[" * 100_000 + "]" * 100_000 + "}}",
        '{"query": "{ viewer { id } }", "variables": {"a": ' + "9" * 100_000 + "}}",
        "\ud800",
        "\x00",
    ],
    ids=["depth", "number", "surrogate", "nul"],
)
def test_json_that_is_meant_to_hurt_is_refused(author: Person, body: str) -> None:
    assert refused(author.client, body.encode("utf-8", "surrogatepass")) == (400, "BAD_REQUEST")


def test_deep_variables_within_json_are_answered_with_problems(author: Person) -> None:
    document: object = 1
    for _ in range(400):
        document = [document]
    answer = author.ask(
        "query($d: JSON!) { checkGraph(document: $d) { problems { code } } }", d={"nodes": document}
    )
    assert answer["data"]["checkGraph"]["problems"]
