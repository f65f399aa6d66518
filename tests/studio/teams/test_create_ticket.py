"""Tickets: `POST /tickets` gives one for a socket."""

from django.test import Client
from django.utils import timezone

from studio.teams.actions.create_ticket import LIFETIME
from studio.teams.actions.use_ticket import use_ticket
from studio.teams.models import Ticket, Token
from tests.studio.cast import Person, bearer


def test_a_ticket_stands_for_the_session_that_asked(author: Person) -> None:
    client = author.client
    answer = client.post("/tickets")
    assert answer.status_code == 201
    assert answer.json().keys() == {"ticket", "expires_at"}
    ticket = Ticket.objects.get()
    assert timezone.now() < ticket.expires_at <= timezone.now() + LIFETIME
    assert answer.json()["ticket"] not in ticket.secret_hash
    assert use_ticket(answer.json()["ticket"]) == (client.session.session_key, None)


def test_a_ticket_stands_for_the_token_that_asked(author: Person) -> None:
    ticket = bearer(author).post("/tickets").json()["ticket"]
    assert use_ticket(ticket) == (None, Token.objects.get().pk)


def test_old_tickets_are_cleared_away(author: Person) -> None:
    author.client.post("/tickets")
    Ticket.objects.update(expires_at=timezone.now() - LIFETIME)
    author.client.post("/tickets")
    assert Ticket.objects.count() == 1


def test_nobody_gets_no_ticket(db: None) -> None:
    assert Client().post("/tickets").status_code == 401
    assert not Ticket.objects.exists()


def test_another_site_gets_no_ticket(author: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(author.user)
    assert client.post("/tickets").status_code == 403


def test_the_outsider_may_not_speak_for_another_with_one(author: Person, outsider: Person) -> None:
    client = outsider.client
    session, token = use_ticket(client.post("/tickets").json()["ticket"])
    assert (session, token) == (client.session.session_key, None)
