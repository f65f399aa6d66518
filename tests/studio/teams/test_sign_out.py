from studio.teams.models import User
from tests.studio.cast import Person, ask
from tests.studio.teams.links import who
from tests.studio.teams.tokens import bearer, made

SIGN_OUT = "mutation { signOut { __typename } }"


def test_signing_out_ends_this_session_alone(author: Person) -> None:
    client, other = author.client, author.client
    assert ask(client, SIGN_OUT)["data"]["signOut"]["__typename"] == "SignOutDone"
    assert who(client) is None
    assert who(other) == author.user.email


def test_a_token_does_not_sign_out(author: Person) -> None:
    assert ask(bearer(made(author)), SIGN_OUT)["data"]["signOut"]["__typename"] == "Conflict"


def test_the_outsider_ends_nobody_elses_session(author: Person, outsider: Person) -> None:
    client = author.client
    ask(outsider.client, SIGN_OUT)
    assert who(client) == author.user.email
    assert User.objects.count() == 2
