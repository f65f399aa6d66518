"""The fixed cast: an owner, a reviewer and an author of one team, and an outsider of another."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

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


def ask(client: Client, query: str, **variables: Any) -> dict[str, Any]:
    body = json.dumps({"query": query, "variables": variables})
    return client.post("/graphql", body, content_type="application/json").json()


def person(name: str, team: Team, *roles: str) -> Person:
    user = User.objects.create(email=f"{name}@example.org", name=name.title())
    Membership.objects.create(user=user, team=team, roles=list(roles))
    return Person(user=user, team=team)


@pytest.fixture
def team(db: None) -> Team:
    return Team.objects.create(slug="text", title="Text")


@pytest.fixture
def other_team(db: None) -> Team:
    return Team.objects.create(slug="elsewhere", title="Elsewhere")


@pytest.fixture
def owner(team: Team) -> Person:
    return person("owner", team, "admin")


@pytest.fixture
def reviewer(team: Team) -> Person:
    return person("reviewer", team, "reviewer")


@pytest.fixture
def author(team: Team) -> Person:
    return person("author", team, "author")


@pytest.fixture
def watcher(team: Team) -> Person:
    """A member who may look and nothing else."""
    return person("watcher", team, "viewer")


@pytest.fixture
def outsider(other_team: Team) -> Person:
    return person("outsider", other_team, "admin")
