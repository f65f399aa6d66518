"""Module nodes that are called once, or repeated.

Owns:      launching calls, and what follows from their outcomes.
Promises:  a pure call leaves one fact; an effect is journaled as scheduled before it is started.
Never:     launches in a frame that is ending.
"""

from typing import Any

from executors.engine.commands import Execute, Remember
from executors.engine.effects import is_key_alive, key_of, permit_until
from executors.engine.evolve import CRASHED, call_work, set_timer
from executors.engine.facts import Index, error_document, instant
from executors.engine.following import followers_of, leads
from executors.engine.program import Callee, Node
from executors.engine.retry import Again, GiveUp, Unknown, has_budget, judge
from executors.engine.reuse import is_cached, take_over
from executors.engine.state import Attempts, CallWork, Flight, Frame, RunState
from executors.engine.turn import Faulty, Turn, is_too_large, place
from executors.protocol import Call, CallError, Cost, Failed, Follower, Items, Outcome, Returned, Value

NO_COST = Cost()


def look_at_call(turn: Turn, frame: Frame, node: Node) -> None:
    """Bring a module node forward as far as it goes now."""
    work = frame.work.get(node.local)
    assert work is None or isinstance(work, CallWork)
    if work is None or work.inputs is None:
        inputs = turn.admit(frame, node)
        if inputs is None:
            return
        require_size(inputs)
        work = call_work(turn.state, frame, node)
        work.inputs = inputs
    if work.landed is not None:
        _conclude_iteration(turn, frame, node, work)
    elif not _must_pause(turn, frame, node, work):
        _call(turn, frame, node, work)


def _must_pause(turn: Turn, frame: Frame, node: Node, work: CallWork) -> bool:
    attempts = work.attempts
    if attempts.flight is not None or attempts.uncertain:
        return True
    due_at = max(attempts.retry_at or 0, work.repeat_at or 0)
    if due_at > turn.now:
        set_timer(turn.state, due_at, frame, node.local)
        return True
    return False


def _call(turn: Turn, frame: Frame, node: Node, work: CallWork) -> None:
    assert work.inputs is not None
    if node.repeat is None:
        if not take_over(turn, frame, node, work, work.inputs, ()):
            launch(turn, frame, node, work.attempts, work.inputs, may_lead=True)
    elif work.iteration >= node.repeat.max:
        message = f"After {node.repeat.max} calls the condition was still false."
        turn.exhaust(frame, node, CallError(name="system.repeat_limit", message=message))
    else:
        inputs = iterated(node, work.inputs, work.last)
        own = (work.iteration,)
        if not take_over(turn, frame, node, work, inputs, own):
            launch(turn, frame, node, work.attempts, inputs, own=own)


def iterated(node: Node, inputs: dict[str, Value], last: Any) -> dict[str, Value]:
    """The inputs of a repeat's next call: the latest outputs (`last`) replace inputs of the same name."""
    if not last:
        return inputs
    assert node.callee is not None
    ports = node.callee.contract.ports.inputs
    return {**inputs, **{port: value for port, value in last.items() if port in ports}}


def require_size(inputs: dict[str, Value]) -> None:
    """Only a map takes json beyond 16 MiB. Raises `Faulty`."""
    for port, value in inputs.items():
        if is_too_large(value):
            message = f"Port {port!r} would get {value.size} bytes of JSON; 16 MiB are allowed. Map over it."
            raise Faulty(CallError(name="system.limit", message=message))


def launch(
    turn: Turn,
    frame: Frame,
    node: Node,
    attempts: Attempts,
    inputs: dict[str, Value],
    *,
    own: Index = (),
    item: int = -1,
    may_lead: bool = False,
) -> None:
    """Start an attempt; an effect that was interrupted is judged first. `may_lead`: others may follow at once."""
    callee = node.callee
    assert callee is not None
    state = turn.state
    permit = None
    config = turn.config(frame, node)
    index = frame.index + own if own else frame.index
    key = attempts.key
    if not key:
        key = attempts.key = key_of(state, callee, node.path, index, inputs, config)
    if not callee.is_repeatable:
        if attempts.started and not _recover(turn, frame, node, attempts, own):
            return
        permit = permit_until(callee, turn.now)
        _schedule(turn, frame, node, attempts, inputs, own, permit)
    flight = Flight(state.next_flight, frame, node.local, item, attempts, turn.now, callee.is_repeatable)
    followers: tuple[Follower, ...] = ()
    if may_lead and node.consumers and leads(callee):
        followers, flight.followers = followers_of(state, frame, node)
    state.next_flight += 1
    attempts.flight = flight.id
    attempts.retry_at = None
    state.flights[flight.id] = flight
    if permit is None and item < 0:
        state.unnoted.append(flight)
    more = {"attempt": attempts.number, "key": key, "followers": followers}
    call = _call_of(state, node, callee, config, inputs, index, **more)
    turn.commands.append(Execute(flight.id, call, callee.placement.queue, permit))


def launch_items(
    turn: Turn,
    frame: Frame,
    node: Node,
    inputs: dict[str, Value],
    numbers: tuple[int, ...],
    values: tuple[bytes, ...],
) -> None:
    """Start the first attempts at many items of a map as one call."""
    callee, state = node.callee, turn.state
    assert callee is not None
    assert node.map is not None
    config = turn.config(frame, node)
    keys = tuple(
        key_of(state, callee, node.path, (*frame.index, number), inputs, config) for number in numbers
    )
    flight = Flight(state.next_flight, frame, node.local, numbers[0], Attempts(), turn.now, True)
    flight.items = numbers
    state.next_flight += 1
    state.flights[flight.id] = flight
    items = Items(over=node.map.over, values=values, numbers=numbers, keys=keys, at_once=node.map.concurrency)
    call = _call_of(state, node, callee, config, inputs, frame.index, items=items)
    turn.commands.append(Execute(flight.id, call, callee.placement.queue))


