"""The hash of an audit entry, and the check of the whole chain."""

from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Final

from contracts.canonical import JSON, Digest, digest_of
from contracts.problems import Problem
from studio.audit.models import AuditEntry

GENESIS: Final[Digest] = "sha256:" + "0" * 64
COLUMNS: Final = (
    "seq",
    "actor",
    "actor_name",
    "requester",
    "approver",
    "action",
    "object",
    "object_id",
    "before",
    "after",
    "reason",
    "evidence",
    "address",
    "previous",
)


def entry_document(entry: AuditEntry) -> JSON:
    """What the hash of an entry covers: everything but the hash."""
    columns = {name: getattr(entry, name) for name in COLUMNS}
    team = None if entry.team is None else str(entry.team)
    return {**columns, "team": team, "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds")}


def entry_hash(entry: AuditEntry) -> Digest:
    return digest_of(entry_document(entry))


def check_chain(entries: Iterable[AuditEntry]) -> Iterator[Problem]:
    """What is wrong with a chain, given from its first entry on: gaps, changed entries, broken links."""
    previous, expected = GENESIS, 1
    for entry in entries:
        where = f"/{entry.seq}"
        if entry.seq != expected:
            yield Problem(
                code="audit_gap", path=where, message=f"Entry {expected} is missing before this one."
            )
        elif entry.previous != previous:
            yield Problem(code="audit_link", path=where, message="It does not follow the entry before it.")
        if entry.hash != entry_hash(entry):
            yield Problem(code="audit_changed", path=where, message="It was changed after it was written.")
        previous, expected = entry.hash, entry.seq + 1
