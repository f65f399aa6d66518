"""Calls that may follow another at once, in the same hop: what a segment of a plan is at run time.

Owns:      which nodes may follow a call.
Promises:  a follower needs nothing but outputs that are there and those of its own hop; what was not carried out
           with the hop is looked at like any other node when its inputs are there.
Never:     lets anything follow that an engine's decision, an effect or another place stands before.
"""

from typing import Final

from executors.engine.effects import key_of
from executors.engine.program import Callee, Node
from executors.engine.reuse import is_cached
from executors.engine.state import PENDING, Frame, RunState
from executors.engine.turn import is_too_large
from executors.protocol import Follower, Value

# By strategy. To a process the way is longer, and what does not follow there was told in vain.
_AT_MOST: Final = {"inline": 256, "process": 16}


def leads(callee: Callee) -> bool:
    """Whether a hop is worth sharing: quick calls take microseconds, the way to them takes longer."""
    return (
        callee.placement.strategy in _AT_MOST and callee.placement.queue == "local" and callee.is_repeatable
    )


def followers_of(state: RunState, frame: Frame, node: Node) -> tuple[tuple[Follower, ...], tuple[int, ...]]:
    """Followers of a call in an order in which they can be carried out, and their local numbers.

    In processes calls can be carried out side by side: there a hop ends where the way parts.
    """
    assert node.callee is not None
    strategy = str(node.callee.placement.strategy)
    at_most = _AT_MOST[strategy]
    nodes = state.program.scopes[frame.scope].nodes
    places = {node.local: 0}
    followers: list[Follower] = []
    reached = [node.local]
    for local in reached:
        if strategy == "process" and len(nodes[local].consumers) != 1:
            break
        for consumer in nodes[local].consumers:
            if len(followers) >= at_most:
                break
            if consumer in places or not _may_follow(state, frame, node, nodes[consumer], places):
                continue
            follower = _follower(state, frame, nodes[consumer], places)
            if follower is not None:
                followers.append(follower)
                places[consumer] = len(followers)
                reached.append(consumer)
    return tuple(followers), tuple(reached[1:])


def _may_follow(state: RunState, frame: Frame, node: Node, consumer: Node, places: dict[int, int]) -> bool:
    if not consumer.is_plain or frame.status[consumer.local] != PENDING or consumer.local in frame.work:
        return False
    assert consumer.callee is not None
    assert node.callee is not None
    if consumer.callee.placement != node.callee.placement:
        return False
    waiting = frame.pending[consumer.local]
    if waiting > len(places) or is_cached(state, consumer):
        return False
    if sum(source in places for source in consumer.sources) != waiting:
        return False
    return consumer.path not in state.pins and (consumer.path, frame.index) not in state.reusable


def _follower(state: RunState, frame: Frame, node: Node, places: dict[int, int]) -> Follower | None:
    """None where an input will be missing or is too large: the engine says what becomes of that."""
    callee, config = node.callee, node.config
    assert callee is not None
    assert config is not None
    inputs: dict[str, Value] = {}
    wires: list[tuple[str, int, str]] = []
    for wire in node.wires:
        place = places.get(wire.source)
        if place is not None:
            wires.append((wire.port, place, wire.source_port))
            continue
        outputs = frame.outputs[wire.source]
        value = outputs.get(wire.source_port) if outputs else None
        if value is None or is_too_large(value):
            return None
        inputs[wire.port] = value
    return Follower(
        node=node.path,
        name=callee.name,
        version=callee.version,
        contract=callee.contract,
        config=config,
        inputs=inputs,
        wires=tuple(wires),
        timeout_seconds=callee.timeout_seconds,
        key=key_of(state, callee, node.path, frame.index, inputs, config),
    )
