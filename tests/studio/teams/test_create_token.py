"""Making a token: its text is shown once, and it may no more than its scopes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from studio.audit.models import AuditEntry
from studio.teams.models import Token
from tests.studio.cast import Person, ask, bearer, gid

GIVEN = {"title": "CI", "scopes": ["viewer"], "days": 7}


def test_a_token_speaks_for_its_user(owner: Person) -> None:
    done = owner.do("createToken", "secret token { id scopes }", **GIVEN)
    token = Token.objects.get()
    assert done["token"] == {"id": gid(token), "scopes": ["viewer"]}
    assert done["secret"].startswith(f"lam_{token.pk}_")
    answer = ask(bearer(done["secret"]), "{ viewer { email } }")
    assert answer["data"]["viewer"]["email"] == owner.user.email
    token.refresh_from_db()
    assert token.last_used_at is not None


def test_neither_the_table_nor_the_audit_keeps_the_secret(owner: Person) -> None:
    secret = owner.do("createToken", "secret", **GIVEN)["secret"].rpartition("_")[2]
    entry = AuditEntry.objects.get(action="create_token")
    assert entry.after == {"scopes": ["viewer"], "days": 7}
    assert secret not in f"{vars(Token.objects.get())} {vars(entry)}"


def test_a_token_may_no_more_than_its_scopes(owner: Person) -> None:
    query = '{ team(slug: "text") { viewerRoles } }'
    assert ask(bearer(owner), query)["data"]["team"]["viewerRoles"] == ["VIEWER"]


def test_a_token_may_no_more_than_its_person(watcher: Person) -> None:
    query = '{ team(slug: "text") { viewerRoles } }'
    assert ask(bearer(watcher, "admin"), query)["data"]["team"]["viewerRoles"] == ["VIEWER"]


def test_a_token_makes_no_token(owner: Person) -> None:
    query = 'mutation { createToken(input: {title: "x", scopes: ["admin"], days: 9}) { __typename } }'
    assert ask(bearer(owner, "admin"), query)["data"]["createToken"]["__typename"] == "Forbidden"
    assert Token.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"days": 91}, "/days"),
        ({"days": 0}, "/days"),
        ({"scopes": []}, "/scopes"),
        ({"scopes": ["root"]}, "/scopes"),
        ({"title": " "}, "/title"),
        ({"title": "x" * 121}, "/title"),
    ],
)
def test_wrong_input_is_invalid(owner: Person, changes: dict[str, object], path: str) -> None:
    done = owner.do("createToken", **(GIVEN | changes))
    assert (done["__typename"], done["problems"][0]["path"]) == ("Invalid", path)
    assert not Token.objects.exists()


def test_a_token_expires_when_it_says(owner: Person) -> None:
    secret = owner.do("createToken", "secret", **(GIVEN | {"days": 90}))["secret"]
    assert Token.objects.get().expires_at <= timezone.now() + timedelta(days=90)
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = ask(bearer(secret), "{ viewer { id } }")
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_the_outsider_may_not_see_the_team_or_its_tokens_with_one(owner: Person, outsider: Person) -> None:
    owner.do("createToken", **GIVEN)
    query = 'query($id: ID!) { team(slug: "text") { id } node(id: $id) { id } viewer { tokens { title } } }'
    answer = ask(bearer(outsider, "admin"), query, id=gid(Token.objects.get(user=owner.user)))
    assert answer["data"] == {"team": None, "node": None, "viewer": {"tokens": [{"title": "Test"}]}}
