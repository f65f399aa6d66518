"""Decide what happens next in a run.

Owns:      the order of work, retries and the end of a run.
Promises:  the same plan and the same events always give the same commands.
Never:     reads a clock, touches a disk, or raises for something a module did.
"""

import heapq
from collections.abc import Callable, Iterable

from contracts.canonical import Digest
from executors.engine.calls import conclude_call, look_at_call
from executors.engine.commands import (
    BreakerTurned,
    Claimed,
    Concluded,
    Decision,
    Found,
    Release,
    Stimulus,
    Supplied,
    Ticked,
    Told,
)
from executors.engine.endings import SLOW_MS, check_deadline, end_frames, rest
from executors.engine.facts import instant
from executors.engine.frames import WHOLE, is_dead, settle
from executors.engine.graphs import exhaust_graph, frame_completed, look_at_graph
from executors.engine.maps import conclude_effect_item, conclude_item, conclude_together, look_at_map
from executors.engine.program import Node
from executors.engine.reuse import accept, accept_chunk
from executors.engine.state import (
    ACTIVE,
    DONE,
    PENDING,
    Attempts,
    CallWork,
    Flight,
    Frame,
    MapWork,
    RunState,
)
from executors.engine.telling import hear
from executors.engine.turn import Absent, Faulty, Turn, place
from executors.engine.waits import look_at_wait
from executors.protocol import Outcome, Returned

MAX_FRUITLESS_CLAIMS = 5


def decide(state: RunState, stimuli: Iterable[Stimulus], *, now: int, dice: Callable[[], float]) -> Decision:
    """Take stimuli in and draw every consequence. `now` in milliseconds; `dice()` gives [0, 1).

    The facts have been applied to `state`; they must be appended in this order, in one transaction.
    """
    turn = Turn(state, max(now, state.at), dice)
    for stimulus in stimuli:
        if not state.is_finished:
            _take(turn, stimulus)
    if state.status == "quarantined":
        turn.ask(Release())
    elif not state.is_finished:
        check_deadline(turn)
        _draw(turn)
        rest(turn)
    turn.flush_skips()
    return Decision(turn.facts, turn.commands)


def _take(turn: Turn, stimulus: Stimulus) -> None:
    match stimulus:
        case Concluded():
            _conclude(turn, stimulus)
        case Ticked():
            _tick(turn)
        case Told():
            hear(turn, stimulus)
        case Supplied(artifact=artifact, data=data):
            turn.state.fetched[artifact] = data
            turn.state.agenda.extend(turn.state.awaited.pop(artifact, ()))
        case Found():
            _find(turn, stimulus)
        case Claimed():
            _claim(turn, stimulus)
        case BreakerTurned():
            _show_breaker(turn, stimulus)


def _claim(turn: Turn, claimed: Claimed) -> None:
    head = {"owner": claimed.owner, "engine": claimed.engine, "rung": claimed.rung}
    if not turn.state.seq:
        turn.record("run_created", claimed.created)
    if claimed.streak > MAX_FRUITLESS_CLAIMS and turn.state.status != "quarantined":
        turn.record("run_quarantined", {"claims": claimed.streak - 1})
    else:
        turn.record("run_claimed", head)


def _show_breaker(turn: Turn, turned: BreakerTurned) -> None:
    data = {"version": turned.version, "queue": turned.queue}
    if turned.until is None:
        turn.record("breaker_closed", data)
    else:
        turn.record("breaker_opened", {**data, "until": instant(turned.until)})


def _conclude(turn: Turn, concluded: Concluded) -> None:
    state = turn.state
    flight = state.flights.pop(concluded.flight, None)
    if flight is None:
        return
    node = state.node(flight.frame, flight.local)
    if flight.item < 0:
        conclude_call(turn, flight, node, concluded.outcome)
        if isinstance(concluded.outcome, Returned) and concluded.outcome.then:
            _conclude_followers(turn, flight, concluded.outcome.then)
    elif flight.items:
        conclude_together(turn, flight, node, concluded.outcome)
    elif node.is_chunked:
        conclude_item(turn, flight, node, concluded.outcome)
    else:
        conclude_effect_item(turn, flight, node, concluded.outcome)


def _conclude_followers(turn: Turn, flight: Flight, outcomes: tuple[Outcome | None, ...]) -> None:
    frame = flight.frame
    for local, outcome in zip(flight.followers, outcomes, strict=True):
        if outcome is not None and frame.status[local] == PENDING:
            own = Flight(0, frame, local, -1, Attempts(), turn.now, True)
            conclude_call(turn, own, turn.state.node(frame, local), outcome)


