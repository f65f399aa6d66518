"""Apply facts to the state of a run.

Owns:      what each type of event means.
Promises:  tolerant of order: a fact overrides what would have been derived; applying one costs O(out-degree).
Never:     decides, evaluates an expression, or looks at what is in flight.
"""

import heapq
from collections.abc import Callable
from typing import Any, Final

import msgspec

from executors.engine.facts import Fact, Index, json_value, milliseconds
from executors.engine.frames import activate, fail, frame_at, settle
from executors.engine.program import ERROR_PORT, Node
from executors.engine.state import (
    ACTIVE,
    CANCELLED,
    DONE,
    FAILED,
    SKIPPED,
    Attempts,
    CallWork,
    Failure,
    Frame,
    MapWork,
    RunState,
    WaitWork,
)
from executors.protocol import CallError, Value

Data = dict[str, Any]
Spot = tuple[Frame, Node, Index]
CRASHED: Final = "system.crashed"


def evolve(state: RunState, fact: Fact) -> None:
    """Take one fact in. Facts must come in the order of their sequence numbers."""
    state.seq += 1
    state.at = fact.at
    _APPLY[fact.type](state, fact.data, fact.at)


def spot(state: RunState, path: str, index: Index) -> Spot:
    """Frame, node, and what of the index belongs to the node's own map or repeat."""
    scope, local = state.program.places[path]
    inside = state.program.scopes[scope]
    frame = state.frames.get((scope, index)) if len(index) == inside.depth else None
    if frame is not None:
        return frame, inside.nodes[local], ()
    return frame_at(state, scope, index[: inside.depth]), inside.nodes[local], index[inside.depth :]


def call_work(state: RunState, frame: Frame, node: Node) -> CallWork:
    work = frame.work.get(node.local)
    if work is None:
        activate(state, frame, node.local)
        work = frame.work[node.local] = CallWork()
    assert isinstance(work, CallWork)
    return work


def map_work(state: RunState, frame: Frame, node: Node) -> MapWork:
    work = frame.work.get(node.local)
    if work is None:
        activate(state, frame, node.local)
        work = frame.work[node.local] = MapWork()
    assert isinstance(work, MapWork)
    return work


def attempts_of(state: RunState, frame: Frame, node: Node, own: Index) -> Attempts:
    """The attempts that a fact speaks of; a map over effects keeps them by item."""
    if node.map is not None:
        return map_work(state, frame, node).retrying.setdefault(own[0], Attempts())
    work = call_work(state, frame, node)
    if node.repeat is not None and own:
        work.iteration = own[0]
    return work.attempts


def call_error(document: Data) -> CallError:
    return CallError(
        name=document["name"],
        message=document["message"],
        data=document.get("data"),
        retryable=document.get("retryable", False),
    )


def _is_final(frame: Frame, node: Node) -> bool:
    return frame.status[node.local] > ACTIVE


def _created(state: RunState, data: Data, at: int) -> None:
    state.status = "queued"


def _claimed(state: RunState, data: Data, at: int) -> None:
    if state.status in ("queued", "waiting", "attention"):
        state.status = "running"
    if state.running_since is None and state.status in ("running", "cancelling"):
        state.running_since = at


def _stand_still(state: RunState, status: str, at: int) -> None:
    state.status = status
    if state.running_since is not None:
        state.ran_ms += at - state.running_since
        state.running_since = None


def _waiting(state: RunState, data: Data, at: int) -> None:
    _stand_still(state, "waiting", at)


def _paused(state: RunState, data: Data, at: int) -> None:
    _stand_still(state, "paused", at)
    state.is_paused = True


def _attention(state: RunState, data: Data, at: int) -> None:
    _stand_still(state, "attention", at)


def _quarantined(state: RunState, data: Data, at: int) -> None:
    _stand_still(state, "quarantined", at)


def _resumed(state: RunState, data: Data, at: int) -> None:
    state.is_paused = False
    state.status = "running"
    state.running_since = at if state.running_since is None else state.running_since


def _cancel_requested(state: RunState, data: Data, at: int) -> None:
    state.status = "cancelling"
    state.is_paused = False
    fail(state, state.root, Failure(None, status="cancelled"))


def _finished(state: RunState, data: Data, at: int) -> None:
    _stand_still(state, data["status"], at)


def _map_opened(state: RunState, data: Data, at: int) -> None:
    frame, node, _ = spot(state, data["node"], data.get("index", ()))
    if not _is_final(frame, node):
        map_work(state, frame, node).count = data["count"]


