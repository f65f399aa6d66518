"""Frames: opening a scope, making nodes final, and passing that on to the nodes that wait for them.

Owns:      node statuses, and who is looked at next.
Promises:  making a node final costs its consumers and sources, nothing else.
Never:     evaluates an expression.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from contracts.canonical import JSON
from contracts.module import Port
from executors.engine.extent import downstream_of, outside_of
from executors.engine.facts import Index, Outputs, json_value
from executors.engine.program import Node, Program, filled
from executors.engine.state import (
    ACTIVE,
    CANCELLED,
    DONE,
    FAILED,
    PENDING,
    SKIPPED,
    Failure,
    Frame,
    RunState,
)
from executors.protocol import Value

WHOLE = -1
_COUNTED = {DONE: "succeeded", FAILED: "failed", SKIPPED: "skipped", CANCELLED: "cancelled"}
_NOTHING: Outputs = {}


def new_state(
    *,
    run: str,
    program: Program,
    inputs: Mapping[str, Value],
    parameters: Mapping[str, JSON],
    options: Mapping[str, Any],
    key_run: str = "",
    deadline_at: int | None = None,
) -> RunState:
    """The state before the first fact. `key_run` is the first run of a resumed chain (default: itself)."""
    root = _new_frame(program, 0, (), None, WHOLE, since=0)
    root.parameters = filled(program.plan.parameters, parameters)
    state = RunState(
        run=run,
        program=program,
        inputs=inputs,
        root=root,
        options=options,
        key_run=key_run or run,
        deadline_at=deadline_at,
        excluded=outside_of(program, options.get("upto", ()), options.get("pins", {})),
        afresh=downstream_of(program, options.get("from", ())),
        pins=options.get("pins", {}),
    )
    _open(state, root)
    enter(state, root, inputs)
    return state


def _new_frame(
    program: Program, scope: int, index: Index, parent: Frame | None, local: int, *, since: int
) -> Frame:
    nodes = program.scopes[scope].nodes
    return Frame(
        scope=scope,
        index=index,
        parent=parent,
        local=local,
        since=since,
        status=[PENDING] * len(nodes),
        pending=program.scopes[scope].pending.copy(),
        outputs=[None] * len(nodes),
        uses=[len(node.consumers) for node in nodes],
        remaining=len(nodes),
    )


def frame_at(state: RunState, scope: int, index: Index) -> Frame:
    """The frame of a scope; opened, with those around it, when it is not."""
    frame = state.frames.get((scope, index))
    if frame is None:
        inside = state.program.scopes[scope]
        around = state.program.scopes[inside.parent]
        parent = frame_at(state, around.id, index[: around.depth])
        local = state.program.places[inside.path][1]
        frame = _new_frame(state.program, scope, index, parent, local, since=state.at)
        _open(state, frame)
    return frame


def _open(state: RunState, frame: Frame) -> None:
    state.frames[frame.scope, frame.index] = frame
    for node in state.program.scopes[frame.scope].nodes:
        if node.path in state.excluded:
            frame.status[node.local] = CANCELLED
            frame.remaining -= 1
        elif node.kind == "constant":
            assert node.constant is not None
            settle(state, frame, node.local, DONE, {"value": node.constant})
        elif node.path in state.pins:
            frame.pending[node.local] = 0
            state.agenda.append((frame, node.local))
        elif not node.sources and node.kind != "input":
            state.agenda.append((frame, node.local))
    if not frame.remaining:
        state.agenda.append((frame, WHOLE))


def enter(state: RunState, frame: Frame, inputs: Outputs) -> None:
    """Give a frame's input nodes their values; what is missing and has no default is skipped."""
    if frame.is_entered:
        return
    frame.is_entered = True
    scope = state.program.scopes[frame.scope]
    for name, local in scope.inputs.items():
        value = inputs.get(name) or _default(scope.nodes[local].port)
        if value is None:
            settle(state, frame, local, SKIPPED, None)
        else:
            settle(state, frame, local, DONE, {"value": value})


def _default(port: Port | None) -> Value | None:
    if port is None or port.default is msgspec.UNSET:
        return None
    return json_value(msgspec.json.encode(port.default))


def activate(state: RunState, frame: Frame, local: int) -> None:
    if frame.status[local] == PENDING:
        frame.status[local] = ACTIVE
        state.active += state.node(frame, local).weight


def settle(state: RunState, frame: Frame, local: int, status: int, outputs: Outputs | None) -> None:
    """Make a node final, once; later calls change nothing."""
    before = frame.status[local]
    if before > ACTIVE:
        return
    node = state.program.scopes[frame.scope].nodes[local]
    frame.status[local] = status
    frame.outputs[local] = outputs
    if before == ACTIVE:
        state.active -= node.weight
        frame.work.pop(local, None)
    _count(state, frame, node, status)
    pending = frame.pending
    for consumer in node.consumers:
        pending[consumer] -= 1
        if not pending[consumer]:
            state.agenda.append((frame, consumer))
    uses = frame.uses
    for source in node.sources:
        uses[source] -= 1
        if not uses[source] and frame.status[source] > ACTIVE and not state.is_replayed:
            frame.outputs[source] = _NOTHING
    frame.remaining -= 1
    if not frame.remaining:
        state.agenda.append((frame, WHOLE))


def _count(state: RunState, frame: Frame, node: Node, status: int) -> None:
    """Nodes inside a map or repeat count with the graph node around them."""
    if not node.weight or frame.index:
        return
    if node.kind == "graph" and status in (DONE, FAILED) and node.map is None and node.repeat is None:
        return
    word = _COUNTED[status]
    state.counters[word] = state.counters.get(word, 0) + node.weight


def fail(state: RunState, frame: Frame, failure: Failure) -> None:
    """End a frame early, once."""
    if frame.failure is None:
        frame.failure = failure
        state.failing.append(frame)


def is_dead(frame: Frame | None) -> bool:
    """Whether nothing new may start in a frame."""
    while frame is not None:
        if frame.failure is not None or frame.is_closed:
            return True
        if frame.parent is not None and frame.parent.status[frame.local] > ACTIVE:
            return True
        frame = frame.parent
    return False


def frames_within(state: RunState, frame: Frame) -> list[Frame]:
    """A frame and those opened inside it."""
    if frame is state.root:
        return list(state.frames.values())
    return [candidate for candidate in state.frames.values() if _is_within(candidate, frame)]


def _is_within(candidate: Frame | None, frame: Frame) -> bool:
    while candidate is not None:
        if candidate is frame:
            return True
        candidate = candidate.parent
    return False


def close(state: RunState, frame: Frame) -> None:
    """Forget a frame whose outcome has been passed on."""
    if state.is_replayed:
        return
    frame.is_closed = True
    if frame is not state.root:
        state.frames.pop((frame.scope, frame.index), None)
