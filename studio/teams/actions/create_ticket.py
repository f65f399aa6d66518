"""Make a ticket for one socket."""

from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from studio.teams.models import Ticket
from studio.teams.secrets import hash_of, new_secret
from studio.teams.viewer import Viewer
from studio.writing import writing

LIFETIME: Final = timedelta(seconds=30)


def create_ticket(viewer: Viewer) -> tuple[str, datetime]:
    """The ticket and when it expires. Raises `Unauthenticated`."""
    user = viewer.require_person()
    secret = new_secret()
    now = timezone.now()
    with writing():
        Ticket.objects.filter(expires_at__lt=now).delete()
        Ticket.objects.create(
            secret_hash=hash_of(secret),
            user=user,
            token=viewer.token,
            session_key=viewer.session,
            expires_at=now + LIFETIME,
        )
    return secret, now + LIFETIME
