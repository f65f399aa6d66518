from datetime import timedelta

import pytest
from django.utils import timezone

from studio.refusals import Unauthenticated
from studio.teams.actions.create_ticket import create_ticket
from studio.teams.actions.use_ticket import use_ticket
from studio.teams.models import Ticket
from tests.studio.cast import Person


def test_a_ticket_is_used_once(author: Person) -> None:
    ticket, _ = create_ticket(author.viewer)
    use_ticket(ticket)
    with pytest.raises(Unauthenticated):
        use_ticket(ticket)
    assert not Ticket.objects.exists()


def test_a_ticket_is_good_for_half_a_minute(author: Person) -> None:
    ticket, expires_at = create_ticket(author.viewer)
    assert expires_at <= timezone.now() + timedelta(seconds=30)
    Ticket.objects.update(expires_at=timezone.now())
    with pytest.raises(Unauthenticated):
        use_ticket(ticket)
