"""Make a link that signs a person in once."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone

from studio.audit.actions.append_entry import append_entry
from studio.refusals import not_found, require
from studio.teams.models import SignInLink, User
from studio.teams.policies import may_create_sign_in_link
from studio.teams.queries import user_by_id
from studio.teams.secrets import hash_of, new_secret
from studio.teams.viewer import Viewer
from studio.writing import writing

LIFETIME: Final = timedelta(hours=24)


def create_sign_in_link(viewer: Viewer, *, user: UUID) -> str:
    """The secret of the link's address `/sign-in/<secret>`. Raises `NotFound`, `Forbidden`."""
    with writing():
        found = User.objects.filter(pk=user).first() if viewer.system else user_by_id(viewer, user)
        if found is None:
            raise not_found("user")
        require(may_create_sign_in_link(viewer, found))
        secret = new_secret()
        SignInLink.objects.filter(expires_at__lt=timezone.now() - LIFETIME).delete()
        SignInLink.objects.create(
            user=found, secret_hash=hash_of(secret), expires_at=timezone.now() + LIFETIME
        )
        append_entry(viewer, "create_sign_in_link", object=found.email, object_id=found.pk, team=None)
    return secret
