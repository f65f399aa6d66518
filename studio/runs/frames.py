"""The frames of a run's feed and of its logs (formats.md §g), as read at this moment.

Owns:      when a reader gets events, when the whole view, and when nothing.
Promises:  events without a gap from the reader's cursor on, at most 500 and about a megabyte; `at` is when
           the journal was read.
Never:     waits: the live side asks again after a ring, the polling fallback whenever it likes.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from contracts.events import TERMINAL_STATUSES
from studio.runs.models import Event, LogLine, Run
from studio.runs.views import read_view

EVENTS_PER_FRAME: Final = 500
LINES_PER_FRAME: Final = 500
BYTES_PER_FRAME: Final = 1 << 20
ROWS_AT_ONCE: Final = 100
# Lines are written moments after they were said: some may come after the end of the run.
LAST_WORDS: Final = timedelta(seconds=1)
FAR_BEHIND: Final = 5_000

_FIELDS: Final = ("seq", "type", "v", "at", "data")
_decode = msgspec.json.Decoder().decode


def run_frame(run: UUID, cursor: int, *, is_first: bool = True) -> dict[str, Any]:
    """The frame for a reader that has applied everything up to `cursor`.

    `is_last`: the run has ended and the reader then has all of it.
    """
    at = datetime.now(UTC)
    status, head = Run.objects.values_list("status", "last_seq").get(pk=run)
    if _needs_snapshot(cursor, head, is_first=is_first):
        view = read_view(run, head)
        return _frame("SNAPSHOT", (1 if head else 0, head, head), at, status, snapshot=view)
    rows = _events(run, cursor, head)
    if not rows:
        return _frame("IDLE", (cursor, cursor, head), at, status)
    events = [dict(zip(_FIELDS, row, strict=True)) for row in rows]
    for event in events:
        event["at"] = datetime.fromisoformat(event["at"])
        event["data"] = _decode(event["data"])
    return _frame("EVENTS", (events[0]["seq"], events[-1]["seq"], head), at, status, events=events)


def _needs_snapshot(cursor: int, head: int, *, is_first: bool) -> bool:
    if cursor > head or head - cursor > FAR_BEHIND:
        return True
    return is_first and cursor == 0 and (head == 0 or head > EVENTS_PER_FRAME)


def _events(run: UUID, cursor: int, head: int) -> Sequence[tuple[Any, ...]]:
    if cursor >= head:
        return ()
    rows = Event.objects.filter(run=run, seq__gt=cursor, seq__lte=head).order_by("seq")
    found: list[tuple[Any, ...]] = []
    left = BYTES_PER_FRAME
    for row in rows.values_list(*_FIELDS)[:EVENTS_PER_FRAME].iterator(ROWS_AT_ONCE):
        left -= len(row[-1])
        if found and left < 0:
            break
        found.append(row)
    return found


def _frame(
    kind: str, span: tuple[int, int, int], at: datetime, status: str, **content: Any
) -> dict[str, Any]:
    first, to, head = span
    frame = {"kind": kind, "from": first, "to": to, "head": head, "at": at, "snapshot": None, "events": []}
    is_last = status in TERMINAL_STATUSES and to >= head > 0
    return {**frame, "is_last": is_last, **content}


def log_frame(
    run: UUID,
    cursor: int,
    *,
    is_first: bool = True,
    node: str | None = None,
    index: Sequence[int] | None = None,
) -> dict[str, Any]:
    """As `run_frame`, over log lines; of one node, or one index of it, where given.

    SNAPSHOT says that lines before `from` are no longer kept.
    """
    at = datetime.now(UTC)
    finished_at = Run.objects.values_list("finished_at", flat=True).get(pk=run)
    kept = LogLine.objects.filter(run=run)
    head = kept.order_by("-line").values_list("line", flat=True).first() or 0
    first = (kept.order_by("line").values_list("line", flat=True).first() or 1) if head else 1
    is_reset = cursor > head or (cursor + 1 < first and head > 0)
    start = first - 1 if is_reset else cursor
    lines = _lines(run, start, head, node=node, index=index)
    # Beyond the last line that was read for a full frame there may be more; else all up to head is covered.
    to = lines[-1]["line"] if len(lines) == LINES_PER_FRAME else max(head, start)
    is_over = finished_at is not None and at - finished_at > LAST_WORDS
    kind = "SNAPSHOT" if is_reset else "EVENTS" if lines else "IDLE"
    frame = {"kind": kind, "from": start + 1 if kind != "IDLE" else to, "to": to, "head": head, "at": at}
    return {**frame, "lines": lines, "is_last": is_over and to >= head}


def _lines(
    run: UUID, start: int, head: int, *, node: str | None, index: Sequence[int] | None
) -> list[dict[str, Any]]:
    """None beyond `head`: a line written since it was read would be told again from there."""
    rows = LogLine.objects.filter(run=run, line__gt=start, line__lte=head).order_by("line")
    if node is not None:
        rows = rows.filter(node=node)
    if index is not None:
        rows = rows.filter(index=",".join(map(str, index)))
    return [
        {
            "line": row.line,
            "at": datetime.fromisoformat(row.at),
            "node": row.node,
            "index": [int(part) for part in row.index.split(",") if part],
            "attempt": row.attempt,
            "level": row.level,
            "message": row.message,
            "fields": row.fields,
        }
        for row in rows[:LINES_PER_FRAME]
    ]
