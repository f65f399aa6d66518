"""Revoking a token: what it opened is closed at once."""

from studio.audit.models import AuditEntry
from studio.teams.models import Token
from tests.studio.cast import Person, ask, bearer, gid

REVOKE = "mutation($input: RevokeTokenInput!) { revokeToken(input: $input) { __typename } }"


def test_a_revoked_token_is_refused(owner: Person) -> None:
    client = bearer(owner)
    token = Token.objects.get()
    assert owner.do("revokeToken", token=gid(token))["__typename"] == "RevokeTokenDone"
    answer = ask(client, "{ viewer { id } }")
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert owner.ask("{ viewer { tokens { id } } }")["data"]["viewer"]["tokens"] == []
    assert AuditEntry.objects.get(action="revoke_token").object_id == str(token.pk)


def test_a_token_is_revoked_once(owner: Person) -> None:
    bearer(owner)
    token = Token.objects.get()
    owner.do("revokeToken", token=gid(token))
    assert owner.do("revokeToken", token=gid(token))["__typename"] == "NotFound"
    assert AuditEntry.objects.filter(action="revoke_token").count() == 1


def test_a_token_revokes_itself_and_no_other(owner: Person) -> None:
    client, other = bearer(owner, "admin"), bearer(owner)
    own, another = Token.objects.order_by("created_at", "pk")
    answer = ask(client, REVOKE, input={"token": gid(another)})
    assert answer["data"]["revokeToken"]["__typename"] == "Forbidden"
    assert "errors" not in ask(other, "{ viewer { id } }")
    assert ask(client, REVOKE, input={"token": gid(own)})["data"]["revokeToken"]["__typename"].endswith(
        "Done"
    )


def test_the_admin_of_a_team_may_not_revoke_a_members_token(owner: Person, author: Person) -> None:
    bearer(author)
    assert owner.do("revokeToken", token=gid(Token.objects.get()))["__typename"] == "NotFound"


def test_the_outsider_may_not(owner: Person, outsider: Person) -> None:
    bearer(owner)
    assert outsider.do("revokeToken", token=gid(Token.objects.get()))["__typename"] == "NotFound"
    assert Token.objects.get().revoked_at is None
