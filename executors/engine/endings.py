"""How frames and runs end, and when a run has nothing to do.

Owns:      cancelling what is left, the last fact, waiting, attention, and giving a run up.
Promises:  started effects are awaited before their frame ends; after the last fact nothing follows.
Never:     starts anything.
"""

import heapq
from typing import Any

from executors.engine.commands import Absorb, Release, Stop
from executors.engine.facts import error_document, instant
from executors.engine.frames import fail, frames_within, is_dead
from executors.engine.graphs import frame_failed, outputs_of
from executors.engine.program import COUNTED_KINDS
from executors.engine.state import ACTIVE, DONE, Failure, Frame, RunState
from executors.engine.turn import SKIPS_PER_FACT, Turn
from executors.protocol import CallError

LINGER_MS = 2_000
SLOW_MS = 200


def end_frames(turn: Turn) -> None:
    """Bring failing frames to their end, as far as started effects allow."""
    state = turn.state
    waiting: list[Frame] = []
    while state.failing:
        frame = state.failing.pop()
        if frame.is_closed or state.is_finished:
            continue
        within = {id(inner) for inner in frames_within(state, frame)}
        flights = [flight for flight in state.flights.values() if id(flight.frame) in within]
        for flight in flights:
            if flight.is_repeatable:
                del state.flights[flight.id]
                turn.ask(Stop(flight.id))
        if not all(flight.is_repeatable for flight in flights):
            waiting.append(frame)
            continue
        _cancel_rest(turn, frame)
        if frame is state.root:
            _finish_early(turn)
        else:
            frame_failed(turn, frame)
    state.failing.extend(waiting)


def _cancel_rest(turn: Turn, frame: Frame) -> None:
    state = turn.state
    held_open = (*state.uncertain.values(), *state.started.values())
    doubtful = {(id(held), local) for held, local, _ in held_open}
    for inner in frames_within(state, frame):
        paths = [
            node.path
            for node in state.program.scopes[inner.scope].nodes
            if inner.status[node.local] <= ACTIVE
            and (node.kind in COUNTED_KINDS or node.kind == "graph")
            and (id(inner), node.local) not in doubtful
        ]
        for first in range(0, len(paths), SKIPS_PER_FACT):
            data: dict[str, Any] = {"nodes": paths[first : first + SKIPS_PER_FACT]}
            turn.record("invocation_cancelled", {**data, "index": inner.index} if inner.index else data)


def _finish_early(turn: Turn) -> None:
    failure = turn.state.root.failure
    assert failure is not None
    data: dict[str, Any] = {"status": failure.status}
    if failure.error is not None:
        data["error"] = error_document(failure.error)
    if failure.node:
        data["node"] = failure.node
    if failure.index:
        data["index"] = failure.index
    _finish(turn, data)


def _finish(turn: Turn, data: dict[str, Any]) -> None:
    state = turn.state
    turn.flush_skips()
    for node, index in sorted(state.started):
        # Started by a process that was lost: at the end it must be said that nobody knows.
        turn.record("invocation_uncertain", {"node": node, "index": index} if index else {"node": node})
    if state.uncertain:
        data["unresolved"] = doubts(state)
    turn.record("run_finished", data)
    if state.signals:
        turn.ask(Absorb(tuple(state.signals)))


def doubts(state: RunState) -> list[dict[str, Any]]:
    return [
        {"node": node, "index": index} if index else {"node": node} for node, index in sorted(state.uncertain)
    ]


def check_deadline(turn: Turn) -> None:
    """A run may work only so long; time spent waiting does not count."""
    due_at = deadline_of(turn.state)
    if due_at is not None and turn.now >= due_at and not turn.state.is_ending:
        message = f"The run took longer than it may: {turn.state.program.plan.deadline_seconds} seconds."
        if due_at == turn.state.deadline_at:
            message = "The run was not done when its time was over."
        error = CallError(name="system.deadline", message=message)
        fail(turn.state, turn.state.root, Failure(error, status="timed_out"))


def deadline_of(state: RunState) -> int | None:
    if state.running_since is None:
        return state.deadline_at
    due_at = state.running_since + state.program.plan.deadline_seconds * 1000 - state.ran_ms
    return due_at if state.deadline_at is None else min(due_at, state.deadline_at)


def rest(turn: Turn) -> None:
    """When nothing can be done now: finish, wait, or raise attention, and give the run up."""
    state = turn.state
    if state.flights or state.is_finished:
        return
    if state.root.failure is None and not state.root.remaining:
        outputs = outputs_of(turn, state.root)
        _finish(turn, {"status": "succeeded", "outputs": outputs} if outputs else {"status": "succeeded"})
    elif state.is_paused or state.status == "quarantined":
        turn.ask(Release())
    elif not (state.awaited or state.sought or state.agenda or state.failing):
        _stand_by(turn)


def _stand_by(turn: Turn) -> None:
    state = turn.state
    due_at = next_alarm(state)
    if due_at is not None and due_at <= turn.now + LINGER_MS:
        return
    if due_at is not None:
        turn.flush_skips()
        turn.record("run_waiting", {"wake_at": instant(due_at)})
        turn.ask(Release(due_at))
    elif state.uncertain:
        turn.flush_skips()
        turn.record("run_attention_raised", {"invocations": doubts(state)})
        turn.ask(Release(state.deadline_at))
    else:
        raise RuntimeError(f"run {state.run} can neither go on nor end")


def next_alarm(state: RunState) -> int | None:
    """When a node must be looked at again; alarms that no longer matter are dropped."""
    timers = state.timers
    while timers:
        due_at, _, frame, local = timers[0]
        if frame.status[local] < DONE and not is_dead(frame):
            return due_at
        heapq.heappop(timers)
    return None


def next_due(state: RunState) -> int | None:
    """When `decide` must be told that time has passed, in milliseconds; None: never by itself."""
    candidates = [deadline_of(state), next_alarm(state)]
    while state.unnoted and state.unnoted[0].id not in state.flights:
        state.unnoted.popleft()
    if state.unnoted:
        candidates.append(state.unnoted[0].started_at + SLOW_MS)
    known = [due_at for due_at in candidates if due_at is not None]
    return min(known) if known else None