def _chunk_completed(state: RunState, data: Data, at: int) -> None:
    frame, node, _ = spot(state, data["node"], data.get("index", ()))
    retried = data.get("retry_count", 0)
    state.calls += data["count"] + retried
    state.retries += retried
    if _is_final(frame, node):
        return
    work = map_work(state, frame, node)
    work.joined[data["first"]] = (data["count"], data["outputs"], data.get("failed"))
    work.chunks.pop(data["first"], None)
    work.final += data["count"]
    state.agenda.append((frame, node.local))


def _scheduled(state: RunState, data: Data, at: int) -> None:
    frame, node, own = spot(state, data["node"], data.get("index", ()))
    if _is_final(frame, node):
        return
    attempts = attempts_of(state, frame, node, own)
    attempts.key = data["key"]
    attempts.number = data.get("attempt", 1)
    attempts.retry_at = None
    attempts.started = False
    if attempts.scheduled_at is None:
        attempts.scheduled_at = at
    state.agenda.append((frame, node.local))


def _started(state: RunState, data: Data, at: int) -> None:
    frame, node, own = spot(state, data["node"], data.get("index", ()))
    if node.callee is None or node.callee.is_repeatable:
        return
    state.started[node.path, frame.index + own] = (frame, node.local, own[0] if own else -1)
    if not _is_final(frame, node):
        attempts_of(state, frame, node, own).started = True


def _completed(state: RunState, data: Data, at: int) -> None:
    frame, node, own = spot(state, data["node"], data.get("index", ()))
    state.calls += 1
    _be_certain(state, frame, node, own)
    _take_outputs(state, frame, node, own, data, at)


def _be_certain(state: RunState, frame: Frame, node: Node, own: Index) -> None:
    """What became of an effect is known."""
    if state.started or state.uncertain:
        state.uncertain.pop((node.path, frame.index + own), None)
        state.started.pop((node.path, frame.index + own), None)


def _take_outputs(state: RunState, frame: Frame, node: Node, own: Index, data: Data, at: int) -> None:
    if not own:
        settle(state, frame, node.local, DONE, data["outputs"])
    elif _is_final(frame, node):
        return
    elif node.map is not None:
        work = map_work(state, frame, node)
        work.retrying.pop(own[0], None)
        work.results[own[0]] = data["outputs"]
        work.final += 1
        state.agenda.append((frame, node.local))
    elif data.get("last"):
        settle(state, frame, node.local, DONE, data["outputs"])
    else:
        call = call_work(state, frame, node)
        assert node.repeat is not None
        call.attempts = Attempts()
        call.iteration = own[0] + 1
        call.last = {**(call.last or {}), **data["outputs"]}
        call.repeat_at = at + int(node.repeat.delay_seconds * 1000)
        call.landed = call.key = call.reused = None
        state.agenda.append((frame, node.local))


def _attempt_failed(state: RunState, data: Data, at: int) -> None:
    frame, node, own = spot(state, data["node"], data.get("index", ()))
    state.calls += 1
    state.retries += 1
    _be_certain(state, frame, node, own)
    if _is_final(frame, node):
        return
    attempts = attempts_of(state, frame, node, own)
    attempts.number = data.get("attempt", 1) + 1
    attempts.retry_at = _instant_of(data, at)
    attempts.started = False
    if data["error"]["name"] == CRASHED:
        attempts.crashes += 1
    state.agenda.append((frame, node.local))


def _instant_of(data: Data, at: int) -> int:
    return milliseconds(data["retry_at"]) if "retry_at" in data else at


def _exhausted(state: RunState, data: Data, at: int) -> None:
    frame, node, own = spot(state, data["node"], data.get("index", ()))
    state.calls += 1
    _be_certain(state, frame, node, own)
    if _is_final(frame, node):
        return
    error = call_error(data["error"])
    if own and node.map is not None and node.map.failures == "collect":
        work = map_work(state, frame, node)
        work.retrying.pop(own[0], None)
        work.errors[own[0]] = (error, data.get("attempt", 1))
        work.final += 1
        state.agenda.append((frame, node.local))
        return
    handle_error(state, frame, node, Failure(error, node.path, frame.index + own), data["handled"])


