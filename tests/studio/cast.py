"""People of the tests, and what they publish."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.canonical import canonical_bytes
from modules_catalog.bundle import write_bundle
from studio.api.nodes import global_id
from studio.teams.actions.create_token import create_token
from studio.teams.models import Membership, Team, User
from studio.teams.viewer import Viewer, viewer_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member of the cast: acts directly (`viewer`) or over HTTP (`client`, `ask`)."""

    user: User
    team: Team

    @property
    def viewer(self) -> Viewer:
        return viewer_for(self.user, address="192.0.2.1")

    @property
    def client(self) -> Client:
        client = Client()
        client.force_login(self.user)
        return client

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The whole answer to a GraphQL document."""
        return ask(self.client, query, **variables)

    def do(self, mutation: str, done: str = "__typename", **input: Any) -> dict[str, Any]:
        """Call one mutation: the fields of its result, or __typename and problems of a refusal."""
        kind = mutation[0].upper() + mutation[1:]
        document = (
            f"mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ __typename "
            f"... on {kind}Done {{ {done} }} ... on Refusal {{ problems {{ code path message }} }} "
            f"... on Conflict {{ current }} }} }}"
        )
        answer = self.ask(document, input=input)
        assert "errors" not in answer, answer["errors"]
        return answer["data"][mutation]


def query_count(person: Person, query: str, **variables: Any) -> int:
    """How many database queries the answer to a document takes."""
    client = person.client
    with CaptureQueriesContext(connection) as captured:
        answer = ask(client, query, **variables)
    assert "errors" not in answer, answer
    return len(captured)


WORD_COUNT = Path(__file__).parent.parent / "vectors" / "word-count"


def ask(client: Client, query: str, **variables: Any) -> dict[str, Any]:
    body = json.dumps({"query": query, "variables": variables})
    return client.post("/graphql", body, content_type="application/json").json()


def bearer(who: Person | str, *scopes: str) -> Client:
    """A client that sends a token: one of a person's with `scopes` (viewer if none), or the text of one."""
    if isinstance(who, Person):
        _, who = create_token(who.viewer, title="Test", scopes=scopes or ("viewer",), days=1)
    return Client(headers={"Authorization": f"Bearer {who}"})


def person(name: str, team: Team, *roles: str) -> Person:
    user = User.objects.create(email=f"{name}@example.org", name=name.title())
    Membership.objects.create(user=user, team=team, roles=list(roles))
    return Person(user=user, team=team)


def word_count(version: str = "1.2.0", *, contract: Any = None, **files: str | None) -> bytes:
    """The zip of the example module under another number, with another contract or other files.

    `files` are named with `__` for `.`; None leaves one out.
    """
    found = {str(path.relative_to(WORD_COUNT)): path.read_bytes() for path in WORD_COUNT.rglob("*.*")}
    manifest = found["module.toml"].decode().replace('"1.2.0"', f'"{version}"')
    found["module.toml"] = manifest.encode()
    if contract is not None:
        found["contract.json"] = canonical_bytes(contract)
    for key, text in files.items():
        name = key.replace("__", ".")
        found.pop(name, None)
        if text is not None:
            found[name] = text.encode()
    return write_bundle(found)


def word_count_contract(**changes: Any) -> Any:
    """The contract.json of the example module with some of its keys replaced."""
    return {**json.loads((WORD_COUNT / "contract.json").read_text()), **changes}


def gid(row: Any) -> str:
    """The global id of a row."""
    names = {"Comment": "ReviewComment"}
    name = type(row).__name__
    return global_id(names.get(name, name), row.pk)


TEXT_PORT = {"media": "json", "schema": {"type": "string", "maxLength": 1000}}


def counting_graph(pin: str = "1.2.0", *, title: str = "Count", **changes: Any) -> dict[str, Any]:
    """text → text/word-count → counts; `changes` replace keys of the document."""
    return {
        "format": "lamina/graph@1",
        "title": title,
        "nodes": {
            "text": {"kind": "input", "name": "text", "port": TEXT_PORT},
            "count": {"kind": "module", "module": "text/word-count", "pin": pin},
            "out": {"kind": "output", "name": "counts"},
        },
        "edges": {"text:value>count:text": {}, "count:counts>out:value": {}},
        **changes,
    }
