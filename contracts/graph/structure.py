"""The wiring of one scope, before any type is looked at.

Owns:      which edge feeds which input, the order of nodes, circles, names that stand twice.
Promises:  linear in nodes and edges (times the logarithm of the nodes, for the order by name).
"""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from contracts.graph.document import Edge, InputNode, Node, OutputNode, Wire, wires
from contracts.graph.findings import Place
from contracts.graph.ports import ERROR

MAX_CIRCLES = 10


@dataclass(frozen=True, slots=True)
class Feed:
    """An edge as its target sees it."""

    key: str
    wire: Wire
    edge: Edge


@dataclass(slots=True)
class Wiring:
    """`feeds`: node → input → edge; `used`: node → outputs that an edge leaves; `order`: sources first."""

    feeds: dict[str, dict[str, Feed]] = field(default_factory=dict)
    used: dict[str, set[str]] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)


def wiring_of(nodes: Mapping[str, Node], edges: dict[str, Edge], place: Place) -> Wiring:
    """Edges that lead nowhere, or to an input that is taken, are reported and left out."""
    wiring = Wiring(feeds={node: {} for node in nodes}, used={node: set() for node in nodes})
    for wire, edge in wires(dict(sorted(edges.items()))):
        key = str(wire)
        missing = sorted({end for end in (wire.source, wire.target) if end not in nodes})
        if missing:
            message = f"There is no node {missing[0]!r} here. Remove the edge, or add the node."
            place.at("edges", key).problem("unknown_node", message)
            continue
        taken = wiring.feeds[wire.target].get(wire.input)
        if taken is not None:
            message = (
                f"Input {wire.input!r} of {wire.target} is already fed by "
                f"{taken.wire.source}:{taken.wire.output}. An input takes one edge: remove one of them."
            )
            place.at("edges", key).problem("input_taken", message)
            continue
        wiring.feeds[wire.target][wire.input] = Feed(key, wire, edge)
        wiring.used[wire.source].add(wire.output)
    wiring.order = _order(wiring, place)
    return wiring


def _order(wiring: Wiring, place: Place) -> list[str]:
    """Topological, ties by name; the nodes of a circle follow where the circle is cut."""
    sources = {node: {feed.wire.source for feed in feeds.values()} for node, feeds in wiring.feeds.items()}
    order = topological(sources)
    circles = 0
    while len(order) < len(sources):
        done = set(order)
        rest = {
            node: {s for s in found if s not in done} for node, found in sources.items() if node not in done
        }
        circle = _circle(rest)
        circles += 1
        if circles <= MAX_CIRCLES:
            path = " → ".join([*circle, circle[0]])
            message = (
                f"These nodes feed each other in a circle: {path}. Remove one of the edges, or use repeat."
            )
            place.at("nodes", circle[0]).problem("cycle", message)
        else:
            return order + sorted(rest)
        cut = circle[0]
        sources[cut] = sources[cut] & done
        order = topological(sources)
    return order


def topological(sources: Mapping[str, Iterable[str]]) -> list[str]:
    """The nodes that no circle holds up, sources first, ties by name."""
    waiting = {node: len(set(found)) for node, found in sources.items()}
    followers: dict[str, list[str]] = {node: [] for node in sources}
    for node, found in sources.items():
        for source in set(found):
            followers[source].append(node)
    ready = [node for node, count in waiting.items() if count == 0]
    heapq.heapify(ready)
    order = []
    while ready:
        node = heapq.heappop(ready)
        order.append(node)
        for follower in followers[node]:
            waiting[follower] -= 1
            if waiting[follower] == 0:
                heapq.heappush(ready, follower)
    return order


def _circle(rest: Mapping[str, set[str]]) -> list[str]:
    """A circle among nodes of which each waits for another, in the direction of the edges."""
    node = min(rest)
    seen: dict[str, int] = {}
    path: list[str] = []
    while node not in seen:
        seen[node] = len(path)
        path.append(node)
        node = min(rest[node])
    circle = path[seen[node] :][::-1]
    start = circle.index(min(circle))
    return circle[start:] + circle[:start]


def check_names(nodes: Mapping[str, Node], place: Place) -> None:
    """Inputs and outputs of one scope have different names, none of which is that of the error port."""
    for kind, type_ in (("input", InputNode), ("output", OutputNode)):
        seen: dict[str, str] = {}
        for node_id, node in sorted(nodes.items()):
            if not isinstance(node, type_):
                continue
            if node.name in seen:
                message = f"{seen[node.name]} is an {kind} called {node.name!r} too. Rename one of them."
                place.at("nodes", node_id, "name").problem("name_taken", message)
            seen.setdefault(node.name, node_id)
            if node.name == ERROR:
                message = "No port is called error: failures leave by it. Choose another name."
                place.at("nodes", node_id, "name").problem("reserved_name", message)