def _find(turn: Turn, found: Found) -> None:
    sought = turn.state.sought.pop(found.place, None)
    if sought is None:
        return
    frame, local = sought
    node = turn.state.node(frame, local)
    work = frame.work.get(local)
    if isinstance(work, CallWork):
        work.is_looking = False
    elif isinstance(work, MapWork):
        work.looking -= 1
    else:
        return
    turn.state.agenda.append(sought)
    if found.outputs is None or is_dead(frame):
        return
    if isinstance(work, MapWork):
        accept_chunk(turn, frame, node, found)
    else:
        accept(turn, frame, node, found)


def _tick(turn: Turn) -> None:
    state = turn.state
    while state.timers and state.timers[0][0] <= turn.now:
        _, _, frame, local = heapq.heappop(state.timers)
        if frame.status[local] <= ACTIVE:
            state.agenda.append((frame, local))
    while state.unnoted and state.unnoted[0].started_at + SLOW_MS <= turn.now:
        flight = state.unnoted.popleft()
        if flight.id in state.flights:
            _note_slow(turn, flight.frame, state.node(flight.frame, flight.local), flight.attempts.number)


def _note_slow(turn: Turn, frame: Frame, node: Node, attempt: int) -> None:
    work = frame.work.get(node.local)
    own = (work.iteration,) if node.repeat is not None and isinstance(work, CallWork) else ()
    data = place(frame, node, own)
    turn.record("invocation_started", {**data, "attempt": attempt} if attempt > 1 else data)


def _draw(turn: Turn) -> None:
    """Look at every node that may go on, until none is left.

    A node of a recovered run may have facts before its inputs have been derived anew: it is looked at then.
    """
    state = turn.state
    agenda = state.agenda
    while True:
        if state.failing:
            end_frames(turn)
        if not agenda or state.is_paused or state.is_finished:
            return
        frame, local = agenda.popleft()
        if is_dead(frame):
            if not agenda:
                end_frames(turn)
            continue
        if local == WHOLE:
            _complete(turn, frame)
        elif frame.status[local] < DONE and frame.pending[local] <= 0:
            _look(turn, frame, local)


def derive(state: RunState, read: Callable[[Digest], bytes | None]) -> None:
    """Draw the consequences that need no call, wait or fact; for a journal that is only looked back on.

    `read` gives the bytes of an artifact, None for one that is no longer kept.
    """
    turn = Turn(state, state.at, lambda: 0.0)
    while state.agenda:
        frame, local = state.agenda.popleft()
        if local == WHOLE:
            _complete(turn, frame)
        elif frame.status[local] < DONE and frame.pending[local] <= 0 and _is_derived(state, frame, local):
            _look(turn, frame, local)
        if not state.agenda:
            for artifact in list(state.awaited):
                state.fetched[artifact] = read(artifact)
                state.agenda.extend(state.awaited.pop(artifact))


def _is_derived(state: RunState, frame: Frame, local: int) -> bool:
    work = frame.work.get(local)
    if isinstance(work, MapWork) and work.final == work.count:
        return True
    return state.node(frame, local).kind in ("graph", "output")


def _complete(turn: Turn, frame: Frame) -> None:
    if frame.parent is None or frame.remaining or not frame.is_entered:
        return
    try:
        frame_completed(turn, frame)
    except Absent as absent:
        turn.await_artifact(absent.artifact, frame, WHOLE)
    except Faulty as faulty:
        exhaust_graph(turn, frame.parent, turn.state.node(frame.parent, frame.local), faulty.error)


def _look(turn: Turn, frame: Frame, local: int) -> None:
    node = turn.state.program.scopes[frame.scope].nodes[local]
    if node.path in turn.state.pins:
        turn.record("invocation_completed", {**place(frame, node), "outputs": turn.state.pins[node.path]})
        return
    try:
        match node.kind:
            case "module":
                if node.map is None:
                    look_at_call(turn, frame, node)
                else:
                    look_at_map(turn, frame, node)
            case "output":
                _pass_on(turn, frame, node)
            case "graph":
                look_at_graph(turn, frame, node)
            case "wait" | "approval" | "signal":
                look_at_wait(turn, frame, node)
    except Absent as absent:
        turn.await_artifact(absent.artifact, frame, local)
    except Faulty as faulty:
        if node.kind == "graph":
            exhaust_graph(turn, frame, node, faulty.error)
        else:
            turn.exhaust(frame, node, faulty.error)


def _pass_on(turn: Turn, frame: Frame, node: Node) -> None:
    inputs = turn.gather(frame, node)
    if inputs is None:
        turn.skip(frame, node, "upstream")
    else:
        settle(turn.state, frame, node.local, DONE, inputs)
