"""Graph nodes: opening their inside once, per item or per iteration, and passing its outcome on.

Owns:      what enters and leaves a frame.
Promises:  a graph node leaves no fact of its own but skips, the opening of a map, and an error of its own.
Never:     looks at what happens inside.
"""

from executors.engine.evolve import handle_error, set_timer
from executors.engine.facts import Outputs, json_value
from executors.engine.frames import WHOLE, activate, close, enter, fail, frame_at, frames_within, settle
from executors.engine.maps import joined, next_item, open_map
from executors.engine.program import Node
from executors.engine.state import DONE, Failure, Frame, GraphWork, MapWork
from executors.engine.turn import Turn, handling
from executors.protocol import CallError, Value


def look_at_graph(turn: Turn, frame: Frame, node: Node) -> None:
    """Bring a graph node forward."""
    if node.map is not None:
        _look_at_mapped(turn, frame, node)
        return
    work = frame.work.get(node.local)
    assert work is None or isinstance(work, GraphWork)
    if work is None:
        inputs = turn.admit(frame, node)
        if inputs is None:
            return
        activate(turn.state, frame, node.local)
        work = frame.work[node.local] = GraphWork(inputs=inputs, iteration_inputs=inputs)
        work.deadline = _deadline(turn, frame, node)
    if _is_late(turn, frame, node, work.deadline):
        return
    if work.repeat_at > turn.now:
        set_timer(turn.state, work.repeat_at, frame, node.local)
    elif node.repeat is None:
        _enter(turn, frame_at(turn.state, node.inner, frame.index), work.inputs or {})
    elif work.iteration >= node.repeat.max:
        message = f"After {node.repeat.max} calls the condition was still false."
        turn.exhaust(frame, node, CallError(name="system.repeat_limit", message=message))
    else:
        inner = frame_at(turn.state, node.inner, (*frame.index, work.iteration))
        _enter(turn, inner, work.iteration_inputs or {})


def _enter(turn: Turn, inner: Frame, inputs: dict[str, Value]) -> None:
    turn.parameters(inner)
    enter(turn.state, inner, inputs)
    if not inner.remaining:
        turn.state.agenda.append((inner, WHOLE))


def _deadline(turn: Turn, frame: Frame, node: Node) -> int | None:
    """Counted from the first fact inside, if there is one: a run that is taken up again has waited or crashed."""
    if node.timeout_ms is None:
        return None
    inside = turn.state.frames.values()
    known = [inner.since for inner in inside if inner.parent is frame and inner.local == node.local]
    due_at = min(known, default=turn.now) + node.timeout_ms
    set_timer(turn.state, due_at, frame, node.local)
    return due_at


def _is_late(turn: Turn, frame: Frame, node: Node, deadline: int | None) -> bool:
    if deadline is None or turn.now < deadline:
        return False
    message = f"The sub-graph took longer than {(node.timeout_ms or 0) / 1000:g} seconds."
    turn.exhaust(frame, node, CallError(name="system.timeout", message=message))
    end_inside(turn, frame, node)
    return True


def end_inside(turn: Turn, frame: Frame, node: Node) -> None:
    """A graph node is final before its inside is: end what is still open there."""
    for inner in frames_within(turn.state, frame):
        if inner.parent is frame and inner.local == node.local:
            fail(turn.state, inner, Failure(None, node.path, inner.index))


def _look_at_mapped(turn: Turn, frame: Frame, node: Node) -> None:
    work = open_map(turn, frame, node)
    if work is None:
        return
    if work.deadline is None:
        work.deadline = _deadline(turn, frame, node)
    if _is_late(turn, frame, node, work.deadline):
        return
    if work.final == work.count:
        ports = list(turn.state.program.scopes[node.inner].outputs)
        settle(turn.state, frame, node.local, DONE, joined(turn, node, work, ports))
        return
    assert node.map is not None
    assert work.items is not None
    while work.waiting < node.map.concurrency:
        item = next_item(work, is_chunked=False)
        if item is None:
            return
        work.waiting += 1
        inputs = {**(work.inputs or {}), node.map.over: json_value(bytes(work.items[item]))}
        _enter(turn, frame_at(turn.state, node.inner, (*frame.index, item)), inputs)


def frame_completed(turn: Turn, frame: Frame) -> None:
    """Everything inside is final: hand the outputs to the graph node."""
    parent = frame.parent
    assert parent is not None
    state = turn.state
    node = state.node(parent, frame.local)
    outputs = outputs_of(turn, frame)
    work = parent.work.get(frame.local)
    if _has_been_taken(work, frame):
        return
    if isinstance(work, MapWork):
        close(state, frame)
        work.waiting -= 1
        work.results[frame.index[-1]] = outputs
        work.final += 1
        state.agenda.append((parent, frame.local))
    elif isinstance(work, GraphWork) and node.repeat is not None:
        _next_iteration(turn, parent, node, work, frame, outputs)
    elif isinstance(work, GraphWork):
        close(state, frame)
        settle(state, parent, frame.local, DONE, outputs)


def _has_been_taken(work: object, frame: Frame) -> bool:
    """Frames that are looked back on stay open, so that one may be found complete twice."""
    if isinstance(work, MapWork):
        return frame.index[-1] in work.results
    return isinstance(work, GraphWork) and len(frame.index) > 0 and frame.index[-1] < work.iteration


def outputs_of(turn: Turn, frame: Frame) -> dict[str, Value]:
    """The values of a frame's output nodes by name; skipped ones are missing."""
    outputs: dict[str, Value] = {}
    for name, local in turn.state.program.scopes[frame.scope].outputs.items():
        value = (frame.outputs[local] or {}).get("value")
        if value is not None:
            outputs[name] = value
    return outputs


def _next_iteration(
    turn: Turn, parent: Frame, node: Node, work: GraphWork, frame: Frame, outputs: Outputs
) -> None:
    assert node.until is not None
    assert node.repeat is not None
    inputs = work.iteration_inputs or {}
    variables = turn.variables(parent, node, inputs)
    variables["outputs"] = {port: turn.seen(value) for port, value in outputs.items()}
    variables["iteration"] = work.iteration
    over = turn.is_true(node.until, variables)
    close(turn.state, frame)
    if over:
        settle(turn.state, parent, node.local, DONE, outputs)
        return
    ports = turn.state.program.scopes[node.inner].inputs
    work.iteration += 1
    work.iteration_inputs = {**inputs, **{port: value for port, value in outputs.items() if port in ports}}
    work.repeat_at = turn.state.at + int(node.repeat.delay_seconds * 1000)
    turn.state.agenda.append((parent, node.local))


def frame_failed(turn: Turn, frame: Frame) -> None:
    """A frame has ended early and is quiet: its graph node deals with the error."""
    parent, failure = frame.parent, frame.failure
    assert parent is not None
    assert failure is not None
    node = turn.state.node(parent, frame.local)
    close(turn.state, frame)
    if failure.error is None or parent.status[frame.local] >= DONE:
        return
    work = parent.work.get(frame.local)
    if isinstance(work, MapWork) and node.map is not None and node.map.failures == "collect":
        work.waiting -= 1
        work.errors[frame.index[-1]] = (failure.error, 1)
        work.final += 1
        turn.state.agenda.append((parent, frame.local))
        return
    handle_error(turn.state, parent, node, failure, handling(node))
    end_inside(turn, parent, node)


def exhaust_graph(turn: Turn, frame: Frame, node: Node, error: CallError) -> None:
    """A graph node's own error: an expression, or a value out of bounds."""
    turn.exhaust(frame, node, error)
    end_inside(turn, frame, node)