def handle_error(state: RunState, frame: Frame, node: Node, failure: Failure, handled: str) -> None:
    """What a node's final error does: its port, its default, or the end of its frame."""
    assert failure.error is not None
    state.waits.pop((node.path, frame.index), None)
    if handled == "port":
        settle(state, frame, node.local, FAILED, {ERROR_PORT: error_value(failure.error)})
    elif handled == "default":
        settle(state, frame, node.local, FAILED, node.fallback)
    else:
        settle(state, frame, node.local, FAILED, None)
        fail(state, frame, failure)


def error_value(error: CallError) -> Value:
    """What an error port emits."""
    return json_value(msgspec.json.encode({"name": error.name, "message": error.message, "data": error.data}))


def _skipped(state: RunState, data: Data, at: int) -> None:
    _settle_all(state, data, SKIPPED)


def _cancelled(state: RunState, data: Data, at: int) -> None:
    _settle_all(state, data, CANCELLED)


def _settle_all(state: RunState, data: Data, status: int) -> None:
    for path in data["nodes"]:
        frame, node, _ = spot(state, path, data.get("index", ()))
        state.waits.pop((path, frame.index), None)
        settle(state, frame, node.local, status, None)


def _uncertain(state: RunState, data: Data, at: int) -> None:
    frame, node, own = spot(state, data["node"], data.get("index", ()))
    state.started.pop((node.path, frame.index + own), None)
    state.uncertain[node.path, frame.index + own] = (frame, node.local, own[0] if own else -1)
    if _is_final(frame, node):
        return
    attempts = attempts_of(state, frame, node, own)
    attempts.uncertain = True
    attempts.flight = None


def _resolved(state: RunState, data: Data, at: int) -> None:
    frame, node, own = spot(state, data["node"], data.get("index", ()))
    _be_certain(state, frame, node, own)
    if _is_final(frame, node):
        return
    attempts = attempts_of(state, frame, node, own)
    attempts.uncertain = attempts.started = False
    if data["decision"] == "done":
        _take_outputs(state, frame, node, own, {"last": True, "outputs": {}, **data}, at)
    elif data["decision"] == "not_applied":
        attempts.number += 1
        attempts.scheduled_at = None
        state.agenda.append((frame, node.local))


def _wait_opened(state: RunState, data: Data, at: int) -> None:
    frame, node, _ = spot(state, data["node"], data.get("index", ()))
    if _is_final(frame, node):
        return
    activate(state, frame, node.local)
    due_at = milliseconds(data["due_at"])
    frame.work[node.local] = WaitWork(kind=data["kind"], due_at=due_at)
    state.waits[node.path, frame.index] = (frame, node.local)
    set_timer(state, due_at, frame, node.local)
    if data["kind"] != "timer":
        state.agenda.append((frame, node.local))


def _wait_closed(state: RunState, data: Data, at: int) -> None:
    frame, node, _ = spot(state, data["node"], data.get("index", ()))
    state.waits.pop((node.path, frame.index), None)
    if data["outcome"] != "expired":
        settle(state, frame, node.local, DONE, data["outputs"])
        return
    work = frame.work.get(node.local)
    if isinstance(work, WaitWork):
        work.outcome = "expired"
        state.agenda.append((frame, node.local))


def _nothing(state: RunState, data: Data, at: int) -> None:
    """Breakers belong to the process; the journal only shows them."""


def set_timer(state: RunState, due_at: int, frame: Frame, local: int) -> None:
    """Have a node looked at from `due_at` (milliseconds) on."""
    state.timer_count += 1
    heapq.heappush(state.timers, (due_at, state.timer_count, frame, local))


_APPLY: Final[dict[str, Callable[[RunState, Data, int], None]]] = {
    "run_created": _created,
    "run_claimed": _claimed,
    "run_waiting": _waiting,
    "run_paused": _paused,
    "run_resumed": _resumed,
    "run_cancel_requested": _cancel_requested,
    "run_attention_raised": _attention,
    "run_quarantined": _quarantined,
    "run_finished": _finished,
    "map_opened": _map_opened,
    "map_chunk_completed": _chunk_completed,
    "invocation_scheduled": _scheduled,
    "invocation_started": _started,
    "invocation_completed": _completed,
    "invocation_attempt_failed": _attempt_failed,
    "invocation_exhausted": _exhausted,
    "invocation_skipped": _skipped,
    "invocation_cancelled": _cancelled,
    "invocation_uncertain": _uncertain,
    "invocation_resolved": _resolved,
    "wait_opened": _wait_opened,
    "wait_closed": _wait_closed,
    "breaker_opened": _nothing,
    "breaker_closed": _nothing,
}
