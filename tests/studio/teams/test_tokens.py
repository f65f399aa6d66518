"""Tokens: made once, narrowed to their scopes, revoked at once."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from studio.api.nodes import global_id
from studio.teams.models import Token
from tests.studio.cast import Person, ask


def made(person: Person, **changes: object) -> str:
    given = {"title": "CI", "scopes": ["viewer"], "days": 7} | changes
    return person.do("createToken", "secret token { id scopes }", **given)["secret"]


def bearer(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"})


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


def test_a_revoked_token_is_refused(owner: Person) -> None:
    secret = made(owner)
    done = owner.do("revokeToken", token=global_id("Token", Token.objects.get().pk))
    assert done["__typename"] == "RevokeTokenDone"
    assert bearer(secret).post("/graphql", "{}", content_type="application/json").status_code in (400, 401)
    assert ask(bearer(secret), "{ viewer { id } }")["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_an_expired_token_is_refused(owner: Person) -> None:
    secret = made(owner)
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert ask(bearer(secret), "{ viewer { id } }")["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_the_outsider_may_not_revoke_anothers_token(owner: Person, outsider: Person) -> None:
    made(owner)
    done = outsider.do("revokeToken", token=global_id("Token", Token.objects.get().pk))
    assert done["__typename"] == "NotFound"
    assert Token.objects.get().revoked_at is None


def test_a_token_expires_when_it_says(owner: Person) -> None:
    made(owner, days=90)
    assert Token.objects.get().expires_at <= timezone.now() + timedelta(days=90)
