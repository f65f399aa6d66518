"""Taking over earlier outputs: by reuse key within the team, and from the run that this one resumes.

Owns:      when outputs may be reused, and the keys: of a call (formats.md §c), of a repeat's call, of a chunk.
Promises:  equal keys mean equal bundle, config and input bytes; what has a fact of its own is reused by itself.
Never:     reuses what is not pure and deterministic, except when a run is resumed at the same address.
"""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Raw

from contracts.canonical import Digest, digest_of, digest_of_bytes
from executors.engine.commands import Found, LookUp
from executors.engine.facts import Index, Outputs, Place, json_value
from executors.engine.program import CHUNK_ITEMS, Node
from executors.engine.state import CallWork, Flight, Frame, MapWork, RunState
from executors.engine.turn import Turn, place
from executors.protocol import Returned, Value


def reuse_key(bundle: Digest, config: bytes, inputs: Mapping[str, Value]) -> Digest:
    """Digest of {bundle, config, inputs: {port: digest of its bytes}}."""
    digests = {port: digest_of_value(value) for port, value in inputs.items()}
    return digest_of({"bundle": bundle, "config": msgspec.json.decode(config), "inputs": digests})


def chunk_key(
    bundle: Digest, config: bytes, inputs: Mapping[str, Value], over: str, items: Sequence[Raw]
) -> Digest:
    """As `reuse_key`, for the items of a chunk; `over` keeps it from being that of one call with a list."""
    listed = json_value(b"[" + b",".join(bytes(item) for item in items) + b"]")
    digests = {port: digest_of_value(value) for port, value in {**inputs, over: listed}.items()}
    return digest_of(
        {"bundle": bundle, "config": msgspec.json.decode(config), "inputs": digests, "over": over}
    )


def digest_of_value(value: Value) -> Digest:
    if value.artifact is not None:
        return value.artifact
    assert value.data is not None
    return digest_of_bytes(value.data)


def is_cached(state: RunState, node: Node) -> bool:
    """Whether outputs of this node are looked up and offered within the team."""
    assert node.callee is not None
    effects = node.callee.version.effects
    if effects.kind != "pure" or not effects.deterministic or node.cache is False:
        return False
    return (node.cache is True or bool(state.options.get("reuse"))) and node.path not in state.afresh


def take_over(
    turn: Turn, frame: Frame, node: Node, work: CallWork, inputs: Mapping[str, Value], own: Index
) -> bool:
    """Take earlier outputs over, or ask for them. True: the call is not to be made now."""
    state = turn.state
    here: Place = (node.path, frame.index + own)
    if work.is_looking or work.key is not None:
        return work.is_looking
    is_offered = here in state.reusable and node.path not in state.afresh
    cached = is_cached(state, node)
    if not is_offered and not cached:
        return False
    assert node.callee is not None
    work.key = reuse_key(node.callee.version.bundle, turn.config(frame, node), inputs)
    known = offered(state, node, here, work.key)
    if known is not None:
        outputs, run, seq = known
        accept(turn, frame, node, Found(here, work.key, outputs, run, seq))
        return True
    if cached:
        work.is_looking = True
        state.sought[here] = (frame, node.local)
        turn.ask(LookUp(here, work.key))
    return cached


def offered(state: RunState, node: Node, here: Place, key: Digest) -> tuple[Outputs, str, int] | None:
    """Outputs of the resumed run at this address, made from the same: with the run and seq of their fact."""
    earlier = state.reusable.get(here)
    if earlier is None or earlier[0] != key or node.path in state.afresh:
        return None
    return earlier[1:]


def accept(turn: Turn, frame: Frame, node: Node, found: Found) -> None:
    """Take outputs over in place of a call. A repeat's are judged by its condition first."""
    assert found.outputs is not None
    reused = {"run": found.run, "seq": found.seq}
    if node.repeat is None:
        data = {**place(frame, node), "outputs": found.outputs, "key": found.key, "reused": reused}
        turn.record("invocation_completed", data)
        return
    work = frame.work[node.local]
    assert isinstance(work, CallWork)
    flight = Flight(0, frame, node.local, -1, work.attempts, turn.now, is_repeatable=True)
    work.landed, work.reused = (flight, Returned(outputs=found.outputs)), reused
    turn.state.agenda.append((frame, node.local))


def seek_chunks(turn: Turn, frame: Frame, node: Node, work: MapWork) -> bool:
    """Take over the chunks of a map that earlier runs have done, or ask for them. True: wait for answers."""
    state = turn.state
    if work.has_sought:
        return work.looking > 0
    work.has_sought = True
    cached = is_cached(state, node)
    if not cached and not state.reusable:
        return False
    assert work.count is not None
    for first in range(0, work.count, CHUNK_ITEMS):
        if first not in work.joined:
            _seek(turn, frame, node, work, first, is_cached=cached)
    return work.looking > 0


def _seek(turn: Turn, frame: Frame, node: Node, work: MapWork, first: int, *, is_cached: bool) -> None:
    assert node.callee is not None
    assert node.map is not None
    assert work.items is not None
    here: Place = (node.path, (*frame.index, first))
    items = work.items[first : first + CHUNK_ITEMS]
    config = turn.config(frame, node)
    key = chunk_key(node.callee.version.bundle, config, work.inputs or {}, node.map.over, items)
    known = offered(turn.state, node, here, key)
    if known is not None:
        outputs, run, seq = known
        accept_chunk(turn, frame, node, Found(here, key, outputs, run, seq))
    elif is_cached:
        work.keys[first] = key
        work.looking += 1
        turn.state.sought[here] = (frame, node.local)
        turn.ask(LookUp(here, key))


def accept_chunk(turn: Turn, frame: Frame, node: Node, found: Found) -> None:
    work = frame.work[node.local]
    assert isinstance(work, MapWork)
    assert work.count is not None
    assert found.outputs is not None
    first = found.place[1][-1]
    count = min(CHUNK_ITEMS, work.count - first)
    data = {**place(frame, node), "first": first, "count": count, "outputs": found.outputs}
    reused = {"run": found.run, "seq": found.seq}
    turn.record("map_chunk_completed", {**data, "reused_count": count, "key": found.key, "reused": reused})


def take_item(turn: Turn, frame: Frame, node: Node, inputs: Mapping[str, Value], item: int) -> bool:
    """Take over an item of a map over effects from the resumed run."""
    here: Place = (node.path, (*frame.index, item))
    if here not in turn.state.reusable:
        return False
    assert node.callee is not None
    key = reuse_key(node.callee.version.bundle, turn.config(frame, node), inputs)
    known = offered(turn.state, node, here, key)
    if known is None:
        return False
    outputs, run, seq = known
    data = {**place(frame, node, (item,)), "outputs": outputs, "key": key, "reused": {"run": run, "seq": seq}}
    turn.record("invocation_completed", data)
    return True
