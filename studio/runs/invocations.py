"""The invocations of one node of a run: what went in, what came out, every attempt.

Owns:      gathering a node's events by index, chunks of maps taken apart.
Promises:  a page costs the heads of that node's events, each once, and the values of that page.
Never:     shows an attempt that the journal does not hold.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db.models.functions import Left

from executors.engine.facts import Index
from studio.runs.artifacts import artifact_store
from studio.runs.models import Event, Run
from studio.runs.plans import plan_of
from studio.runs.replay import inputs_of

_STATES: Final = {
    "invocation_scheduled": "running",
    "invocation_started": "running",
    "invocation_completed": "succeeded",
    "invocation_attempt_failed": "retrying",
    "invocation_exhausted": "failed",
    "invocation_skipped": "skipped",
    "invocation_cancelled": "cancelled",
    "invocation_uncertain": "uncertain",
    "invocation_resolved": "running",
    "wait_opened": "waiting",
    "wait_closed": "succeeded",
}
_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    attempt: int
    error: dict[str, Any] | None
    at: datetime
    cost_us: list[int] | None


@dataclass(slots=True, kw_only=True)
class Invocation:
    """One node, and one integer for each map or repeat around it. Values are envelopes by port."""

    run: Run
    node: str
    index: Index
    version: str | None
    state: str = "running"
    attempt: int = 1
    outputs: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
    attempts: list[Attempt] = field(default_factory=list)
    cost_us: list[int] | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    inputs: dict[str, Any] | None = None
    reused: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class _Chunk:
    data: dict[str, Any]
    at: datetime


@dataclass(slots=True)
class _Spread:
    """Where the events of a node stand: seqs by index, and its chunks as (around, first, count, seq)."""

    seqs: dict[Index, list[int]] = field(default_factory=dict)
    chunks: list[tuple[Index, int, int, int]] = field(default_factory=list)
    upto: int = 0


@dataclass(slots=True)
class _Kept:
    """A spread as far as it has been read; who reads on holds the lock, and no other node waits for it."""

    spread: _Spread = field(default_factory=_Spread)
    lock: threading.Lock = field(default_factory=threading.Lock)


SPREADS_KEPT: Final = 8
_known: OrderedDict[tuple[UUID, str], _Kept] = OrderedDict()
_lock = threading.Lock()


def invocations_of(
    run: Run, node: str, *, index: Sequence[int] | None, first: int, after: Index | None
) -> tuple[list[Invocation], bool]:
    """A page of invocations in the order of their indexes, under `index` alone; and whether more follow."""
    version = next((item.version for item in plan_of(run).nodes if item.path == node), None)
    spread = _spread(run.pk, node, run.last_seq)
    wanted = None if index is None else tuple(index)
    places = sorted(
        place
        for place in {*spread.seqs, *_items(spread.chunks)}
        if (after is None or place > after) and (wanted is None or place[: len(wanted)] == wanted)
    )
    shown = {
        place: Invocation(run=run, node=node, index=place, version=version or None)
        for place in places[:first]
    }
    _fill(run, spread, shown)
    for place, row in shown.items():
        row.inputs = row.inputs or inputs_of(run, node, place)
    return list(shown.values()), len(places) > first


def _spread(run: UUID, node: str, last_seq: int) -> _Spread:
    """Read from the heads of events alone: `node` and `index` come first in every one that has them."""
    with _lock:
        kept = _known.pop((run, node), None) or _Kept()
        _known[run, node] = kept
        if len(_known) > SPREADS_KEPT:
            _known.popitem(last=False)
    with kept.lock:
        if kept.spread.upto < last_seq:
            # Aside: whoever has the old one goes on with it, and where reading fails it stays.
            read = _copied(kept.spread)
            _read_heads(read, run, node, last_seq)
            kept.spread = read
        return kept.spread


def _copied(spread: _Spread) -> _Spread:
    seqs = {place: list(found) for place, found in spread.seqs.items()}
    return _Spread(seqs, list(spread.chunks), spread.upto)


def _read_heads(found: _Spread, run: UUID, node: str, last_seq: int) -> None:
    quoted = msgspec.json.encode(node).decode()
    head = f'{{"node":{quoted}'
    events = Event.objects.filter(run=run, seq__gt=found.upto, seq__lte=last_seq).order_by("seq")
    rows = events.filter(data__startswith=head).annotate(head=Left("data", len(head) + _HEAD_ROOM))
    for seq, kind, text in rows.values_list("seq", "type", "head"):
        place, rest = _place_of(text[len(head) :])
        chunk = _CHUNK.match(rest) if kind == "map_chunk_completed" else None
        if chunk is not None:
            found.chunks.append((place, int(chunk[1]), int(chunk[2]), seq))
        elif kind in _STATES:
            found.seqs.setdefault(place, []).append(seq)
    several = events.filter(type__in=_OF_SEVERAL, data__contains=quoted)
    for seq, text in several.values_list("seq", "data"):
        data = _decode(text)
        if node in data["nodes"]:
            found.seqs.setdefault(tuple(data.get("index", ())), []).append(seq)
    found.upto = last_seq


def _place_of(text: str) -> tuple[Index, str]:
    """The index that a head goes on with, and what comes after it."""
    if not text.startswith(_INDEX):
        return (), text
    end = text.index("]")
    return tuple(map(int, text[len(_INDEX) : end].split(","))), text[end + 1 :]


def _fill(run: Run, spread: _Spread, shown: dict[Index, Invocation]) -> None:
    by_seq: dict[int, list[Invocation]] = {}
    for place, row in shown.items():
        for seq in spread.seqs.get(place, ()):
            by_seq.setdefault(seq, []).append(row)
    for around, begin, count, seq in spread.chunks:
        for place, row in shown.items():
            if place[:-1] == around and place and begin <= place[-1] < begin + count:
                by_seq.setdefault(seq, []).append(row)
    seqs = sorted(by_seq)
    for start in range(0, len(seqs), _SEQS_AT_ONCE):
        rows = Event.objects.filter(run=run, seq__in=seqs[start : start + _SEQS_AT_ONCE]).order_by("seq")
        for seq, kind, at, text in rows.values_list("seq", "type", "at", "data"):
            data, instant = _decode(text), datetime.fromisoformat(at)
            for row in by_seq[seq]:
                if kind == "map_chunk_completed":
                    _take_item(row, _Chunk(data, instant))
                else:
                    _take(row, kind, data, instant)


_OF_SEVERAL: Final = ("invocation_skipped", "invocation_cancelled")
_INDEX: Final = ',"index":['
_CHUNK: Final = re.compile(r',"first":(\d+),"count":(\d+)')
_HEAD_ROOM: Final = 200
_SEQS_AT_ONCE: Final = 500


def _take(row: Invocation, kind: str, data: dict[str, Any], at: datetime) -> None:
    if data.get("decision") == "done":
        kind = "invocation_completed"  # by somebody's word
    row.state = _STATES[kind]
    row.attempt = data.get("attempt", row.attempt)
    if kind in ("invocation_scheduled", "invocation_started", "wait_opened"):
        row.started_at = row.started_at or at
        row.inputs = data.get("inputs", row.inputs)
    elif kind in ("invocation_attempt_failed", "invocation_exhausted"):
        row.error = data["error"]
        row.attempts.append(
            Attempt(attempt=row.attempt, error=data["error"], at=at, cost_us=data.get("cost_us"))
        )
    elif kind in ("invocation_completed", "wait_closed") and data.get("outcome") != "expired":
        row.outputs, row.error, row.cost_us = data["outputs"], None, data.get("cost_us")
        if data.get("reused"):
            row.state, row.reused = "reused", data["reused"]
        else:
            row.attempts.append(Attempt(attempt=row.attempt, error=None, at=at, cost_us=row.cost_us))
    if row.state in ("succeeded", "reused", "failed", "cancelled"):
        row.started_at = row.started_at or at
        row.finished_at = at


def _items(chunks: Iterable[tuple[Index, int, int, int]]) -> Iterable[Index]:
    for around, begin, count, _ in chunks:
        yield from ((*around, item) for item in range(begin, begin + count))


def _take_item(row: Invocation, chunk: _Chunk) -> None:
    """An item of a chunk: its place in the lists counts the items before it that did not fail. What the items
    cost together counts in equal parts."""
    item = row.index[-1]
    failed = {entry["index"]: entry for entry in _failures(chunk.data)}
    row.started_at, row.finished_at = row.started_at or chunk.at, chunk.at
    if cost := chunk.data.get("cost_us"):
        row.cost_us = [part // chunk.data["count"] for part in cost]
    if item in failed:
        row.state, row.error = "failed", failed[item]["error"]
        row.attempt = failed[item].get("attempt", row.attempt)
        return
    position = item - chunk.data["first"] - sum(place < item for place in failed)
    row.reused = chunk.data.get("reused")
    row.state = "succeeded" if row.reused is None else "reused"
    row.error = None
    row.outputs = {port: _part(envelope, position) for port, envelope in chunk.data["outputs"].items()}


def _failures(data: dict[str, Any]) -> list[dict[str, Any]]:
    return list(_whole(data["failed"])) if "failed" in data else []


def _part(envelope: dict[str, Any], position: int) -> dict[str, Any]:
    value = _whole(envelope)[position]
    return {"media": "json", "bytes": len(msgspec.json.encode(value)), "value": value}


def _whole(envelope: dict[str, Any]) -> Any:
    """The list that a chunk carries: inline, or as an artifact where it is long."""
    if "value" in envelope:
        return envelope["value"]
    with artifact_store().open(envelope["artifact"]) as file:
        return _decode(file.read())
