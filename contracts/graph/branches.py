"""Which nodes of a scope run together: what each one's presence is, node by node.

Owns:      `Branches`, filled in topological order; it reports joins that can never fire.
"""

from collections.abc import Mapping

from msgspec import UNSET

from contracts.graph.document import InputNode, Node, OutputNode
from contracts.graph.findings import Place
from contracts.graph.ports import ERROR, NO_PORTS, NodePorts
from contracts.graph.presence import ALWAYS, NEVER, Presence, all_of, any_of, condition, conflict, outcome
from contracts.graph.structure import Feed


class Branches:
    """The presence of the nodes seen so far; `ports` are theirs."""

    def __init__(self, nodes: Mapping[str, Node], ports: Mapping[str, NodePorts]) -> None:
        self.nodes = nodes
        self.ports = ports
        self.presence: dict[str, Presence] = {}

    def visit(self, node_id: str, feeds: Mapping[str, Feed], place: Place) -> None:
        self.presence[node_id] = self._presence(node_id, feeds, place)

    def may_skip(self, node_id: str) -> bool:
        return self.presence[node_id].may_skip

    def _presence(self, node_id: str, feeds: Mapping[str, Feed], place: Place) -> Presence:
        node = self.nodes[node_id]
        if isinstance(node, InputNode):
            return Presence(may_skip=node.port.cardinality == "optional" and node.port.default is UNSET)
        parts = {name: self._of_output(feed) for name, feed in feeds.items()}
        required = {name: part for name, part in parts.items() if self._is_required(node_id, name)}
        clash = conflict(required)
        if clash is not None:
            first, fact, second, other = clash
            message = (
                f"This node can never run: input {first!r} comes only when {fact.words}, input {second!r} "
                f"only when {other.words}. Make one of them optional, or join the branches before."
            )
            place.problem("never_runs", message)
            return NEVER
        needed = all_of(required.values()) if required or not parts else any_of(parts.values())
        when = getattr(node, "when", UNSET)
        if when is UNSET:
            return needed
        own = condition(when, {name: _source(feed) for name, feed in feeds.items()})
        if own.never:
            place.at("when").warn("never_runs", "The condition is always false: this node never runs.")
        elif conflict({"inputs": needed, "when": own}) is not None:
            message = (
                "The condition is never true when the inputs are there: this node can never run. Change it."
            )
            place.at("when").problem("never_runs", message)
            return NEVER
        return all_of([needed, own])

    def _is_required(self, node_id: str, name: str) -> bool:
        if isinstance(self.nodes[node_id], OutputNode):
            return True
        port = self.ports[node_id].inputs.get(name)
        return port is not None and port.is_required

    def _of_output(self, feed: Feed) -> Presence:
        source = feed.wire.source
        node, ports = self.nodes[source], self.ports.get(source, NO_PORTS)
        parts = [self.presence.get(source, ALWAYS)]
        port = ports.outputs.get(feed.wire.output)
        if port is not None and port.cardinality == "optional" and not isinstance(node, InputNode):
            parts.append(Presence(may_skip=True))
        if getattr(node, "on_error", "fail") == "port":
            parts.append(outcome(source, failed=feed.wire.output == ERROR))
        return all_of(parts)


def _source(feed: Feed) -> str:
    select = "" if feed.edge.select is UNSET else f" | {feed.edge.select}"
    return f"{feed.wire.source}:{feed.wire.output}{select}"
