"""What a room keeps in the database, read and written off the web loop.

Promises:  an update that was acknowledged is kept; compaction loses nothing, also when it is interrupted. One
           that cannot be read any more keeps nobody out: it is logged, left out and left in place.
"""

import logging
from typing import Final
from uuid import UUID

from pycrdt import Doc

from contracts.canonical import JSON
from contracts.problems import ProblemsError
from studio.graphs.actions.save_draft import save_draft
from studio.graphs.models import Draft, Graph
from studio.graphs.policies import may_edit_graph
from studio.graphs.queries import graph as find_graph
from studio.live.models import RoomState, RoomUpdate
from studio.refusals import Refused
from studio.teams.viewer import Viewer
from studio.writing import writing

ROWS_AT_ONCE: Final = 500
_log = logging.getLogger(__name__)


def may_enter(viewer: Viewer, graph: UUID) -> tuple[bool, bool]:
    """Whether the viewer sees the graph, and whether they may edit it."""
    found = find_graph(viewer, graph)
    return found is not None, found is not None and may_edit_graph(viewer, found).is_allowed


def load(graph: UUID) -> tuple[bytes, JSON, int, bool]:
    """The kept updates as one, the draft with its version, and whether it was saved past the room."""
    draft = Draft.objects.get(graph=graph)
    kept, _ = _merged(graph)
    known = RoomState.objects.filter(graph=graph).values_list("draft_version", flat=True).first()
    return kept, draft.document, draft.version, known != draft.version


def append(graph: UUID, update: bytes) -> None:
    """Raises `Graph.DoesNotExist` for a graph that was deleted."""
    with writing():
        if not Graph.objects.filter(pk=graph).exists():
            raise Graph.DoesNotExist
        RoomUpdate.objects.create(graph_id=graph, data=update)


def compact(graph: UUID, draft_version: int) -> None:
    """One row in place of those that there are, and of no other that comes meanwhile.

    Where one of them cannot be read all stay: what was built on it would be lost with them.
    """
    whole, merged = _merged(graph)
    with writing():
        if Graph.objects.filter(pk=graph).exists():
            for start in range(0, len(merged), ROWS_AT_ONCE):
                RoomUpdate.objects.filter(id__in=merged[start : start + ROWS_AT_ONCE]).delete()
            if merged:
                RoomUpdate.objects.create(graph_id=graph, data=whole)
            RoomState.objects.update_or_create(graph_id=graph, defaults={"draft_version": draft_version})


def _merged(graph: UUID) -> tuple[bytes, list[int]]:
    """The kept updates as one, and the rows that it can replace: all, or none where one cannot be read."""
    doc: Doc = Doc()
    merged = []
    is_whole = True
    for id, data in RoomUpdate.objects.filter(graph=graph).order_by("id").values_list("id", "data"):
        try:
            doc.apply_update(bytes(data))
        except ValueError:
            _log.exception("Update %s of graph %s cannot be read and is left out", id, graph)
            is_whole = False
            continue
        merged.append(id)
    return doc.get_update(), merged if is_whole else []


def draft_of(graph: UUID) -> tuple[JSON, int] | None:
    draft = Draft.objects.filter(graph=graph).first()
    return None if draft is None else (draft.document, draft.version)


def keep_draft(viewer: Viewer, graph: UUID, document: JSON, expected_version: int) -> int | None:
    """The new version; None for a document that is no graph yet, or when the draft was saved past the room."""
    try:
        with writing():
            draft = save_draft(viewer, graph, document=document, expected_version=expected_version)
            RoomState.objects.update_or_create(graph_id=graph, defaults={"draft_version": draft.version})
    except (ProblemsError, Refused):
        return None
    version: int = draft.version
    return version
