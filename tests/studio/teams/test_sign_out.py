"""Ending a session."""

from django.contrib.sessions.models import Session
from django.test import Client

from studio.audit.models import AuditEntry
from tests.studio.cast import Person, ask, bearer
from tests.studio.teams.conftest import who

SIGN_OUT = "mutation { signOut { __typename ... on Refusal { problems { code } } } }"


def test_a_session_ends(author: Person) -> None:
    client = author.client
    assert ask(client, SIGN_OUT)["data"]["signOut"] == {"__typename": "SignOutDone"}
    assert who(client) is None
    assert not Session.objects.exists()
    assert AuditEntry.objects.get(action="sign_out").actor == author.user.actor


def test_other_sessions_of_the_person_go_on(author: Person) -> None:
    desk, phone = author.client, author.client
    ask(desk, SIGN_OUT)
    assert who(phone) == author.user.email


def test_a_token_is_revoked_instead(author: Person) -> None:
    answer = ask(bearer(author), SIGN_OUT)["data"]["signOut"]
    assert (answer["__typename"], answer["problems"][0]["code"]) == ("Conflict", "no_session")


def test_nobody_has_nothing_to_end(db: None) -> None:
    assert ask(Client(), SIGN_OUT)["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_the_outsider_may_not_end_anothers_session(author: Person, outsider: Person) -> None:
    client = author.client
    ask(outsider.client, SIGN_OUT)
    assert who(client) == author.user.email
