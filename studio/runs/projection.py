"""A run's view as a fold of its journal (formats.md §g).

Owns:      what each event changes in the view; `frontend/src/domain/journal.ts` folds the same way, and both
           are held to the golden journals of tests/vectors/journals.
Promises:  pure; folding on from a view gives what folding from the start gives; views are never changed.
Never:     decodes the values of nodes: outputs of the run alone are taken over.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from contracts.canonical import JSON
from contracts.events import CURRENT_V
from contracts.problems import Problem, ProblemsError

View = dict[str, Any]
EventRow = tuple[int, str, int, str, str | bytes]
_ACTIVE: Final = frozenset(("running", "retrying", "waiting", "uncertain"))
_HALTED: Final = frozenset(("paused", "cancelling", "quarantined"))


class _Data(Struct):
    """The fields of events that the view is made of; everything else is passed over undecoded."""

    node: str = ""
    nodes: tuple[str, ...] = ()
    index: tuple[int, ...] = ()
    run: str = ""
    plan: str = ""
    admitted_at: str = ""
    status: str = ""
    count: int = 0
    failed_count: int = 0
    attempt: int | None = None
    handled: str = ""
    decision: str = ""
    kind: str = ""
    due_at: str = ""
    reused: Raw | UnsetType = UNSET
    cost_us: tuple[int, ...] = ()
    error: dict[str, Any] | None = None
    outputs: Raw | UnsetType = UNSET


_decode = msgspec.json.Decoder(_Data).decode
Step = Callable[[View, dict[str, View], _Data, str], None]


def project(events: Iterable[JSON], view: View | None = None) -> View | None:
    """Fold event documents onto a view; None without any event. Raises `ProblemsError` for an unknown one."""
    rows = (
        (event["seq"], event["type"], event["v"], event["at"], msgspec.json.encode(event["data"]))
        for event in events
    )
    return fold(rows, view)


def fold(rows: Iterable[EventRow], view: View | None = None) -> View | None:
    """As `project`, over (seq, type, v, at, data as JSON text), in order."""
    before = view or {"run": "", "seq": 0, "status": "queued", "plan": "", "created_at": "", "nodes": {}}
    draft: View = {**before, "nodes": dict(before["nodes"])}
    nodes: dict[str, View] = draft["nodes"]
    for seq, kind, v, at, data in rows:
        step = _STEPS.get(kind)
        if step is None or v != CURRENT_V:
            message = f"Event type {kind!r} v{v} is not known to this version. Upgrade the reader."
            raise ProblemsError([Problem(code="unknown_event", path="/type", message=message)])
        step(draft, nodes, _decode(data), at)
        draft["seq"] = seq
    return draft if draft["seq"] else None


def _created(view: View, nodes: dict[str, View], data: _Data, at: str) -> None:
    view.update(run=data.run, plan=data.plan, created_at=data.admitted_at)


def _claimed(view: View, nodes: dict[str, View], data: _Data, at: str) -> None:
    if view["status"] not in _HALTED:
        view["status"] = "running"


def _standing(status: str) -> Step:
    def step(view: View, nodes: dict[str, View], data: _Data, at: str) -> None:
        view["status"] = status

    return step


def _finished(view: View, nodes: dict[str, View], data: _Data, at: str) -> None:
    view.update(status=data.status, finished_at=at)
    view.pop("waits", None)
    if data.error is not None:
        view["error"] = data.error
    if data.outputs is not UNSET:
        view["outputs"] = msgspec.json.decode(data.outputs)
    for path, node in nodes.items():
        if node["state"] in _ACTIVE and node["state"] != "uncertain":
            state = _left_over(node, data.status)
            _finish(nodes, path, state, at)
            if state == "succeeded" and "total" in node:
                nodes[path]["done"] = node["total"]


def _left_over(node: View, status: str) -> str:
    """What no event has ended ends with the run: the call of a sub-graph, and a map that gave up."""
    if "failed" in node:
        return "failed"
    return "succeeded" if status == "succeeded" else "cancelled"


def _map_opened(view: View, nodes: dict[str, View], data: _Data, at: str) -> None:
    node = nodes.get(data.node, {})
    total = node.get("total", 0) + data.count
    nodes[data.node] = {**_begun(node, at), "state": "running", "total": total, "done": node.get("done", 0)}
    if not total:
        _finish(nodes, data.node, "succeeded", at)


def _chunk_completed(view: View, nodes: dict[str, View], data: _Data, at: str) -> None:
    _advance(nodes, data.node, data.count, data.failed_count, at)


def _runs(view: View, nodes: dict[str, View], data: _Data, at: str) -> None:
    nodes[data.node] = {**_begun(nodes.get(data.node), at), "state": "running", **_attempt(data.attempt)}


def _completed(view: View, nodes: dict[str, View], data: _Data, at: str) -> None:
    if _is_part(nodes, data):
        _advance(nodes, data.node, 1, 0, at)
    else:
        _led(nodes, data)
        _finish(nodes, data.node, "succeeded" if data.reused is UNSET else "reused", at)


def _attempt_failed(view: View, nodes: dict[str, View], data: _Data, at: str) -> None:
    _led(nodes, data)
    node = {**_begun(nodes.get(data.node), at), "state": "retrying", "attempt": (data.attempt or 1) + 1}
    nodes[data.node] = node if data.error is None else {**node, "error": data.error}


def _exhausted(view: View, nodes: dict[str, View], data: _Data, at: str) -> None:
    if _is_part(nodes, data) and data.handled == "port":
        _advance(nodes, data.node, 1, 1, at)
        return
    _led(nodes, data)
    _finish(nodes, data.node, "failed", at)
    node = {**nodes[data.node], **_attempt(data.attempt)}
    nodes[data.node] = node if data.error is None else {**node, "error": data.error}


def _ended(state: str) -> Step:
    def step(view: View, nodes: dict[str, View], data: _Data, at: str) -> None:
        for path in data.nodes:
            nodes[path] = {**nodes.get(path, {}), "state": state, "finished_at": at}
            _close_waits(view, path, data.index)

    return step


def _uncertain(view: View, nodes: dict[str, View], data: _Data, at: str) -> None:
    nodes[data.node] = {**_begun(nodes.get(data.node), at), "state": "uncertain"}


def _resolved(view: View, nodes: dict[str, View], data: _Data, at: str) -> None:
    if data.decision == "not_applied":
        _runs(view, nodes, data, at)
    else:
        _finish(nodes, data.node, "succeeded" if data.decision == "done" else "failed", at)


def _wait_opened(view: View, nodes: dict[str, View], data: _Data, at: str) -> None:
    nodes[data.node] = {**_begun(nodes.get(data.node), at), "state": "waiting"}
    wait: View = {"node": data.node, "kind": data.kind, "due_at": data.due_at}
    if data.index:
        wait["index"] = list(data.index)
    view["waits"] = [*view.get("waits", ()), wait]


def _wait_closed(view: View, nodes: dict[str, View], data: _Data, at: str) -> None:
    _close_waits(view, data.node, data.index)
    _finish(nodes, data.node, "succeeded", at)


def _close_waits(view: View, node: str, index: tuple[int, ...]) -> None:
    if "waits" not in view:
        return
    rest = [
        wait for wait in view["waits"] if wait["node"] != node or tuple(wait.get("index", ())) != tuple(index)
    ]
    if rest:
        view["waits"] = rest
    else:
        del view["waits"]


def _nothing(view: View, nodes: dict[str, View], data: _Data, at: str) -> None:
    """Breakers show on the timeline alone."""


def _begun(node: View | None, at: str) -> View:
    return {**(node or {}), "started_at": (node or {}).get("started_at", at)}


def _led(nodes: dict[str, View], data: _Data) -> None:
    """A quick call leaves its end alone: what it cost lies before the instant of that first event."""
    node = nodes.get(data.node, {})
    if data.cost_us and "started_at" not in node:
        nodes[data.node] = {**node, "lead_us": sum(data.cost_us)}


def _attempt(attempt: int | None) -> View:
    return {} if attempt is None else {"attempt": attempt}


def _is_part(nodes: dict[str, View], data: _Data) -> bool:
    """Whether an event speaks of one item of a map that has been opened."""
    return bool(data.index) and "total" in nodes.get(data.node, {})


def _advance(nodes: dict[str, View], path: str, count: int, failed: int, at: str) -> None:
    node = {**_begun(nodes.get(path), at), "state": "running"}
    node["done"] = node.get("done", 0) + count
    if failed or "failed" in node:
        node["failed"] = node.get("failed", 0) + failed
    nodes[path] = node
    if node["done"] >= node.get("total", node["done"] + 1):
        _finish(nodes, path, "succeeded", at)


def _finish(nodes: dict[str, View], path: str, state: str, at: str) -> None:
    node = {**_begun(nodes.get(path), at), "state": state, "finished_at": at}
    node.pop("error", None)
    nodes[path] = node


_STEPS: Final[dict[str, Step]] = {
    "run_created": _created,
    "run_claimed": _claimed,
    "run_waiting": _standing("waiting"),
    "run_paused": _standing("paused"),
    "run_resumed": _standing("running"),
    "run_cancel_requested": _standing("cancelling"),
    "run_attention_raised": _standing("attention"),
    "run_quarantined": _standing("quarantined"),
    "run_finished": _finished,
    "map_opened": _map_opened,
    "map_chunk_completed": _chunk_completed,
    "invocation_scheduled": _runs,
    "invocation_started": _runs,
    "invocation_completed": _completed,
    "invocation_attempt_failed": _attempt_failed,
    "invocation_exhausted": _exhausted,
    "invocation_skipped": _ended("skipped"),
    "invocation_cancelled": _ended("cancelled"),
    "invocation_uncertain": _uncertain,
    "invocation_resolved": _resolved,
    "wait_opened": _wait_opened,
    "wait_closed": _wait_closed,
    "breaker_opened": _nothing,
    "breaker_closed": _nothing,
}
