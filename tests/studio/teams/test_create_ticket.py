import pytest
from django.test import Client

from studio.refusals import Unauthenticated
from studio.teams.actions.use_ticket import use_ticket
from studio.teams.models import Ticket
from tests.studio.cast import Person
from tests.studio.teams.tokens import bearer, made


def test_a_session_gets_a_ticket_that_stands_for_it(author: Person) -> None:
    client = author.client
    answer = client.post("/tickets")
    assert answer.status_code == 201
    assert answer.json().keys() == {"ticket", "expires_at"}
    assert use_ticket(answer.json()["ticket"]) == (client.session.session_key, None)


def test_a_token_gets_a_ticket_that_stands_for_it(author: Person) -> None:
    answer = bearer(made(author)).post("/tickets")
    session, token = use_ticket(answer.json()["ticket"])
    assert (session, token) == (None, Ticket.token.field.related_model.objects.get().pk)


def test_nobody_gets_no_ticket(db: None) -> None:
    answer = Client().post("/tickets")
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json")
    with pytest.raises(Unauthenticated):
        use_ticket("made-up")


def test_the_door_takes_post_alone(author: Person) -> None:
    assert author.client.get("/tickets").status_code == 405
