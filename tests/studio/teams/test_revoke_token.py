from studio.teams.models import Token
from tests.studio.cast import Person, ask, gid
from tests.studio.teams.tokens import bearer, made


def test_a_revoked_token_is_refused(owner: Person) -> None:
    secret = made(owner)
    done = owner.do("revokeToken", token=gid(Token.objects.get()))
    assert done["__typename"] == "RevokeTokenDone"
    assert bearer(secret).post("/graphql", "{}", content_type="application/json").status_code in (400, 401)
    assert ask(bearer(secret), "{ viewer { id } }")["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_the_outsider_may_not_revoke_anothers_token(owner: Person, outsider: Person) -> None:
    made(owner)
    done = outsider.do("revokeToken", token=gid(Token.objects.get()))
    assert done["__typename"] == "NotFound"
    assert Token.objects.get().revoked_at is None
