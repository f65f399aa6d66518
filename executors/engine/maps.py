"""Mapped module nodes: one call per item of a list, order kept, at most `concurrency` at a time.

Owns:      splitting the list, the window of calls, chunks and their facts, joining the outputs.
Promises:  a chunk of at most 1,000 items is one fact; a retry repeats failed items only.
Never:     decodes an item: lists are cut and joined as text.
"""

import heapq
from typing import Any

import msgspec
from msgspec import Raw

from executors.engine.calls import NO_COST, conclude_call, launch, launch_items, require_size, verdict_on
from executors.engine.commands import Remember, Stop
from executors.engine.evolve import CRASHED, map_work, set_timer
from executors.engine.facts import Outputs, error_document, json_value
from executors.engine.frames import settle
from executors.engine.program import CHUNK_ITEMS, ERROR_PORT, Node
from executors.engine.retry import RETRYABLE, Again
from executors.engine.reuse import seek_chunks, take_item
from executors.engine.state import DONE, Attempts, Chunk, Flight, Frame, MapWork
from executors.engine.turn import Faulty, Turn, place
from executors.protocol import CallError, Cost, Failed, Outcome, Returned, Value

MAX_ITEMS = 100_000
REFILL_AT = 4
QUICK_US = 2_000
TOGETHER_US = 100_000
_decode_list = msgspec.json.Decoder(list[Raw]).decode


def look_at_map(turn: Turn, frame: Frame, node: Node) -> None:
    """Bring a mapped module node forward."""
    work = open_map(turn, frame, node)
    if work is None:
        return
    if node.is_chunked:
        _record_chunks(turn, frame, node, work)
    if work.final == work.count:
        assert node.callee is not None
        ports = list(node.callee.contract.ports.outputs)
        settle(turn.state, frame, node.local, DONE, joined(turn, node, work, ports))
    elif not node.is_chunked or not seek_chunks(turn, frame, node, work):
        _fill_window(turn, frame, node, work)


def open_map(turn: Turn, frame: Frame, node: Node) -> MapWork | None:
    """The work with its list cut into items; None when the node was skipped."""
    work = frame.work.get(node.local)
    if isinstance(work, MapWork) and work.items is not None:
        return work
    inputs = turn.admit(frame, node)
    if inputs is None:
        return None
    assert node.map is not None
    items = _cut(turn, node.map.over, inputs.pop(node.map.over, None))
    require_size(inputs)
    if work is None:
        turn.record("map_opened", {**place(frame, node), "count": len(items)})
    work = map_work(turn.state, frame, node)
    work.count, work.items, work.inputs = len(items), items, inputs
    return work


def _cut(turn: Turn, port: str, value: Value | None) -> list[Raw]:
    try:
        items = _decode_list(turn.bytes_of(value)) if value is not None and value.media == "json" else None
    except msgspec.DecodeError:
        items = None
    if items is None:
        message = f"Port {port!r} is mapped over, but it did not get a list."
        raise Faulty(CallError(name="system.contract", message=message))
    if len(items) > MAX_ITEMS:
        message = f"Port {port!r} got {len(items)} items; a map takes 100,000. Split the list first."
        raise Faulty(CallError(name="system.limit", message=message))
    return items


def _fill_window(turn: Turn, frame: Frame, node: Node, work: MapWork) -> None:
    """Refilled when three quarters are done, so that calls travel in batches."""
    assert node.map is not None
    while work.due and work.due[0][0] <= turn.now:
        work.redo.append(heapq.heappop(work.due)[1])
    if work.due and work.due[0][0] != work.alarm:
        work.alarm = work.due[0][0]
        set_timer(turn.state, work.alarm, frame, node.local)
    if travels_together(node, work):
        _launch_together(turn, frame, node, work)
        return
    limit = node.map.concurrency
    if work.waiting > limit // REFILL_AT:
        return
    while work.waiting < limit:
        item = next_item(work, is_chunked=node.is_chunked)
        if item is None:
            return
        attempts = work.retrying.get(item) or Attempts()
        if attempts.uncertain or attempts.flight is not None:
            continue
        if attempts.retry_at is not None and attempts.retry_at > turn.now:
            redo_at(turn, frame, node, work, item, attempts.retry_at)
            continue
        _launch_item(turn, frame, node, work, item, attempts)


def _launch_item(turn: Turn, frame: Frame, node: Node, work: MapWork, item: int, attempts: Attempts) -> None:
    assert node.map is not None
    assert node.callee is not None
    assert work.items is not None
    assert work.inputs is not None
    inputs = {**work.inputs, node.map.over: json_value(bytes(work.items[item]))}
    if not node.callee.is_repeatable:
        if take_item(turn, frame, node, inputs, item):
            return
        work.retrying[item] = attempts
    launch(turn, frame, node, attempts, inputs, own=(item,), item=item)
    if attempts.flight is not None:
        work.waiting += 1


