"""Taking over earlier outputs: by reuse key within the team, and from the run that this one resumes.

Owns:      when a node's outputs may be reused, and the reuse key of formats.md §c.
Promises:  equal keys mean equal bundle, config and input bytes.
Never:     reuses what is not pure and deterministic, except when a run is resumed at the same address.
"""

from collections.abc import Mapping

import msgspec

from contracts.canonical import Digest, digest_of, digest_of_bytes
from executors.engine.commands import LookUp
from executors.engine.facts import Place
from executors.engine.program import Node
from executors.engine.state import CallWork, Frame, RunState
from executors.engine.turn import Turn, place
from executors.protocol import Value


def reuse_key(bundle: Digest, config: bytes, inputs: Mapping[str, Value]) -> Digest:
    """Digest of {bundle, config, inputs: {port: digest of its bytes}}."""
    digests = {port: digest_of_value(value) for port, value in inputs.items()}
    return digest_of({"bundle": bundle, "config": msgspec.json.decode(config), "inputs": digests})


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


def take_over(turn: Turn, frame: Frame, node: Node, work: CallWork) -> bool:
    """Take earlier outputs over, or ask for them. True: the call is not to be made now."""
    state = turn.state
    assert node.callee is not None
    assert work.inputs is not None
    here: Place = (node.path, frame.index)
    earlier = state.reusable.get(here) if node.path not in state.afresh else None
    cached = is_cached(state, node)
    if work.is_looking or work.key is not None or (earlier is None and not cached):
        return work.is_looking
    key = reuse_key(node.callee.version.bundle, turn.config(frame, node), work.inputs)
    work.key = key
    if earlier is not None and earlier[0] == key:
        _, outputs, run, seq = earlier
        reused = {"run": run, "seq": seq}
        turn.record(
            "invocation_completed", {**place(frame, node), "outputs": outputs, "key": key, "reused": reused}
        )
        return True
    if cached:
        work.is_looking = True
        state.sought[here] = (frame, node.local)
        turn.ask(LookUp(here, key))
    return cached
