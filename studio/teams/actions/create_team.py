"""Create a team; whoever creates it is its first admin."""

from django.db import IntegrityError, transaction

from contracts.names import TEAM
from studio.audit.actions.append_entry import append_entry
from studio.refusals import conflict, invalid, require
from studio.teams.models import Membership, Team
from studio.teams.policies import may_create_team
from studio.teams.viewer import Viewer
from studio.writing import writing

MAX_TITLE = 120


def create_team(viewer: Viewer, *, slug: str, title: str) -> Team:
    """Raises `Invalid`, `Forbidden`, `Conflict` (the slug is taken)."""
    require(may_create_team(viewer))
    user = viewer.require_person()
    if not TEAM.match(slug):
        raise invalid("slug", "/slug", "Use a to z, 0 to 9 and -, starting with a letter; at most 63.")
    if not 0 < len(title.strip()) <= MAX_TITLE:
        raise invalid("title", "/title", f"Give a title of 1 to {MAX_TITLE} characters.")
    with writing():
        try:
            with transaction.atomic():
                team = Team.objects.create(slug=slug, title=title.strip())
        except IntegrityError:
            raise conflict("slug_taken", f"There is a team {slug} already. Choose another slug.") from None
        Membership.objects.create(user=user, team=team, roles=["admin"])
        append_entry(viewer, "create_team", object=slug, object_id=team.pk, team=team.pk)
    return team
