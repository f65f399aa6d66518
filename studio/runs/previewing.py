"""What a run would do, before it is started: rehearsed by the engine itself.

Owns:      the word for each node: carried out, taken over, later, waits, and so on, with the reason.
Promises:  what is said to be carried out or taken over at once is what the engine would do now.
Never:     writes anything, and never says what a call not yet made would give.
"""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal
from uuid import uuid4

import msgspec

from contracts.canonical import Digest
from contracts.events import CURRENT_V
from executors.engine.earlier import are_kept, outputs_of, still_kept
from executors.engine.explaining import Reason, made_of, why_carried_out
from executors.engine.facts import Outputs, decode_fact, decode_options, decode_ports
from executors.engine.frames import new_state
from executors.engine.program import COUNTED_KINDS, Node
from executors.engine.rehearsal import Rehearsal, rehearse
from executors.engine.reuse import is_cached
from executors.engine.state import DONE, Flight, RunState
from studio.refusals import invalid
from studio.runs.admission import Admission
from studio.runs.artifacts import artifact_store, read_artifact
from studio.runs.explaining import before_of
from studio.runs.models import Event, ReusableOutput, Run
from studio.runs.replay import MAX_EVENTS, Replayed, program_of, replayed
from studio.teams.models import Team

Word = Literal["run", "reuse", "later", "wait", "skip", "pin", "leave_out", "fail"]
_AT: Final = "2000-01-01T00:00:00.000Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedNode:
    """`items` of a map and how many of them are taken over; `run`: where from. `names` as in `Reason`."""

    node: str
    kind: str
    word: Word
    code: str
    message: str
    names: tuple[str, ...] = ()
    version: str | None = None
    effects: str | None = None
    items: int | None = None
    reused_items: int | None = None
    run: Run | None = None


@dataclass(slots=True)
class _Told:
    """What the rehearsal's facts say, by path."""

    items: Counter[str] = field(default_factory=Counter)
    reused_items: Counter[str] = field(default_factory=Counter)
    runs: dict[str, str] = field(default_factory=dict)
    words: dict[str, tuple[Word, str, str]] = field(default_factory=dict)


def preview_of(admission: Admission) -> list[PreviewedNode]:
    """Every node that counts, in the order of the plan. Raises `Invalid` for an earlier run that is too long."""
    earlier = admission.resumed_from
    if earlier is not None and earlier.last_seq > MAX_EVENTS:
        message = f"The earlier run has {earlier.last_seq} events; a preview looks into {MAX_EVENTS}."
        raise invalid("too_long", "", f"{message} It can be resumed without one.")
    state = new_state(
        run=str(uuid4()),
        program=program_of(admission.plan),
        inputs=decode_ports(msgspec.json.encode(admission.inputs)),
        parameters=admission.parameters,
        options=decode_options(msgspec.json.encode(admission.options)),
    )
    with replayed(earlier) as before:
        if before is not None:
            offered = outputs_of(before.state, before.completed)
            state.reusable = still_kept(offered, before.state.program, artifact_store().has)
        rehearsal = rehearse(
            state,
            look_up=lambda key: _found(admission.team, key),
            read=read_artifact,
            now=int(time.time() * 1000),
        )
        return list(_nodes(state, rehearsal, before))


def _found(team: Team, key: Digest) -> tuple[Outputs, str, int] | None:
    known = ReusableOutput.objects.filter(team=team, key=key).first()
    if known is None:
        return None
    event = Event.objects.get(run=known.run_id, seq=known.seq)
    fact = decode_fact("invocation_completed", CURRENT_V, _AT, event.data)
    outputs = fact.data["outputs"]
    return (outputs, str(known.run_id), known.seq) if are_kept(outputs, artifact_store().has) else None


def _nodes(state: RunState, rehearsal: Rehearsal, before: Replayed | None) -> Iterator[PreviewedNode]:
    told = _told(rehearsal)
    flights: dict[str, Flight] = {}
    for flight in rehearsal.flights:
        flights.setdefault(state.node(flight.frame, flight.local).path, flight)
    runs = Run.objects.in_bulk(list(set(told.runs.values())))
    by_id = {str(key): run for key, run in runs.items()}
    for item in state.program.plan.nodes:
        node = state.program.node(item.path)
        if item.kind not in COUNTED_KINDS and item.path not in told.words:
            continue
        word, code, message = told.words.get(item.path) or _undecided(state, node)
        names: tuple[str, ...] = ()
        if item.path in flights:
            reason = _reason(state, flights[item.path], node, before)
            word, code, message, names = "run", reason.code, reason.message, reason.names
        yield PreviewedNode(
            node=item.path,
            kind=item.kind,
            word=word,
            code=code,
            message=message,
            names=names,
            version=None if node.callee is None else node.callee.name,
            effects=None if node.callee is None else node.callee.effect,
            items=told.items.get(item.path),
            reused_items=told.reused_items.get(item.path),
            run=by_id.get(told.runs.get(item.path, "")),
        )


def _told(rehearsal: Rehearsal) -> _Told:
    told = _Told()
    for fact in rehearsal.facts:
        data = fact.data
        path = data.get("node", "")
        match fact.type:
            case "map_opened":
                told.items[path] += data["count"]
            case "map_chunk_completed" | "invocation_completed" if "reused" in data:
                told.reused_items[path] += data.get("reused_count", 1)
                told.runs[path] = data["reused"]["run"]
                message = "Taken over: the version, the settings and the inputs are the same."
                told.words[path] = ("reuse", "reused", message)
            case "invocation_completed":
                told.words[path] = ("pin", "pinned", "A pinned value stands in for the call.")
            case "wait_opened":
                told.words[path] = ("wait", data["kind"], "The run waits here.")
            case "invocation_exhausted":
                told.words[path] = ("fail", data["error"]["name"], data["error"]["message"])
            case "invocation_skipped":
                is_own = data["cause"] == "when"
                message = "Its condition is false." if is_own else "What it needs is skipped."
                told.words |= dict.fromkeys(data["nodes"], ("skip", data["cause"], message))
            case _:
                continue
    return told


def _reason(state: RunState, flight: Flight, node: Node, before: Replayed | None) -> Reason:
    own = (flight.item,) if flight.item >= 0 else ()
    index = (*flight.frame.index, *own)
    known = None if before is None else before_of(before, node.path, index, is_resumed=True)
    now = made_of(state, flight.frame, node, flight.item if own else None)
    return why_carried_out(state, node, now, known)


def _undecided(state: RunState, node: Node) -> tuple[Word, str, str]:
    if node.path in state.excluded:
        return "leave_out", "not_needed", "None of the nodes that were asked for needs it."
    after = _awaited(state, node)
    behind = f"after {after}" if after else "once its graph has come so far"
    places = {path for path, _ in state.reusable}
    can_be_reused = node.callee is not None and (is_cached(state, node) or node.path in places)
    if can_be_reused and node.path not in state.afresh:
        return "later", "depends", f"Comes {behind}: taken over if its inputs come out the same."
    return "later", "later", f"Comes {behind}."


def _awaited(state: RunState, node: Node) -> str:
    """Paths of what is not final among its sources, in the first frame of its scope."""
    frame = next((frame for (scope, _), frame in state.frames.items() if scope == node.scope), None)
    if frame is None:
        return ""
    nodes = state.program.scopes[node.scope].nodes
    return ", ".join(nodes[source].path for source in node.sources if frame.status[source] < DONE)
