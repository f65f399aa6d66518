"""What a viewer may read of the audit: the entries of their teams."""

from uuid import UUID

from django.db.models import QuerySet

from studio.audit.actor import Actor
from studio.audit.models import AuditEntry


def visible_entries(viewer: Actor) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(team__in=viewer.teams)


def entries_of(viewer: Actor, object_ids: list[UUID]) -> QuerySet[AuditEntry]:
    """What happened to these objects, oldest first."""
    return visible_entries(viewer).filter(object_id__in=map(str, object_ids)).order_by("seq")