def travels_together(node: Node, work: MapWork) -> bool:
    """Whether items are so quick that the way there would cost more than they do: then many share a call."""
    assert node.callee is not None
    placement = node.callee.placement
    is_quick = work.pace_us is not None and work.pace_us <= QUICK_US
    is_here = placement.queue == "local" and placement.strategy != "http"
    return is_quick and is_here and node.is_chunked and not work.redo


def _launch_together(turn: Turn, frame: Frame, node: Node, work: MapWork) -> None:
    """One call for many fresh items, once nothing else of the map is under way."""
    if work.waiting:
        return
    assert node.map is not None
    assert work.items is not None
    assert work.inputs is not None
    assert work.pace_us is not None
    room = min(CHUNK_ITEMS, int(TOGETHER_US / max(work.pace_us, 1.0)))
    numbers: list[int] = []
    while len(numbers) < room and (item := next_item(work, is_chunked=True)) is not None:
        numbers.append(item)
    if numbers:
        values = tuple(bytes(work.items[item]) for item in numbers)
        launch_items(turn, frame, node, work.inputs, tuple(numbers), values)
        work.waiting = len(numbers)


def conclude_together(turn: Turn, flight: Flight, node: Node, outcome: Outcome) -> None:
    """Take the outcomes of items that shared a call; those that were left alone are sent again."""
    work = flight.frame.work.get(node.local)
    if not isinstance(work, MapWork):
        return
    outcomes = _outcomes_together(outcome, len(flight.items))
    for item, each in zip(flight.items, outcomes, strict=True):
        if each is None:
            work.waiting -= 1
            work.redo.append(item)
        elif isinstance(each, Returned):
            work.waiting -= 1
            chunk = work.chunks[item - item % CHUNK_ITEMS]
            _note_cost(chunk, each.cost)
            _take_result(work, chunk, item, each)
        else:
            own = Flight(0, flight.frame, flight.local, item, Attempts(), turn.now, True)
            conclude_item(turn, own, node, each)
        if flight.frame.status[node.local] >= DONE:
            return
    turn.state.agenda.append((flight.frame, node.local))


def _outcomes_together(outcome: Outcome, count: int) -> tuple[Outcome | None, ...]:
    """A failure of the whole call is one of each item, but where it may pass only one item is tried by it."""
    if isinstance(outcome, Returned):
        return outcome.then
    if outcome.error.name in RETRYABLE:
        return (outcome, *(None,) * (count - 1))
    return (outcome,) * count


def next_item(work: MapWork, *, is_chunked: bool) -> int | None:
    """The next item to start; opens its chunk."""
    assert work.count is not None
    if work.redo:
        return work.redo.popleft()
    while work.next < work.count:
        item = work.next
        first = item - item % CHUNK_ITEMS
        if first in work.joined:
            work.next = first + CHUNK_ITEMS
            continue
        work.next += 1
        if item in work.results or item in work.errors:
            continue
        if is_chunked and first not in work.chunks:
            count = min(CHUNK_ITEMS, work.count - first)
            work.chunks[first] = Chunk(first=first, count=count, results=[None] * count)
        return item
    return None


def conclude_item(turn: Turn, flight: Flight, node: Node, outcome: Outcome) -> None:
    """Take the outcome of an item of a chunk; the facts follow when the chunk is final."""
    work = flight.frame.work.get(node.local)
    if not isinstance(work, MapWork):
        return
    work.waiting -= 1
    flight.attempts.flight = None
    item = flight.item
    chunk = work.chunks[item - item % CHUNK_ITEMS]
    _note_cost(chunk, outcome.cost)
    if isinstance(outcome, Returned):
        _take_result(work, chunk, item, outcome)
    elif not _retry_item(turn, flight, node, work, chunk, outcome):
        assert node.map is not None
        if node.map.failures == "fail":
            turn.exhaust(flight.frame, node, outcome.error, own=(item,), attempt=flight.attempts.number)
            stop_node(turn, flight.frame, node.local)
            return
        chunk.errors[item] = (outcome.error, flight.attempts.number)
        _count_done(work, chunk)
    assert node.map is not None
    if chunk.done == chunk.count or work.waiting <= node.map.concurrency // REFILL_AT:
        turn.state.agenda.append((flight.frame, node.local))


def _take_result(work: MapWork, chunk: Chunk, item: int, outcome: Returned) -> None:
    if outcome.cost != NO_COST:
        _note_pace(work, outcome.cost.execute)
    if work.retrying:
        work.retrying.pop(item, None)
    chunk.results[item - chunk.first] = outcome.outputs
    _count_done(work, chunk)


def _count_done(work: MapWork, chunk: Chunk) -> None:
    chunk.done += 1
    if chunk.done == chunk.count:
        work.complete.append(chunk)


