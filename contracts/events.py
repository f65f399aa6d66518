"""The events of a run's journal (formats.md §f).

Owns:      `Event`, its types and versions, addresses of invocations, and reading with refusal of the unknown.
Promises:  what is written can be read back; an unknown type or version stops the reader with its name.
Never:     interprets events: the engine's state and the projection are folds of them.
"""

from collections.abc import Sequence
from typing import Any, Final, Literal, get_args

from msgspec import Struct, convert

from contracts.canonical import JSON
from contracts.formats import plain, require_structure
from contracts.problems import Problem, ProblemsError

EventType = Literal[
    "run_created",
    "run_claimed",
    "run_waiting",
    "run_paused",
    "run_resumed",
    "run_cancel_requested",
    "run_attention_raised",
    "run_quarantined",
    "run_finished",
    "map_opened",
    "map_chunk_completed",
    "invocation_scheduled",
    "invocation_started",
    "invocation_completed",
    "invocation_attempt_failed",
    "invocation_exhausted",
    "invocation_skipped",
    "invocation_cancelled",
    "invocation_uncertain",
    "invocation_resolved",
    "wait_opened",
    "wait_closed",
    "breaker_opened",
    "breaker_closed",
]
EVENT_TYPES: Final[frozenset[str]] = frozenset(get_args(EventType))
CURRENT_V: Final = 1
MAX_EVENT_BYTES: Final = 64 << 10
RunStatus = Literal[
    "queued",
    "running",
    "waiting",
    "paused",
    "attention",
    "cancelling",
    "quarantined",
    "succeeded",
    "failed",
    "timed_out",
    "cancelled",
]
TERMINAL_STATUSES: Final[frozenset[str]] = frozenset(("succeeded", "failed", "timed_out", "cancelled"))


class Event(Struct, frozen=True, kw_only=True):
    """One fact of a run. `at` is an RFC 3339 instant in UTC with milliseconds; `data` as its type says."""

    seq: int
    epoch: int
    type: EventType
    v: int = CURRENT_V
    at: str
    data: dict[str, Any]


def parse_event(document: JSON) -> Event:
    """Read one event. Raises `ProblemsError`; an unknown type or version is refused by its name."""
    if isinstance(document, dict):
        kind, version = document.get("type"), document.get("v")
        if kind not in EVENT_TYPES or version != CURRENT_V:
            message = f"Event type {kind!r} v{version!r} is not known to this version. Upgrade the reader."
            raise ProblemsError([Problem(code="unknown_event", path="/type", message=message)])
    require_structure("event", document)
    return convert(document, Event)


def event_document(event: Event) -> JSON:
    return plain(event)


def address(node: str, index: Sequence[int] = ()) -> str:
    """An invocation's name for people: `gate[3]/x[17]`, one integer per map or repeat around it.

    The indexes belong to the last parts of the path: a journal does not say which scopes are mapped.
    """
    parts = node.split("/")
    for place, position in enumerate(reversed(index), start=1):
        if place <= len(parts):
            parts[-place] += f"[{position}]"
    return "/".join(parts)
