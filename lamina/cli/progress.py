"""The nodes of a run as they stand: a small fold of its events, for a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contracts.events import address


@dataclass(slots=True, kw_only=True)
class NodeProgress:
    """`state` as in a run's view; `done`, `failed` of `total` items of a map."""

    state: str = "running"
    started_at: datetime | None = None
    finished_at: datetime | None = None
    total: int | None = None
    done: int = 0
    failed: int = 0
    note: str = ""

    @property
    def seconds(self) -> float | None:
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()


@dataclass(slots=True)
class Progress:
    """Nodes by path, in the order in which they were first heard of."""

    status: str = "queued"
    nodes: dict[str, NodeProgress] = field(default_factory=dict)
    failed_at: str = ""

    def take_view(self, view: dict[str, Any]) -> None:
        """Replace everything by a snapshot."""
        self.status = view["status"]
        self.nodes = {path: _from_view(node) for path, node in view["nodes"].items()}

    def take_events(self, events: Sequence[dict[str, Any]]) -> None:
        for event in events:
            self._take(event["type"], event["data"], datetime.fromisoformat(event["at"]))

    def _take(self, kind: str, data: dict[str, Any], at: datetime) -> None:
        if kind.startswith("run_"):
            self.status = _RUN_STATES.get(kind, self.status)
            if kind == "run_finished":
                self.status = data["status"]
                self.failed_at = address(data["node"], data.get("index", ())) if "node" in data else ""
            return
        if "nodes" in data:
            for path in data["nodes"]:
                self._node(path, at).state = _NODE_STATES[kind]
            return
        if "node" not in data:
            return
        node = self._node(data["node"], at)
        if kind == "map_opened":
            node.total = (node.total or 0) + data["count"]
        elif kind == "map_chunk_completed":
            _take_chunk(node, data, at)
        elif kind in _NODE_STATES:
            _take_state(node, kind, data, at)

    def _node(self, path: str, at: datetime) -> NodeProgress:
        return self.nodes.setdefault(path, NodeProgress(started_at=at))


def _from_view(node: dict[str, Any]) -> NodeProgress:
    return NodeProgress(
        state=node["state"],
        started_at=_instant(node.get("started_at")),
        finished_at=_instant(node.get("finished_at")),
        total=node.get("total"),
        done=node.get("done", 0),
        failed=node.get("failed", 0),
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _take_chunk(node: NodeProgress, data: dict[str, Any], at: datetime) -> None:
    node.failed += data.get("failed_count", 0)
    node.done += data["count"] - data.get("failed_count", 0)
    if node.total is not None and node.done + node.failed >= node.total:
        node.state, node.finished_at = "succeeded", at


def _take_state(node: NodeProgress, kind: str, data: dict[str, Any], at: datetime) -> None:
    node.state = _NODE_STATES[kind]
    if kind == "invocation_completed" and data.get("reused"):
        node.state = "reused"
    if kind in ("invocation_exhausted", "invocation_attempt_failed"):
        node.note = data["error"]["message"]
    if node.state in ("succeeded", "reused", "failed"):
        node.finished_at = at


_RUN_STATES = {
    "run_claimed": "running",
    "run_waiting": "waiting",
    "run_paused": "paused",
    "run_resumed": "running",
    "run_cancel_requested": "cancelling",
    "run_attention_raised": "attention",
    "run_quarantined": "quarantined",
}
_NODE_STATES = {
    "invocation_scheduled": "running",
    "invocation_started": "running",
    "invocation_completed": "succeeded",
    "invocation_attempt_failed": "retrying",
    "invocation_exhausted": "failed",
    "invocation_skipped": "skipped",
    "invocation_cancelled": "cancelled",
    "invocation_uncertain": "uncertain",
    "invocation_resolved": "running",
    "wait_opened": "waiting",
    "wait_closed": "succeeded",
}