def _note_cost(chunk: Chunk, cost: Cost) -> None:
    total = chunk.cost
    total[0] += cost.queue
    total[1] += cost.serialise
    total[2] += cost.transport
    total[3] += cost.validate
    total[4] += cost.execute


def _note_pace(work: MapWork, took_us: int) -> None:
    """What came to nothing says nothing about how long an item takes."""
    work.pace_us = took_us if work.pace_us is None else work.pace_us * 0.9 + took_us * 0.1


def _retry_item(turn: Turn, flight: Flight, node: Node, work: MapWork, chunk: Chunk, failed: Failed) -> bool:
    attempts = flight.attempts
    verdict = verdict_on(turn, node, attempts, failed, unrecorded=chunk.retries)
    if not isinstance(verdict, Again):
        return False
    attempts.number += 1
    attempts.crashes += failed.error.name == CRASHED
    chunk.retries += 1
    work.retrying[flight.item] = attempts
    redo_at(turn, flight.frame, node, work, flight.item, turn.now + verdict.pause_ms)
    return True


def redo_at(turn: Turn, frame: Frame, node: Node, work: MapWork, item: int, due_at: int) -> None:
    heapq.heappush(work.due, (due_at, item))
    set_timer(turn.state, due_at, frame, node.local)


def conclude_effect_item(turn: Turn, flight: Flight, node: Node, outcome: Outcome) -> None:
    """Take the outcome of an item of a map over effects: it has facts of its own."""
    work = flight.frame.work.get(node.local)
    if isinstance(work, MapWork):
        work.waiting -= 1
    conclude_call(turn, flight, node, outcome)
    retry_at = flight.attempts.retry_at
    if isinstance(work, MapWork) and retry_at is not None and flight.item in work.retrying:
        redo_at(turn, flight.frame, node, work, flight.item, retry_at)
    turn.state.agenda.append((flight.frame, node.local))


def stop_node(turn: Turn, frame: Frame, local: int) -> None:
    """Stop what a node still has under way, effects aside."""
    flights = turn.state.flights
    for flight in [f for f in flights.values() if f.frame is frame and f.local == local and f.is_repeatable]:
        del flights[flight.id]
        turn.ask(Stop(flight.id))


def _record_chunks(turn: Turn, frame: Frame, node: Node, work: MapWork) -> None:
    assert node.callee is not None
    ports = list(node.callee.contract.ports.outputs)
    while work.complete:
        chunk = work.complete[-1]
        data = place(frame, node)
        data |= {"first": chunk.first, "count": chunk.count}
        data["outputs"] = _listed(turn, ports, [result for result in chunk.results if result is not None])
        if chunk.errors:
            data["failed_count"] = len(chunk.errors)
            data["failed"] = json_value(b"[" + b",".join(_failed_items(chunk.errors)) + b"]")
        if chunk.retries:
            data["retry_count"] = chunk.retries
        if any(chunk.cost):
            data["cost_us"] = chunk.cost
        if chunk.first in work.keys and not chunk.errors:
            data["key"] = work.keys[chunk.first]
            turn.ask(Remember(len(turn.facts), work.keys[chunk.first]))
        work.complete.pop()
        turn.record("map_chunk_completed", data)


def _failed_items(errors: dict[int, tuple[CallError, int]]) -> list[bytes]:
    listed = []
    for item, (error, attempt) in sorted(errors.items()):
        entry: dict[str, Any] = {"index": item, "error": error_document(error)}
        listed.append(msgspec.json.encode({**entry, "attempt": attempt} if attempt > 1 else entry))
    return listed


def _listed(turn: Turn, ports: list[str], results: list[Outputs]) -> dict[str, Value]:
    """Item results as one list per port; an optional output that is missing is null."""
    return {
        port: json_value(
            b"["
            + b",".join(turn.bytes_of(result[port]) if port in result else b"null" for result in results)
            + b"]"
        )
        for port in ports
    }


def joined(turn: Turn, node: Node, work: MapWork, ports: list[str]) -> dict[str, Value]:
    """The outputs of a finished map: lists in item order; port `error` lists what was left out."""
    assert node.map is not None
    outputs: dict[str, Value] = {}
    if work.joined:
        chunks = [work.joined[first] for first in sorted(work.joined)]
        for port in ports:
            outputs[port] = _concatenated([turn.bytes_of(values[port]) for _, values, _ in chunks])
        failed = [turn.bytes_of(value) for _, _, value in chunks if value is not None]
    else:
        outputs = _listed(turn, ports, [work.results[item] for item in sorted(work.results)])
        failed = [b"[" + b",".join(_failed_items(work.errors)) + b"]"]
    if node.map.failures == "collect":
        outputs[ERROR_PORT] = _concatenated(failed)
    return outputs


def _concatenated(lists: list[bytes]) -> Value:
    return json_value(b"[" + b",".join(text[1:-1] for text in lists if text != b"[]") + b"]")
