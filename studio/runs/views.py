"""A run's view: the projection of its journal, folded on read."""

from typing import Any
from uuid import UUID

from studio.runs.models import Run


def read_view(run: UUID, seq: int) -> dict[str, Any]:
    row = Run.objects.get(pk=run)
    return {
        "run": str(run),
        "seq": seq,
        "status": row.status,
        "plan": row.plan_id,
        "created_at": row.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "nodes": {},
    }
