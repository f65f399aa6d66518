"""What a resumed run may take over from the one before: its journaled outputs with their reuse keys.

Owns:      folding an ended journal as far as it got, without ending it again.
Promises:  an output is offered under the key of the inputs it was made from, at its own address.
Never:     offers what was left uncertain, failed or cancelled.
"""

from collections.abc import Iterable

from contracts.canonical import Digest
from executors.engine.decide import derive
from executors.engine.evolve import evolve
from executors.engine.facts import Fact, Outputs, Place
from executors.engine.reuse import reuse_key
from executors.engine.state import DONE, Frame, RunState
from executors.engine.turn import Absent, Faulty, Turn

ENDINGS = frozenset(
    ("run_paused", "run_quarantined", "run_cancel_requested", "run_finished", "invocation_cancelled")
)


def earlier_outputs(state: RunState, facts: Iterable[Fact]) -> dict[Place, tuple[Digest, Outputs, str, int]]:
    """Address → (key, outputs, run, seq) of every call that `facts` completed. `state` is fresh."""
    state.is_replayed = True
    completed: dict[Place, tuple[int, Outputs]] = {}
    for seq, fact in enumerate(facts, start=1):
        if fact.type in ENDINGS or fact.data.get("handled") == "fail":
            continue
        evolve(state, fact)
        if fact.type == "invocation_completed":
            completed[fact.data["node"], tuple(fact.data.get("index", ()))] = (seq, fact.data["outputs"])
    derive(state)
    found: dict[Place, tuple[Digest, Outputs, str, int]] = {}
    turn = Turn(state, state.at, lambda: 0.0)
    for frame in list(state.frames.values()):
        for here, key in _keys(turn, frame):
            if here in completed:
                seq, outputs = completed[here]
                found[here] = (key, outputs, state.run, seq)
    return found


def _keys(turn: Turn, frame: Frame) -> Iterable[tuple[Place, Digest]]:
    for node in turn.state.program.scopes[frame.scope].nodes:
        if node.callee is None or node.map or node.repeat or frame.status[node.local] != DONE:
            continue
        try:
            inputs = turn.gather(frame, node)
            config = turn.config(frame, node)
        except (Absent, Faulty):
            continue
        if inputs is not None:
            yield (node.path, frame.index), reuse_key(node.callee.version.bundle, config, inputs)
