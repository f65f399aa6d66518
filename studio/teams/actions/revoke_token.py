"""Revoke a token of the viewer; what it has open is closed."""

from uuid import UUID

from django.utils import timezone

from studio.audit.actions.append_entry import append_entry
from studio.refusals import not_found, require
from studio.teams.announcements import announce_user
from studio.teams.models import Token
from studio.teams.policies import may_revoke_token
from studio.teams.viewer import Viewer
from studio.writing import writing


def revoke_token(viewer: Viewer, *, token: UUID) -> Token:
    """Raises `NotFound` (there is no such token of the viewer's that is still good), `Forbidden`."""
    user = viewer.require_person()
    with writing():
        found = Token.objects.select_for_update().filter(pk=token, user=user, revoked_at=None).first()
        if found is None:
            raise not_found("token")
        require(may_revoke_token(viewer, found))
        found.revoked_at = timezone.now()
        found.save(update_fields=["revoked_at"])
        append_entry(viewer, "revoke_token", object=found.title, object_id=found.pk, team=None)
        announce_user(user.pk)
    return found
