"""End the viewer's session; sockets that were opened with it are closed."""

from django.contrib.sessions.backends.db import SessionStore

from studio.audit.actions.append_entry import append_entry
from studio.refusals import conflict, require
from studio.teams.announcements import announce_user
from studio.teams.policies import may_sign_out
from studio.teams.viewer import Viewer
from studio.writing import writing


def sign_out(viewer: Viewer) -> None:
    """Raises `Conflict` for a viewer without a session: a token is revoked instead."""
    require(may_sign_out(viewer))
    user = viewer.require_person()
    if not viewer.session:
        raise conflict("no_session", "A token does not sign out. Revoke it instead.")
    with writing():
        SessionStore(viewer.session).delete()
        append_entry(viewer, "sign_out", object=user.email, object_id=user.pk, team=None)
        announce_user(user.pk)
