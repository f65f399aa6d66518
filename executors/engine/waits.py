"""Waits: timers, approvals and signals.

Owns:      when a wait opens, what closes it, and what it emits.
Promises:  an open wait holds no worker; a signal that comes before its wait is kept for it.
Never:     judges who may approve: the action that took the decision has done that.
"""

from datetime import UTC, datetime

import msgspec
from msgspec import UNSET

from contracts.canonical import JSON
from executors.engine.commands import Absorb, Told
from executors.engine.evolve import set_timer
from executors.engine.facts import instant, json_value, milliseconds
from executors.engine.program import Node
from executors.engine.state import Frame, WaitWork
from executors.engine.turn import Faulty, Turn, place
from executors.protocol import CallError, Value

KINDS = {"wait": "timer", "approval": "approval", "signal": "signal"}
_NULL = json_value(b"null")
MAX_SECONDS = 10_000_000_000
LAST_INSTANT = milliseconds("9999-12-31T23:59:59.999Z")


def look_at_wait(turn: Turn, frame: Frame, node: Node) -> None:
    """Open a wait, or close it when its time or its answer has come."""
    work = frame.work.get(node.local)
    if work is None:
        inputs = turn.admit(frame, node)
        if inputs is None:
            return
        due_at = _due_at(turn, frame, node, inputs)
        turn.record(
            "wait_opened", {**place(frame, node), "kind": KINDS[node.kind], "due_at": instant(due_at)}
        )
        return
    assert isinstance(work, WaitWork)
    if work.outcome == "expired":
        message = "Nobody answered in time."
        turn.exhaust(frame, node, CallError(name="system.deadline", message=message))
    elif node.kind == "wait":
        if work.due_at <= turn.now:
            value = (turn.gather(frame, node) or {}).get("value", _NULL)
            _close(turn, frame, node, "fired", {"value": value})
        else:
            set_timer(turn.state, work.due_at, frame, node.local)
    elif not _answer(turn, frame, node):
        if work.due_at <= turn.now:
            turn.record("wait_closed", {**place(frame, node), "outcome": "expired", "outputs": {}})
        else:
            set_timer(turn.state, work.due_at, frame, node.local)


def _due_at(turn: Turn, frame: Frame, node: Node, inputs: dict[str, Value]) -> int:
    item = node.plan
    if item.deadline_seconds is not UNSET:
        return turn.now + item.deadline_seconds * 1000
    if isinstance(item.seconds, int | float):
        return turn.now + max(0, int(item.seconds * 1000))
    expression = node.seconds or node.until
    assert expression is not None
    answer = turn.evaluate(expression, turn.variables(frame, node, inputs))
    if node.seconds is not None:
        if isinstance(answer, bool) or not isinstance(answer, int | float) or not 0 <= answer <= MAX_SECONDS:
            raise _unfit(f"a number of seconds from 0 to {MAX_SECONDS:,}", answer)
        return turn.now + int(answer * 1000)
    return _instant_of(answer)


def _instant_of(answer: JSON) -> int:
    if isinstance(answer, str):
        try:
            answer = datetime.fromisoformat(answer)
        except ValueError:
            raise _unfit("an instant", answer) from None
    if not isinstance(answer, datetime):
        raise _unfit("an instant", answer)
    aware = answer if answer.tzinfo else answer.replace(tzinfo=UTC)
    at = max(0, milliseconds(aware.isoformat()))
    if at > LAST_INSTANT:
        raise _unfit("an instant before the year 10000", answer)
    return at


def _unfit(wanted: str, answer: JSON) -> Faulty:
    message = f"The wait's expression gave {str(answer)[:100]!r}. It must give {wanted}."
    return Faulty(CallError(name="system.expression", message=message))


def _answer(turn: Turn, frame: Frame, node: Node) -> bool:
    if node.kind == "signal":
        return _take_signal(turn, frame, node)
    return _take_decisions(turn, frame, node)


def _take_signal(turn: Turn, frame: Frame, node: Node) -> bool:
    signals = turn.state.signals
    for told in signals.values():
        if told.kind == "signal" and told.data.get("name") == node.plan.name:
            del signals[told.id]
            turn.ask(Absorb((told.id,)))
            _close(turn, frame, node, "signalled", dict(told.outputs or {"value": _NULL}), told)
            return True
    return False


def _take_decisions(turn: Turn, frame: Frame, node: Node) -> bool:
    """One refusal refuses; `count` different approvers approve."""
    assert node.plan.who is not UNSET
    here = [told for told in turn.state.signals.values() if _is_for(told, frame, node)]
    refusal = next((told for told in here if told.data["verdict"] == "refused"), None)
    approvals = {told.actor: told for told in here if told.data["verdict"] == "approved"}
    if refusal is None and len(approvals) < node.plan.who.count:
        return False
    last = refusal or here[-1]
    by = [refusal.actor] if refusal is not None else sorted(approvals)
    verdict = "approved" if refusal is None else "refused"
    decision: dict[str, JSON] = {"by": by, "form": last.data.get("form") or {}, "verdict": verdict}
    for told in here:
        del turn.state.signals[told.id]
    turn.ask(Absorb(tuple(told.id for told in here)))
    _close(turn, frame, node, verdict, {"decision": json_value(msgspec.json.encode(decision))}, last)
    return True


def _is_for(told: Told, frame: Frame, node: Node) -> bool:
    if told.kind != "decide" or told.data.get("node") != node.path:
        return False
    return tuple(told.data.get("index") or ()) == frame.index


def _close(
    turn: Turn, frame: Frame, node: Node, outcome: str, outputs: dict[str, Value], told: Told | None = None
) -> None:
    data = {**place(frame, node), "outcome": outcome, "outputs": outputs}
    if told is not None:
        data["actor"] = told.actor
    turn.record("wait_closed", data)