def _call_of(
    state: RunState,
    node: Node,
    callee: Callee,
    config: bytes,
    inputs: dict[str, Value],
    index: Index,
    **more: Any,
) -> Call:
    return Call(
        run=state.run,
        node=node.path,
        index=index,
        name=callee.name,
        version=callee.version,
        contract=callee.contract,
        strategy=callee.placement.strategy,  # type: ignore[arg-type]  # always set in a plan
        config=config,
        inputs=inputs,
        timeout_seconds=callee.timeout_seconds,
        secrets=callee.secrets,
        environment=state.program.plan.environment,
        queue=callee.placement.queue,
        **more,
    )


def _recover(turn: Turn, frame: Frame, node: Node, attempts: Attempts, own: Index) -> bool:
    """An effect had been started when its coordinator was lost. True: call again, with the same key."""
    assert node.callee is not None
    if is_key_alive(node.callee, attempts, turn.now):
        attempts.number += 1
        return True
    doubt(turn, frame, node, attempts, own)
    return False


def doubt(turn: Turn, frame: Frame, node: Node, attempts: Attempts, own: Index) -> None:
    data = place(frame, node, own)
    if attempts.number > 1:
        data["attempt"] = attempts.number
    turn.record("invocation_uncertain", data)


def _schedule(
    turn: Turn,
    frame: Frame,
    node: Node,
    attempts: Attempts,
    inputs: dict[str, Value],
    own: Index,
    permit: int,
) -> None:
    head = place(frame, node, own)
    if attempts.number > 1:
        head["attempt"] = attempts.number
    turn.record("invocation_scheduled", {**head, "key": attempts.key, "inputs": inputs})
    turn.record("invocation_started", {**head, "permit_until": instant(permit)})


def conclude_call(turn: Turn, flight: Flight, node: Node, outcome: Outcome) -> None:
    """Take the outcome of a call that is not an item of a chunk."""
    flight.attempts.flight = None
    own: Index = (flight.item,) if flight.item >= 0 else ()
    if isinstance(outcome, Failed):
        work = flight.frame.work.get(node.local)
        if isinstance(work, CallWork) and node.repeat is not None:
            own = (work.iteration,)
        _fail_attempt(turn, flight, node, own, outcome)
    elif node.repeat is not None:
        work = call_work(turn.state, flight.frame, node)
        work.landed = (flight, outcome)
        turn.state.agenda.append((flight.frame, node.local))
    else:
        complete(turn, flight, node, own, outcome)


def complete(
    turn: Turn, flight: Flight, node: Node, own: Index, outcome: Returned, *, over: bool | None = None
) -> None:
    data = place(flight.frame, node, own)
    data["outputs"] = outcome.outputs
    if flight.attempts.number > 1:
        data["attempt"] = flight.attempts.number
    if over:
        data["last"] = True
    if outcome.cost != NO_COST:
        data["cost_us"] = cost_list(outcome.cost)
    work = flight.frame.work.get(node.local)
    if isinstance(work, CallWork) and work.key is not None:
        data["key"] = work.key
        if work.reused is not None:
            data["reused"] = work.reused
        elif is_cached(turn.state, node):
            turn.ask(Remember(len(turn.facts), work.key))
    turn.record("invocation_completed", data)


def cost_list(cost: Cost) -> list[int]:
    return [cost.queue, cost.serialise, cost.transport, cost.validate, cost.execute]


def _conclude_iteration(turn: Turn, frame: Frame, node: Node, work: CallWork) -> None:
    assert work.landed is not None
    assert work.inputs is not None
    assert node.until is not None
    flight, outcome = work.landed
    variables = turn.variables(frame, node, iterated(node, work.inputs, work.last))
    variables["outputs"] = {port: turn.seen(value) for port, value in outcome.outputs.items()}
    variables["iteration"] = work.iteration
    over = turn.is_true(node.until, variables)
    work.landed = None
    complete(turn, flight, node, (work.iteration,), outcome, over=over)


def _fail_attempt(turn: Turn, flight: Flight, node: Node, own: Index, failed: Failed) -> None:
    verdict = verdict_on(turn, node, flight.attempts, failed)
    attempt = flight.attempts.number
    match verdict:
        case Again(pause_ms=pause):
            data = {**place(flight.frame, node, own), "error": error_document(failed.error)}
            if attempt > 1:
                data["attempt"] = attempt
            data["retry_at"] = instant(turn.now + pause)
            if failed.cost != NO_COST:
                data["cost_us"] = cost_list(failed.cost)
            turn.record("invocation_attempt_failed", data)
        case Unknown():
            doubt(turn, flight.frame, node, flight.attempts, own)
        case GiveUp():
            turn.exhaust(flight.frame, node, failed.error, own=own, attempt=attempt)


def verdict_on(
    turn: Turn, node: Node, attempts: Attempts, failed: Failed, *, unrecorded: int = 0
) -> Again | GiveUp | Unknown:
    """`unrecorded` counts retries that no fact has told yet."""
    assert node.callee is not None
    assert node.retry is not None
    state = turn.state
    return judge(
        failed,
        callee=node.callee,
        retry=node.retry,
        attempt=attempts.number,
        crashes=attempts.crashes + (failed.error.name == CRASHED),
        has_budget=has_budget(calls=state.calls, retries=state.retries + unrecorded),
        is_key_alive=is_key_alive(node.callee, attempts, turn.now),
        dice=turn.dice(),
    )
