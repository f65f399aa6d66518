"""A ticket opens one socket, within its time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from studio.refusals import Unauthenticated
from studio.teams.actions.create_ticket import create_ticket
from studio.teams.actions.use_ticket import use_ticket
from studio.teams.models import Ticket, Token
from tests.studio.cast import Person, bearer


def test_a_ticket_is_used_once(author: Person) -> None:
    ticket = author.client.post("/tickets").json()["ticket"]
    use_ticket(ticket)
    with pytest.raises(Unauthenticated):
        use_ticket(ticket)


def test_an_old_ticket_opens_nothing(author: Person) -> None:
    ticket, _ = create_ticket(author.viewer)
    Ticket.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Unauthenticated):
        use_ticket(ticket)
    assert not Ticket.objects.exists()


def test_what_is_no_ticket_opens_nothing(db: None) -> None:
    with pytest.raises(Unauthenticated):
        use_ticket("nonsense")


def test_a_ticket_goes_with_its_token(author: Person) -> None:
    ticket = bearer(author).post("/tickets").json()["ticket"]
    Token.objects.all().delete()
    with pytest.raises(Unauthenticated):
        use_ticket(ticket)
