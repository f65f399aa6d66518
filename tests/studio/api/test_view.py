"""The door /graphql: what it takes, what it refuses, and what it tells."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from graphql import get_introspection_query

from studio.teams.models import Token

VIEWER = "{ viewer { email } }"


def post(client: Client, body, **headers):
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post("/graphql", data, content_type="application/json", headers=headers)


def code_of(response) -> str:
    return response.json()["errors"][0]["extensions"]["code"]


@pytest.fixture
def token(author) -> tuple[Token, str]:
    row = Token.objects.create(
        user=author.user,
        title="CI",
        scopes=["viewer"],
        secret_hash=hashlib.sha256(b"se_cret").hexdigest(),
        expires_at=timezone.now() + timedelta(days=1),
    )
    return row, f"Bearer lam_{row.pk}_se_cret"


def test_a_signed_in_person_is_answered(author):
    assert author.ask(VIEWER) == {"data": {"viewer": {"email": "author@example.org"}}}


def test_nobody_signed_in_is_told_so_by_a_null_viewer(db):
    assert post(Client(), {"query": VIEWER}).json() == {"data": {"viewer": None}}


@pytest.mark.parametrize(
    "query", ['{ team(slug: "text") { slug } }', "{ __schema { description } }", "{ viewer { nme } }"]
)
def test_anonymous_clients_may_send_nothing_else(db, query):
    response = post(Client(), {"query": query})
    assert (response.status_code, code_of(response)) == (401, "UNAUTHENTICATED")
    assert "Did you mean" not in response.content.decode()


def test_anonymous_clients_may_send_persisted_documents(db, settings, tmp_path):
    document = 'query Team { team(slug: "text") { slug } }'
    settings.PERSISTED_DOCUMENTS = tmp_path / "documents.json"
    settings.PERSISTED_DOCUMENTS.write_text(json.dumps({"abc": document}))
    for body in (
        {"query": 'query  Team {\n team(slug: "text") { slug }\n}'},
        {"documentId": "abc"},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "abc"}}},
    ):
        response = post(Client(), body)
        assert (response.status_code, code_of(response)) == (200, "UNAUTHENTICATED")
        assert response.json()["data"] == {"team": None}


def test_signed_in_people_may_look_at_the_schema(author):
    assert author.ask(get_introspection_query())["data"]["__schema"]["queryType"]["name"] == "Query"


def test_a_session_needs_a_csrf_token(author):
    client = Client(enforce_csrf_checks=True)
    client.force_login(author.user)
    assert post(client, {"query": VIEWER}).status_code == 403


def test_who_has_no_session_needs_no_csrf_token(db):
    client = Client(enforce_csrf_checks=True)
    assert post(client, {"query": VIEWER}).json() == {"data": {"viewer": None}}


def test_credentials_of_a_proxy_are_not_taken_for_a_token(author):
    basic = "Basic dXNlcjpwYXNzd29yZA=="
    answer = post(author.client, {"query": VIEWER}, authorization=basic).json()
    assert answer == {"data": {"viewer": {"email": "author@example.org"}}}
    client = Client(enforce_csrf_checks=True)
    client.force_login(author.user)
    assert post(client, {"query": VIEWER}, authorization=basic).status_code == 403


def test_a_token_speaks_for_its_user_whatever_the_cookies_say(outsider, token):
    client = Client(enforce_csrf_checks=True)
    client.force_login(outsider.user)
    answer = post(client, {"query": VIEWER}, authorization=token[1]).json()
    assert answer == {"data": {"viewer": {"email": "author@example.org"}}}


def test_a_token_holds_no_more_roles_than_its_scopes(token):
    query = '{ team(slug: "text") { viewerRoles } }'
    answer = post(Client(), {"query": query}, authorization=token[1]).json()
    assert answer["data"]["team"]["viewerRoles"] == ["VIEWER"]


@pytest.mark.parametrize("spoil", ["secret", "expired", "revoked", "inactive", "garbage"])
def test_a_token_that_is_not_good_is_refused(outsider, token, spoil):
    row, header = token
    match spoil:
        case "secret":
            header += "x"
        case "expired":
            Token.objects.update(expires_at=timezone.now())
        case "revoked":
            Token.objects.update(revoked_at=timezone.now())
        case "inactive":
            type(row.user).objects.filter(pk=row.user.pk).update(is_active=False)
        case "garbage":
            header = "Bearer nonsense"
    client = Client()
    client.force_login(outsider.user)
    response = post(client, {"query": VIEWER}, authorization=header)
    assert (response.status_code, code_of(response)) == (401, "UNAUTHENTICATED")


def test_only_post_is_answered(author):
    response = author.client.get("/graphql", {"query": VIEWER})
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", "application/graphql", ""])
def test_other_content_types_are_refused(author, kind):
    response = author.client.post("/graphql", json.dumps({"query": VIEWER}), content_type=kind)
    assert response.status_code == 415


def test_a_large_document_is_refused(author):
    assert post(author.client, {"query": VIEWER + " " * (256 << 10)}).status_code == 413
    assert post(author.client, {"query": VIEWER, "variables": {"a": " " * (4 << 20)}}).status_code == 413
    assert post(Client(), {"query": VIEWER, "variables": {"a": " " * (256 << 10)}}).status_code == 413


def test_a_large_graph_is_taken_from_who_is_signed_in(author):
    assert post(author.client, {"query": VIEWER, "variables": {"a": " " * (1 << 20)}}).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[" * 100_000,
        [{"query": VIEWER}],
        {},
        {"query": ""},
        {"query": 7},
        {"query": VIEWER, "variables": []},
        {"query": VIEWER, "operationName": 3},
        {"query": VIEWER, "operationName": "Other"},
        {"query": VIEWER, "colour": "red"},
        {"query": "query A { __typename } query B { __typename }"},
        {"query": "fragment F on Query { __typename }"},
        {"query": "type A { b: Int }"},
        {"query": "{ viewer { nme } }"},
        {"query": "query($id: ID!) { node(id: $id) { id } }"},
        {"documentId": "unknown"},
    ],
)
def test_a_request_that_cannot_be_read_is_a_bad_request(author, body):
    response = post(author.client, body)
    assert (response.status_code, code_of(response)) == (400, "BAD_REQUEST")


def test_a_failure_is_masked_and_logged_under_its_id(author, monkeypatch, caplog):
    def explode(*_):
        raise RuntimeError("the database password is hunter2")

    monkeypatch.setattr("studio.teams.queries.team", explode)
    answer = author.ask('{ team(slug: "text") { slug } }')
    failure = answer["errors"][0]
    assert answer["data"] == {"team": None}
    assert failure["extensions"]["code"] == "INTERNAL"
    assert "hunter2" not in json.dumps(answer)
    assert failure["extensions"]["id"] in caplog.text
    assert "hunter2" in caplog.text


def test_half_of_a_surrogate_pair_is_no_text(author):
    response = post(
        author.client,
        '{"query": "query($s: String) { runs(search: $s) { edges { node { id } } } }",'
        ' "variables": {"s": "\\ud800"}}',
    )
    assert (response.status_code, code_of(response)) == (400, "BAD_REQUEST")
    assert author.ask("query($s: String) { runs(search: $s) { edges { cursor } } }", s="\U0001f600")["data"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"query": "{ viewer { email } }", "variables": {"s": "\xed\xa0\x80"}}',
        b'{"query": "{ viewer { email } }", "variables": {"s": "\xff"}}',
        '{"query": "{ viewer { email } }"}'.encode("utf-16"),
    ],
    ids=["half of a surrogate pair", "no UTF-8", "UTF-16"],
)
def test_json_is_utf_8(author, body):
    response = post(author.client, body)
    assert (response.status_code, response.json()["errors"][0]["message"]) == (400, "The body is not JSON.")
