"""The invocations of one node of a run: what went in, what came out, every attempt.

Owns:      gathering a node's events by index, chunks of maps taken apart.
Promises:  a page costs the events of that node and the values of that page.
Never:     shows an attempt that the journal does not hold.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec
from django.db.models import Q

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


def invocations_of(
    run: Run, node: str, *, index: Sequence[int] | None, first: int, after: Index | None
) -> tuple[list[Invocation], bool]:
    """A page of invocations in the order of their indexes, under `index` alone; and whether more follow."""
    version = next((item.version for item in plan_of(run).nodes if item.path == node), None)
    found, chunks = _gathered(run, node, version if isinstance(version, str) else None)
    wanted = None if index is None else tuple(index)
    places = sorted(
        place
        for place in {*found, *_items(chunks)}
        if (after is None or place > after) and (wanted is None or place[: len(wanted)] == wanted)
    )
    by_item = {place: chunk for chunk in chunks for place in _items([chunk])} if chunks else {}
    page = []
    for place in places[:first]:
        row = found.get(place) or Invocation(run=run, node=node, index=place, version=version or None)
        if place in by_item:
            _take_item(row, by_item[place])
        row.inputs = row.inputs or inputs_of(run, node, place)
        page.append(row)
    return page, len(places) > first


def _gathered(run: Run, node: str, version: str | None) -> tuple[dict[Index, Invocation], list[_Chunk]]:
    quoted = msgspec.json.encode(node).decode()
    mentions = Q(data__contains=f'"node":{quoted}') | Q(data__contains=quoted, type__in=_OF_SEVERAL)
    rows = Event.objects.filter(mentions, run=run).order_by("seq").values_list("type", "at", "data")
    found: dict[Index, Invocation] = {}
    chunks: list[_Chunk] = []
    for kind, at, text in rows:
        data = _decode(text)
        instant = datetime.fromisoformat(at)
        if data.get("node") != node and node not in data.get("nodes", ()):
            continue
        if kind == "map_chunk_completed":
            chunks.append(_Chunk(data, instant))
        elif kind in _STATES:
            place = tuple(data.get("index", ()))
            row = found.setdefault(place, Invocation(run=run, node=node, index=place, version=version))
            _take(row, kind, data, instant)
    return found, chunks


_OF_SEVERAL: Final = ("invocation_skipped", "invocation_cancelled")


def _take(row: Invocation, kind: str, data: dict[str, Any], at: datetime) -> None:
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
    elif kind in ("invocation_completed", "wait_closed"):
        row.outputs, row.error, row.cost_us = data["outputs"], None, data.get("cost_us")
        if data.get("reused"):
            row.state, row.reused = "reused", data["reused"]
        else:
            row.attempts.append(Attempt(attempt=row.attempt, error=None, at=at, cost_us=row.cost_us))
    if row.state in ("succeeded", "reused", "failed", "cancelled"):
        row.started_at = row.started_at or at
        row.finished_at = at


def _items(chunks: Iterable[_Chunk]) -> Iterable[Index]:
    for chunk in chunks:
        around = tuple(chunk.data.get("index", ()))
        start = chunk.data["first"]
        yield from ((*around, item) for item in range(start, start + chunk.data["count"]))


def _take_item(row: Invocation, chunk: _Chunk) -> None:
    """An item of a chunk: its place in the lists counts the items before it that did not fail."""
    item = row.index[-1]
    failed = {entry["index"]: entry for entry in _failures(chunk.data)}
    row.started_at, row.finished_at = row.started_at or chunk.at, chunk.at
    if item in failed:
        row.state, row.error = "failed", failed[item]["error"]
        row.attempt = failed[item].get("attempt", row.attempt)
        return
    position = item - chunk.data["first"] - sum(place < item for place in failed)
    row.reused = chunk.data.get("reused")
    row.state = "succeeded" if row.reused is None else "reused"
    row.error, row.cost_us = None, chunk.data.get("cost_us")
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
