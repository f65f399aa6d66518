"""Write one entry of the audit, in the transaction of the action that it is about."""

from uuid import UUID

from django.db import connection
from django.utils import timezone

from contracts.canonical import JSON
from studio.audit.actor import Actor
from studio.audit.chain import GENESIS, entry_hash
from studio.audit.models import AuditEntry

_CHAIN_LOCK = 0x6C616D696E61


def append_entry(
    actor: Actor,
    action: str,
    *,
    object: str,  # noqa: A002  the column's name
    object_id: UUID | str,
    team: UUID | None,
    before: JSON = None,
    after: JSON = None,
    reason: str = "",
    evidence: JSON = None,
    requester: str = "",
    approver: str = "",
) -> AuditEntry:
    """Append to the chain. `before` and `after` hold states and digests, never contents or secrets."""
    assert connection.in_atomic_block, "the audit is written in the transaction of its action"
    _lock_chain()
    last = AuditEntry.objects.order_by("-seq").first()
    entry = AuditEntry(
        seq=last.seq + 1 if last else 1,
        at=timezone.now(),
        team=team,
        actor=actor.actor,
        actor_name=actor.name,
        requester=requester,
        approver=approver,
        action=action,
        object=object,
        object_id=str(object_id),
        before=before,
        after=after,
        reason=reason,
        evidence=evidence,
        address=actor.address,
        previous=last.hash if last else GENESIS,
    )
    entry.hash = entry_hash(entry)
    entry.save(force_insert=True)
    return entry


def _lock_chain() -> None:
    """One at a time: SQLite writers already are, PostgreSQL waits here until the other has committed."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
