"""What must hold in every journal, checked from its events alone (engine.md §9).

Owns:      `check_journal`: the offline judge of one run's events.
Promises:  pure; finds every break that can be seen without the executors, each with its sequence number.
Never:     shares code with the engine's own fold: it would share its mistakes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from contracts.canonical import JSON
from contracts.events import EVENT_TYPES, MAX_EVENT_BYTES, TERMINAL_STATUSES

Row = tuple[int, int, str, int, str, str]
Address = tuple[str, tuple[int, ...]]
_FINAL: Final = frozenset(("invocation_completed", "invocation_exhausted", "wait_closed"))


@dataclass(slots=True)
class _Reading:
    """What has been seen so far."""

    breaks: list[str] = field(default_factory=list)
    seq: int = 0
    epoch: int = 0
    at: str = ""
    is_over: bool = False
    final: dict[Address, str] = field(default_factory=dict)
    chunks: dict[Address, set[int]] = field(default_factory=dict)
    counts: dict[Address, int] = field(default_factory=dict)
    keys: dict[Address, str] = field(default_factory=dict)
    scheduled: dict[Address, int] = field(default_factory=dict)
    started: set[Address] = field(default_factory=set)
    open_waits: set[Address] = field(default_factory=set)
    status: str = ""


def check_journal(
    rows: Iterable[Row], *, nodes: Mapping[str, str] | None = None, secrets: Iterable[str] = ()
) -> list[str]:
    """Sentences about what does not hold; none for a sound journal.

    `rows` are (seq, epoch, type, v, at, data) in order; `nodes` path → kind of the plan; `secrets` texts
    that may stand in no event.
    """
    reading = _Reading()
    hidden = [secret for secret in secrets if secret]
    for row in rows:
        _check_head(reading, row)
        if any(secret in row[5] for secret in hidden):
            reading.breaks.append(f"event {row[0]} holds a secret")
        try:
            data = msgspec.json.decode(row[5])
        except msgspec.DecodeError as error:
            reading.breaks.append(f"event {row[0]} cannot be read: {error}")
            continue
        _check_data(reading, row[0], row[2], data, nodes)
    return reading.breaks


def _check_head(reading: _Reading, row: Row) -> None:
    seq, epoch, kind, _, at, data = row
    if seq != reading.seq + 1:
        reading.breaks.append(f"event {seq} follows event {reading.seq}")
    if epoch < reading.epoch:
        reading.breaks.append(f"event {seq} has epoch {epoch} after epoch {reading.epoch}")
    if at < reading.at:
        reading.breaks.append(f"event {seq} is earlier than the one before")
    if reading.is_over:
        reading.breaks.append(f"event {seq} ({kind}) follows the end of the run")
    if kind not in EVENT_TYPES:
        reading.breaks.append(f"event {seq} has the unknown type {kind}")
    if len(data.encode()) > MAX_EVENT_BYTES:
        reading.breaks.append(f"event {seq} is larger than 64 KiB")
    if (kind == "run_created") != (seq == 1):
        reading.breaks.append(f"event {seq} is {kind}: the first one alone is run_created")
    reading.seq, reading.epoch, reading.at = seq, epoch, at


def _check_data(
    reading: _Reading, seq: int, kind: str, data: dict[str, Any], nodes: Mapping[str, str] | None
) -> None:
    node = data.get("node", "")
    here: Address = (node, tuple(data.get("index", ())))
    for path in (node, *data.get("nodes", ())):
        if path and nodes is not None and path not in nodes:
            reading.breaks.append(f"event {seq} names {path}, which is not in the plan")
    match kind:
        case "run_finished":
            reading.is_over = True
            reading.status = data["status"]
            _check_end(reading, seq, data)
        case "map_opened":
            reading.counts[here] = data["count"]
        case "map_chunk_completed":
            _check_chunk(reading, seq, here, data)
        case "invocation_scheduled":
            _check_schedule(reading, seq, here, data)
        case "invocation_started" if here in reading.scheduled:
            reading.started.add(here)
        case "invocation_attempt_failed" | "invocation_resolved":
            reading.started.discard(here)
        case "wait_opened":
            if here in reading.open_waits or here in reading.final:
                reading.breaks.append(f"event {seq} opens the wait {_name(here)} twice")
            reading.open_waits.add(here)
        case "invocation_skipped" | "invocation_cancelled":
            for path in data["nodes"]:
                _make_final(reading, seq, (path, here[1]), kind)
    if kind in _FINAL and not _is_step(kind, data):
        _make_final(reading, seq, here, kind)


def _is_step(kind: str, data: Mapping[str, JSON]) -> bool:
    """An expired wait is ended by the error that follows."""
    return kind == "wait_closed" and data.get("outcome") == "expired"


def _make_final(reading: _Reading, seq: int, here: Address, kind: str) -> None:
    before = reading.final.get(here)
    if before is not None:
        reading.breaks.append(f"event {seq} ({kind}) ends {_name(here)}, which {before} ended before")
    reading.final[here] = kind
    reading.open_waits.discard(here)
    if kind in _FINAL:
        reading.started.discard(here)


def _check_end(reading: _Reading, seq: int, data: Mapping[str, Any]) -> None:
    if data["status"] not in TERMINAL_STATUSES:
        reading.breaks.append(f"event {seq} ends the run as {data['status']}")
    listed = {(doubt["node"], tuple(doubt.get("index", ()))) for doubt in data.get("unresolved", ())}
    for here in sorted(reading.started - listed):
        reading.breaks.append(f"event {seq} ends the run, and what became of {_name(here)} is not said")


def _check_chunk(reading: _Reading, seq: int, here: Address, data: Mapping[str, Any]) -> None:
    seen = reading.chunks.setdefault(here, set())
    first, count = data["first"], data["count"]
    if first in seen:
        reading.breaks.append(f"event {seq} completes the chunk {first} of {_name(here)} twice")
    seen.add(first)
    if first + count > reading.counts.get(here, 0):
        reading.breaks.append(f"event {seq} completes items that the map {_name(here)} does not have")
    failed = data.get("failed_count", 0)
    for port, envelope in data["outputs"].items():
        if "value" in envelope and len(envelope["value"]) != count - failed:
            reading.breaks.append(f"event {seq} has {len(envelope['value'])} results on port {port}")


def _check_schedule(reading: _Reading, seq: int, here: Address, data: Mapping[str, Any]) -> None:
    if here in reading.final:
        reading.breaks.append(f"event {seq} schedules {_name(here)}, which is over")
    key = reading.keys.setdefault(here, data["key"])
    if key != data["key"]:
        reading.breaks.append(f"event {seq} schedules {_name(here)} under another key")
    attempt = data.get("attempt", 1)
    if attempt <= reading.scheduled.get(here, 0):
        reading.breaks.append(f"event {seq} schedules attempt {attempt} of {_name(here)} again")
    reading.scheduled[here] = attempt


def _name(here: Address) -> str:
    return f"{here[0]}{list(here[1]) if here[1] else ''}"
