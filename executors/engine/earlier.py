"""What a resumed run may take over from the one before: its journaled outputs with their reuse keys.

Owns:      folding an ended journal as far as it got, without ending it again.
Promises:  an output is offered under the key of the inputs it was made from, at its own address.
Never:     offers what was pinned, left uncertain, failed or cancelled.
"""

from collections.abc import Callable, Iterable, Iterator

from msgspec import DecodeError, Raw
from msgspec.json import Decoder

from contracts.canonical import Digest
from executors.engine.calls import iterated
from executors.engine.decide import derive
from executors.engine.evolve import evolve
from executors.engine.facts import Fact, Outputs, Place
from executors.engine.frames import frame_at
from executors.engine.program import Node, Program
from executors.engine.reuse import chunk_key, reuse_key
from executors.engine.state import Frame, RunState
from executors.engine.turn import Absent, Faulty, Turn
from executors.protocol import Value

Read = Callable[[Digest], bytes | None]
Earlier = dict[Place, tuple[Digest, Outputs, str, int]]
ENDINGS = frozenset(
    ("run_paused", "run_quarantined", "run_cancel_requested", "run_finished", "invocation_cancelled")
)
_decode_list = Decoder(list[Raw]).decode


def look_back(state: RunState, facts: Iterable[Fact], read: Read) -> dict[Place, tuple[int, Fact]]:
    """Fold an ended journal into a fresh `state`, with all values kept and no end.

    `read` gives the bytes of an artifact, None for one that is gone. Returns address → (seq, fact) of what was
    completed; a chunk stands at the index of its first item.
    """
    state.is_replayed = True
    completed: dict[Place, tuple[int, Fact]] = {}
    for seq, fact in enumerate(facts, start=1):
        if fact.type in ENDINGS or fact.data.get("handled") == "fail":
            continue
        evolve(state, fact)
        index = tuple(fact.data.get("index", ()))
        if fact.type == "invocation_completed" or fact.data.get("decision") == "done":
            completed[fact.data["node"], index] = (seq, fact)
        elif fact.type == "map_chunk_completed" and "failed" not in fact.data:
            completed[fact.data["node"], (*index, fact.data["first"])] = (seq, fact)
    derive(state, read)
    return completed


def earlier_outputs(state: RunState, facts: Iterable[Fact], read: Read) -> Earlier:
    """Address → (key, outputs, run, seq) of what `facts` completed. `state` is fresh; `read` as `look_back`."""
    given: dict[Place, Outputs] = {}
    completed = look_back(state, _noting_inputs(facts, given), read)
    return {**outputs_of(state, completed), **_effects_of(state, completed, given)}


def are_kept(outputs: Outputs, has: Callable[[Digest], bool]) -> bool:
    """Whether everything that these outputs refer to is still there."""
    return all(value.artifact is None or has(value.artifact) for value in outputs.values())


def still_kept(found: Earlier, program: Program, has: Callable[[Digest], bool]) -> Earlier:
    """Without what can be made again and is no longer kept; what an effect gave stays, as it was done."""
    return {
        here: entry
        for here, entry in found.items()
        if _is_effect(program.node(here[0])) or are_kept(entry[1], has)
    }


def _is_effect(node: Node) -> bool:
    return node.callee is not None and not node.callee.is_repeatable


def _noting_inputs(facts: Iterable[Fact], given: dict[Place, Outputs]) -> Iterator[Fact]:
    for fact in facts:
        if fact.type == "invocation_scheduled":
            given[fact.data["node"], tuple(fact.data.get("index", ()))] = fact.data["inputs"]
        yield fact


def _effects_of(
    state: RunState, completed: dict[Place, tuple[int, Fact]], given: dict[Place, Outputs]
) -> Earlier:
    """By the inputs that were journaled: what stands before an effect may not be derivable from its facts, and an
    effect that has been done must not be done again.
    """
    found: Earlier = {}
    turn = Turn(state, state.at, lambda: 0.0)
    for here in completed.keys() & given.keys():
        scope, local = state.program.places[here[0]]
        node = state.program.scopes[scope].nodes[local]
        frame = frame_at(state, scope, here[1][: state.program.scopes[scope].depth])
        assert node.callee is not None
        try:
            config = turn.config(frame, node)
        except (Absent, Faulty):
            continue
        seq, fact = completed[here]
        key = reuse_key(node.callee.version.bundle, config, given[here])
        found[here] = (key, fact.data["outputs"], state.run, seq)
    return found


def outputs_of(state: RunState, completed: dict[Place, tuple[int, Fact]]) -> Earlier:
    """As `earlier_outputs`, of a state that has been looked back on."""
    found: Earlier = {}
    turn = Turn(state, state.at, lambda: 0.0)
    for frame in list(state.frames.values()):
        for node in state.program.scopes[frame.scope].nodes:
            if node.callee is None or node.path in state.pins:
                continue
            for here, key in keys_of(turn, frame, node, completed):
                seq, fact = completed[here]
                found[here] = (key, fact.data["outputs"], state.run, seq)
    return found


def keys_of(
    turn: Turn, frame: Frame, node: Node, completed: dict[Place, tuple[int, Fact]]
) -> Iterator[tuple[Place, Digest]]:
    """The reuse keys of what a node has completed, by address."""
    try:
        inputs = turn.gather(frame, node)
        config = turn.config(frame, node)
        items = _items(turn, node, inputs or {})
    except (Absent, Faulty, DecodeError):
        return
    if inputs is None:
        return
    assert node.callee is not None
    bundle = node.callee.version.bundle
    path, index = node.path, frame.index
    if node.map is not None:
        yield from _item_keys(node, (path, index), bundle, config, inputs, items, completed)
    elif node.repeat is not None:
        last: dict[str, Value] | None = None
        iteration = 0
        while (here := (path, (*index, iteration))) in completed:
            yield here, reuse_key(bundle, config, iterated(node, inputs, last))
            last, iteration = {**(last or {}), **completed[here][1].data["outputs"]}, iteration + 1
    elif (path, index) in completed:
        yield (path, index), reuse_key(bundle, config, inputs)


def _items(turn: Turn, node: Node, inputs: dict[str, Value]) -> list[Raw]:
    if node.map is None or node.map.over not in inputs:
        return []
    return _decode_list(turn.bytes_of(inputs[node.map.over]))


def _item_keys(
    node: Node,
    around: Place,
    bundle: Digest,
    config: bytes,
    inputs: dict[str, Value],
    items: list[Raw],
    completed: dict[Place, tuple[int, Fact]],
) -> Iterator[tuple[Place, Digest]]:
    assert node.map is not None
    over = node.map.over
    shared = {port: value for port, value in inputs.items() if port != over}
    for item in range(len(items)):
        here = (around[0], (*around[1], item))
        if here not in completed:
            continue
        if node.is_chunked:
            count = completed[here][1].data["count"]
            yield here, chunk_key(bundle, config, shared, over, items[item : item + count])
        else:
            given = {**shared, over: Value(media="json", size=len(items[item]), data=bytes(items[item]))}
            yield here, reuse_key(bundle, config, given)
