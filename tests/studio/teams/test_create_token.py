"""Tokens: made once, narrowed to their scopes, good for their time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from studio.teams.models import Token
from tests.studio.cast import Person, ask
from tests.studio.teams.tokens import bearer, made


def test_a_token_speaks_for_its_user(owner: Person) -> None:
    secret = made(owner)
    assert secret.startswith("lam_")
    assert secret.rpartition("_")[2] not in Token.objects.get().secret_hash
    answer = ask(bearer(secret), "{ viewer { email } }")
    assert answer["data"]["viewer"]["email"] == owner.user.email
    assert Token.objects.get().last_used_at is not None


def test_a_token_may_no_more_than_its_scopes(owner: Person) -> None:
    query = '{ team(slug: "text") { viewerRoles } }'
    assert ask(bearer(made(owner)), query)["data"]["team"]["viewerRoles"] == ["VIEWER"]


def test_a_token_makes_no_token(owner: Person) -> None:
    client = bearer(made(owner, scopes=["admin"]))
    query = 'mutation { createToken(input: {title: "x", scopes: ["admin"], days: 9}) { __typename } }'
    assert ask(client, query)["data"]["createToken"]["__typename"] == "Forbidden"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"days": 91}, "/days"),
        ({"days": 0}, "/days"),
        ({"scopes": []}, "/scopes"),
        ({"scopes": ["root"]}, "/scopes"),
        ({"title": " "}, "/title"),
    ],
)
def test_wrong_input_is_invalid(owner: Person, changes: dict[str, object], path: str) -> None:
    done = owner.do("createToken", **({"title": "CI", "scopes": ["viewer"], "days": 7} | changes))
    assert (done["__typename"], done["problems"][0]["path"]) == ("Invalid", path)
    assert not Token.objects.exists()


def test_an_expired_token_is_refused(owner: Person) -> None:
    secret = made(owner)
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert ask(bearer(secret), "{ viewer { id } }")["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_a_token_expires_when_it_says(owner: Person) -> None:
    made(owner, days=90)
    assert Token.objects.get().expires_at <= timezone.now() + timedelta(days=90)
