"""What people tell a run: cancel, pause, resume, decide, signal, resolve.

Owns:      which told things apply, and the facts they become.
Promises:  what is told twice, too late or to nobody is absorbed and changes nothing.
Never:     judges who may tell: the action that wrote the signal has done that.
"""

from typing import Any

from executors.engine.commands import Absorb, Told
from executors.engine.facts import Index
from executors.engine.state import MapWork
from executors.engine.turn import Turn, place
from executors.protocol import CallError


def hear(turn: Turn, told: Told) -> None:
    """Take one told thing in."""
    if told.id in turn.state.signals:
        return
    match told.kind:
        case "decide" | "signal":
            _keep(turn, told)
            return
        case "cancel":
            _cancel(turn, told)
        case "pause":
            if turn.state.status == "running":
                turn.record("run_paused", {"actor": told.actor})
        case "resume":
            if turn.state.status in ("paused", "quarantined"):
                turn.record("run_resumed", {"cause": "operator", "actor": told.actor})
        case "resolve":
            _resolve(turn, told)
    turn.ask(Absorb((told.id,)))


def _cancel(turn: Turn, told: Told) -> None:
    if turn.state.status == "cancelling" or turn.state.is_ending:
        return
    data: dict[str, Any] = {"actor": told.actor}
    if told.data.get("reason"):
        data["reason"] = told.data["reason"]
    turn.record("run_cancel_requested", data)


def _keep(turn: Turn, told: Told) -> None:
    """Answers wait for their wait, and are absorbed with it."""
    state = turn.state
    if told.kind == "decide":
        node = str(told.data.get("node"))
        if node not in state.program.places or told.data.get("verdict") not in ("approved", "refused"):
            turn.ask(Absorb((told.id,)))
            return
    state.signals[told.id] = told
    state.agenda.extend(state.waits.values())


def _resolve(turn: Turn, told: Told) -> None:
    state = turn.state
    here = (str(told.data.get("node")), tuple(told.data.get("index") or ()))
    decision = told.data.get("decision")
    if here not in state.uncertain or decision not in ("done", "not_applied", "fail"):
        return
    frame, local, item = state.uncertain[here]
    node = state.node(frame, local)
    own: Index = here[1][len(frame.index) :]
    data: dict[str, Any] = {**place(frame, node, own), "decision": decision, "actor": told.actor}
    data["reason"] = str(told.data.get("reason", ""))
    if decision == "done":
        data["outputs"] = dict(told.outputs or {})
    if state.status == "attention":
        turn.record("run_resumed", {"cause": "operator", "actor": told.actor})
    turn.record("invocation_resolved", data)
    if decision == "fail":
        message = f"Interrupted; {told.actor} judged that it failed."
        turn.exhaust(frame, node, CallError(name="system.crashed", message=message), own=own)
    work = frame.work.get(local)
    if decision == "not_applied" and isinstance(work, MapWork):
        work.redo.append(item)
