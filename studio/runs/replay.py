"""What a run did, folded as the engine folds it: the inputs of its nodes, and what it completed.

Owns:      the folded states of the runs that are looked into.
Promises:  inputs are those that the engine handed over, also inside maps and nested graphs.
Never:     folds a journal beyond `MAX_EVENTS`: such a run shows outputs, and inputs of effects, alone.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import msgspec

from contracts.module import parse_contract
from contracts.plan import Plan
from executors.engine.calls import iterated
from executors.engine.earlier import look_back
from executors.engine.facts import (
    Fact,
    Index,
    Place,
    decode_fact,
    decode_options,
    decode_ports,
    envelope_of,
    json_value,
)
from executors.engine.frames import new_state
from executors.engine.program import Node, Program, build_program
from executors.engine.state import Frame, RunState
from executors.engine.turn import Absent, Faulty, Turn
from executors.protocol import Value
from studio.catalog.bundles import DatabaseBundles
from studio.runs.artifacts import read_artifact
from studio.runs.models import Event, Run
from studio.runs.plans import plan_of

MAX_EVENTS: Final = 20_000
STATES_KEPT: Final = 4


@dataclass(frozen=True, slots=True)
class Replayed:
    """`completed`: address → (seq, fact); a chunk of a map stands at the index of its first item."""

    state: RunState
    completed: dict[Place, tuple[int, Fact]]


_known: OrderedDict[tuple[UUID, int], Replayed] = OrderedDict()
# A state is folded, and read, by one thread at a time.
_lock = threading.RLock()


@contextmanager
def replayed(run: Run | None) -> Iterator[Replayed | None]:
    """A run looked back on, for as long as it is held; None without one, or for too long a journal."""
    if run is None or run.last_seq > MAX_EVENTS:
        yield None
        return
    with _lock:
        yield _look_back(run)


def inputs_of(run: Run, path: str, index: Index) -> dict[str, Any] | None:
    """Envelopes by port; None where they cannot be told (not ready, skipped, or too long a journal)."""
    with replayed(run) as found:
        if found is None:
            return None
        state = found.state
        if path not in state.program.places:
            return None
        scope, local = state.program.places[path]
        inside = state.program.scopes[scope]
        frame = state.frames.get((scope, index[: inside.depth]))
        if frame is None:
            return None
        node, own = inside.nodes[local], index[inside.depth :]
        given = _gather(state, frame, node, own)
        if given is not None and node.repeat is not None and node.callee is not None and own:
            given = iterated(node, given, _last_outputs(found, (path, frame.index), own[0]))
    if given is None:
        return None
    return {
        port: msgspec.json.decode(msgspec.json.encode(envelope_of(value))) for port, value in given.items()
    }


def _gather(state: RunState, frame: Frame, node: Node, own: Index) -> dict[str, Value] | None:
    turn = Turn(state, state.at, lambda: 0.0)
    try:
        inputs = turn.gather(frame, node)
        if inputs is None or node.map is None or not own:
            return inputs
        over = node.map.over
        items = msgspec.json.decode(turn.bytes_of(inputs[over]), type=list[msgspec.Raw])
    except (Absent, Faulty):
        return None
    return {**inputs, over: json_value(bytes(items[own[-1]]))} if own[-1] < len(items) else None


def _last_outputs(found: Replayed, around: Place, iteration: int) -> dict[str, Value]:
    """What the calls of a repeat before this one gave, the latest of each port."""
    path, index = around
    last: dict[str, Value] = {}
    for before in range(iteration):
        completed = found.completed.get((path, (*index, before)))
        last |= {} if completed is None else completed[1].data["outputs"]
    return last


def _look_back(run: Run) -> Replayed:
    key = (run.pk, run.last_seq)
    known = _known.get(key)
    if known is None:
        known = _known[key] = _fold(run)
        if len(_known) > STATES_KEPT:
            _known.popitem(last=False)
    _known.move_to_end(key)
    return known


def _fold(run: Run) -> Replayed:
    state = new_state(
        run=str(run.pk),
        program=program_of(plan_of(run)),
        inputs=decode_ports(msgspec.json.encode(run.inputs)),
        parameters=run.parameters,
        options=decode_options(msgspec.json.encode(run.options)),
    )
    rows = Event.objects.filter(run=run, seq__lte=run.last_seq).order_by("seq")
    facts = (decode_fact(*row) for row in rows.values_list("type", "v", "at", "data"))
    return Replayed(state, look_back(state, facts, read_artifact))


def program_of(plan: Plan) -> Program:
    bundles = DatabaseBundles()
    digests = {version.contract for version in plan.versions.values()}
    contracts = {digest: parse_contract(msgspec.json.decode(bundles.contract(digest))) for digest in digests}
    return build_program(plan, contracts)
