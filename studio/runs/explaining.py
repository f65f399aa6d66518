"""Why a call of a run was carried out, or taken over: its explanation, told from the journals.

Owns:      which earlier run a run is compared with, and what that run says of an address.
Promises:  an explanation names the run that it speaks of.
Never:     guesses: where a journal is too long or gone, it says that nothing can be told.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.events import TERMINAL_STATUSES
from executors.engine.explaining import Before, Reason, made_of, why_carried_out
from executors.engine.facts import Index
from executors.engine.program import CHUNK_ITEMS, Node
from executors.engine.state import Frame, RunState
from studio.runs.models import Run
from studio.runs.replay import Replayed, replayed

_REUSED = Reason(code="reused", message="Taken over: the version, the settings and the inputs were the same.")
_PINNED = Reason(code="pinned", message="A pinned value stood in for the call.")
_UNKNOWN = Reason(code="unknown", message="The history is too long to be compared.")


@dataclass(frozen=True, slots=True)
class Explanation:
    """`run`: where the outputs came from, or what was compared with."""

    reason: Reason
    run: Run | None


def explanation_of(run: Run, node: str, index: Index, reused: dict[str, Any] | None) -> Explanation | None:
    """`reused` as the event says. None for what calls no module, or was never called."""
    if reused is not None:
        return Explanation(_REUSED, Run.objects.filter(pk=UUID(reused["run"]), team=run.team_id).first())
    with replayed(run) as found:
        if found is None:
            return Explanation(_UNKNOWN, None)
        spot = spot_of(found.state, node, index)
        if spot is None or spot[1].callee is None:
            return None
        if node in found.state.pins:
            return Explanation(_PINNED, None)
        frame, inside, own = spot
        before = run_before(run)
        with replayed(before) as earlier:
            if before is not None and earlier is None:
                return Explanation(_UNKNOWN, before)
            is_resumed = run.resumed_from_id is not None
            known = None if earlier is None else before_of(earlier, node, index, is_resumed=is_resumed)
            now = made_of(found.state, frame, inside, own[0] if own else None)
            return Explanation(why_carried_out(found.state, inside, now, known), before)


def run_before(run: Run) -> Run | None:
    """The run that it took over from; else the newest of its graph that had ended."""
    if run.resumed_from_id is not None:
        return Run.objects.filter(pk=run.resumed_from_id).first()
    if run.graph_id is None:
        return None
    ended = Run.objects.filter(
        team=run.team_id, graph_id=run.graph_id, pk__lt=run.pk, status__in=TERMINAL_STATUSES
    )
    return ended.order_by("-id").first()


def spot_of(state: RunState, path: str, index: Index) -> tuple[Frame, Node, Index] | None:
    """The frame and the node of an address, and what of the index is the node's own."""
    if path not in state.program.places:
        return None
    scope, local = state.program.places[path]
    inside = state.program.scopes[scope]
    frame = state.frames.get((scope, index[: inside.depth]))
    return None if frame is None else (frame, inside.nodes[local], index[inside.depth :])


def before_of(earlier: Replayed, path: str, index: Index, *, is_resumed: bool) -> Before:
    """What a run that was looked back on says of an address."""
    spot = spot_of(earlier.state, path, index)
    if spot is None:
        return Before(is_resumed=is_resumed)
    frame, node, own = spot
    place = index
    if node.is_chunked and own:
        place = (*index[:-1], own[0] - own[0] % CHUNK_ITEMS)
    return Before(
        is_resumed=is_resumed,
        is_done=(path, place) in earlier.completed and path not in earlier.state.pins,
        is_uncertain=(path, index) in earlier.state.uncertain,
        made=made_of(earlier.state, frame, node, own[0] if own else None),
    )
