"""Use a ticket: it opens one socket."""

from uuid import UUID

from django.utils import timezone

from studio.refusals import Unauthenticated
from studio.teams.models import Ticket
from studio.teams.secrets import hash_of
from studio.writing import writing


def use_ticket(secret: str) -> tuple[str | None, UUID | None]:
    """The session key or the token's id that the ticket stands for. Raises `Unauthenticated`."""
    with writing():
        ticket = Ticket.objects.select_for_update().filter(secret_hash=hash_of(secret)).first()
        if ticket is None:
            raise Unauthenticated
        ticket.delete()
    if ticket.expires_at <= timezone.now():
        raise Unauthenticated
    return ticket.session_key or None, ticket.token_id
