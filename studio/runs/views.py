"""Reading a run's view: snapshot and tail, kept warm for runs that are looked at.

Owns:      the snapshots of the projection, and the views in memory.
Promises:  a view shows every event up to its `seq`; a lost or stale snapshot costs time, nothing else.
Never:     writes a journal.
"""

import threading
from collections import OrderedDict
from uuid import UUID

import msgspec

from executors.engine.facts import instant
from studio.runs.models import Event, Run, Snapshot
from studio.runs.projection import View, fold

SNAPSHOT_EVENTS = 5_000
ROWS_AT_ONCE = 5_000
VIEWS_KEPT = 200

_warm: OrderedDict[UUID, View] = OrderedDict()
_lock = threading.Lock()


def read_view(run: UUID, seq: int | None = None) -> View:
    """The view of a run after its event `seq` (default: as far as its journal has come).

    A run without events is shown as queued. Raises `Run.DoesNotExist`.
    """
    row = Run.objects.only("last_seq", "plan_id", "created_at", "status").get(pk=run)
    upto = row.last_seq if seq is None else min(seq, row.last_seq)
    if not upto:
        return {
            "run": str(run),
            "seq": 0,
            "status": "queued",
            "plan": row.plan_id,
            "created_at": instant(int(row.created_at.timestamp() * 1000)),
            "nodes": {},
        }
    view = _fold_on(run, _nearest(run, upto), upto)
    with _lock:
        if run not in _warm or _warm[run]["seq"] <= view["seq"]:
            _warm[run] = view
            _warm.move_to_end(run)
            if len(_warm) > VIEWS_KEPT:
                _warm.popitem(last=False)
    return view


def open_waits(run: UUID) -> set[tuple[str, tuple[int, ...]]]:
    """(node, index) of the waits of a run that are open."""
    waits = read_view(run).get("waits", ())
    return {(wait["node"], tuple(wait.get("index", ()))) for wait in waits}


def _nearest(run: UUID, upto: int) -> View | None:
    with _lock:
        known = _warm.get(run)
    if known is not None and known["seq"] <= upto:
        return known
    kept = Snapshot.objects.filter(run=run, seq__lte=upto).first()
    return None if kept is None else msgspec.json.decode(kept.view)


def _fold_on(run: UUID, view: View | None, upto: int) -> View:
    seq = view["seq"] if view is not None else 0
    while seq < upto:
        rows = Event.objects.filter(run=run, seq__gt=seq, seq__lte=upto).order_by("seq")
        view = fold(rows.values_list("seq", "type", "v", "at", "data")[:ROWS_AT_ONCE], view)
        assert view is not None
        if view["seq"] == seq:
            break
        if view["seq"] // SNAPSHOT_EVENTS > seq // SNAPSHOT_EVENTS:
            _keep(run, view)
        seq = view["seq"]
    assert view is not None
    return view


def _keep(run: UUID, view: View) -> None:
    text = msgspec.json.encode(view).decode()
    Snapshot.objects.update_or_create(run_id=run, defaults={"seq": view["seq"], "view": text})
