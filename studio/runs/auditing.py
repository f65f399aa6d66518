"""Check journals against everything that was derived from them, offline.

Owns:      comparing a run's events with its row, its snapshot and its artifacts.
Promises:  reads only; each break is a sentence.
Never:     repairs anything.
"""

from collections.abc import Iterable, Iterator

import msgspec
from django.db.models import Exists, OuterRef, QuerySet

from contracts.canonical import JSON, digest_of
from studio.runs.invariants import Row, check_journal
from studio.runs.models import ArtifactUse, Document, Event, Run, Snapshot
from studio.runs.projection import View, fold


def audit_runs(runs: QuerySet[Run]) -> Iterator[tuple[Run, list[str]]]:
    """Each run with what does not hold for it."""
    plans: dict[str, tuple[dict[str, str], list[str]]] = {}
    for run in runs.iterator(chunk_size=200):
        if run.plan_id not in plans:
            plans[run.plan_id] = _read_plan(run.plan_id)
        nodes, breaks = plans[run.plan_id]
        yield run, [*breaks, *_audit(run, nodes)]


def runs_without_row() -> list[str]:
    """The ids of runs that have events and no row: the database does not keep that from happening."""
    kept = Run.objects.filter(pk=OuterRef("run_id"))
    found = Event.objects.filter(~Exists(kept)).order_by().values_list("run_id", flat=True).distinct()
    return sorted(map(str, found))


def _read_plan(digest: str) -> tuple[dict[str, str], list[str]]:
    document = Document.objects.get(pk=digest).data
    nodes = {node["path"]: node["kind"] for node in document["nodes"]}
    if digest_of(document) != digest:
        return nodes, [f"the plan kept under {digest} has another digest"]
    return nodes, []


def _audit(run: Run, nodes: dict[str, str]) -> list[str]:
    rows: list[Row] = list(
        Event.objects.filter(run=run).order_by("seq").values_list("seq", "epoch", "type", "v", "at", "data")
    )
    breaks = check_journal(rows, nodes=nodes)
    if len(rows) != run.last_seq:
        breaks.append(f"the row counts {run.last_seq} events, the journal has {len(rows)}")
    if rows and rows[-1][1] > run.epoch:
        breaks.append(f"the row stands at epoch {run.epoch}, the journal at {rows[-1][1]}")
    view = fold((seq, kind, v, at, data) for seq, _, kind, v, at, data in rows)
    if view is not None:
        breaks.extend(_compare(run, view))
    breaks.extend(_check_snapshot(run, rows))
    breaks.extend(_check_artifacts(run, rows))
    return breaks


def _compare(run: Run, view: View) -> Iterable[str]:
    if view["status"] != run.status:
        yield f"the row says {run.status}, the journal {view['status']}"
    if view["plan"] != run.plan_id:
        yield f"the row names the plan {run.plan_id}, the journal {view['plan']}"
    if run.is_finished and (run.outputs or None) != (view.get("outputs") or None):
        yield "the outputs of the row are not those of the journal"
    if run.is_finished and run.error != view.get("error"):
        yield "the error of the row is not that of the journal"


def _check_snapshot(run: Run, rows: list[Row]) -> Iterable[str]:
    kept = Snapshot.objects.filter(run=run).first()
    if kept is None:
        return
    view = fold((seq, kind, v, at, data) for seq, _, kind, v, at, data in rows[: kept.seq])
    if msgspec.json.decode(kept.view) != view:
        yield f"the snapshot at event {kept.seq} is not the fold of the journal"


def _check_artifacts(run: Run, rows: list[Row]) -> Iterable[str]:
    named = {
        digest
        for _, _, _, _, _, data in rows
        if '"artifact"' in data
        for digest in _artifacts_in(msgspec.json.decode(data))
    }
    used = set(ArtifactUse.objects.filter(run=run).values_list("artifact_id", flat=True))
    for digest in sorted(named - used):
        yield f"the journal names {digest}, which is not noted as used by the run"


def _artifacts_in(data: JSON) -> Iterable[str]:
    """The artifacts that envelopes of an event name; user data inside values does not count."""
    envelopes = [*data.get("outputs", {}).values(), *data.get("inputs", {}).values()]
    if "failed" in data:
        envelopes.append(data["failed"])
    return [envelope["artifact"] for envelope in envelopes if "artifact" in envelope]
