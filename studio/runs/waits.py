"""What a run waits for: who may answer, and what they have said already.

Owns:      bringing together the open waits of the view, their nodes in the plan and decisions not yet acted upon;
           which runs may ask somebody at all.
Never:     decides: `actions/decide_wait` does, by the same policy.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, reduce
from operator import or_
from typing import Final, Literal
from uuid import UUID

from django.db.models import Q, QuerySet
from msgspec import UNSET, UnsetType

from contracts.canonical import JSON, Digest
from contracts.graph.document import Approvers
from contracts.plan import PlanNode
from studio.runs.models import Run, Signal
from studio.runs.plans import plan_of
from studio.runs.policies import may_decide_wait, may_send_signal
from studio.runs.views import read_view
from studio.teams.models import User
from studio.teams.viewer import Viewer

MOST_WAITS: Final = 100
_HAS_DECIDED: Final = "You have decided. It goes on when enough others have."
Place = tuple[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitDecision:
    """What one person said to an approval that waits for more of them."""

    actor: str
    actor_name: str
    verdict: Literal["approved", "refused"]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWait:
    """`node` is its path; of an approval `form` and `count`, of a signal `name` and `schema`.

    `viewer_may_not`: why the viewer may not answer it; None where they may.
    """

    node: str
    index: tuple[int, ...]
    kind: Literal["timer", "approval", "signal"]
    due_at: datetime
    prompt: str | None
    form: JSON
    count: int | None
    name: str | None
    schema: JSON
    decisions: tuple[WaitDecision, ...]
    viewer_may_not: str | None


def waits_of(viewer: Viewer, run: Run) -> list[OpenWait]:
    """The first hundred, in the order in which they were opened."""
    opened = read_view(run.pk).get("waits", ())[:MOST_WAITS]
    if not opened:
        return []
    nodes = {node.path: node for node in plan_of(run).nodes}
    refusals = {path: _refusal(viewer, run, nodes[path]) for path in {wait["node"] for wait in opened}}
    decisions = _decisions(run)
    found = []
    for wait in opened:
        node, index = nodes[wait["node"]], tuple(wait.get("index", ()))
        told = tuple(decisions[node.path, index])
        has_decided = any(decision.actor == viewer.actor for decision in told)
        found.append(
            OpenWait(
                node=node.path,
                index=index,
                kind=wait["kind"],
                due_at=datetime.fromisoformat(wait["due_at"]),
                prompt=node.prompt or None,
                form=_given(node.form),
                count=node.who.count if isinstance(node.who, Approvers) else None,
                name=node.name or None,
                schema=_given(node.schema),
                decisions=told,
                viewer_may_not=_HAS_DECIDED if has_decided else refusals[node.path],
            )
        )
    return found


def approvable_runs(viewer: Viewer, runs: QuerySet[Run]) -> QuerySet[Run]:
    """Those runs whose plan has an approval that the viewer may give, whether it is asked for now or not."""
    found: dict[tuple[UUID, Approvers], set[Digest]] = defaultdict(set)
    for team, plan in runs.order_by().values_list("team", "plan").distinct():
        for who in _approvers(plan):
            found[team, who].add(plan)
    asking: dict[UUID, set[Digest]] = defaultdict(set)
    for (team, who), plans in found.items():
        if may_decide_wait(viewer, Run(team_id=team), who).is_allowed:
            asking[team] |= plans
    theirs = [Q(team=team, plan__in=plans) for team, plans in asking.items()]
    return runs.filter(reduce(or_, theirs)) if theirs else runs.none()


@lru_cache(maxsize=4096)
def _approvers(plan: Digest) -> frozenset[Approvers]:
    """Kept for more plans than are kept themselves: Home asks for those of all runs that wait."""
    nodes = plan_of(Run(plan_id=plan)).nodes
    return frozenset(node.who for node in nodes if isinstance(node.who, Approvers))


def _given(schema: JSON | UnsetType) -> JSON:
    return None if schema is UNSET else schema


def _refusal(viewer: Viewer, run: Run, node: PlanNode) -> str | None:
    if node.kind == "wait":
        return "It goes on by itself."
    if isinstance(node.who, Approvers):
        decision = may_decide_wait(viewer, run, node.who)
    else:
        decision = may_send_signal(viewer, run)
    return None if decision.problem is None else decision.problem.message


def _decisions(run: Run) -> dict[Place, list[WaitDecision]]:
    told = list(Signal.objects.filter(run=run, kind="decide", absorbed_seq=None).order_by("id"))
    people = [UUID(signal.actor.removeprefix("user:")) for signal in told]
    names = {person.actor: person.name for person in User.objects.filter(pk__in=people)}
    found: dict[Place, list[WaitDecision]] = defaultdict(list)
    for signal in told:
        decision = WaitDecision(
            actor=signal.actor,
            actor_name=names.get(signal.actor, signal.actor),
            verdict=signal.data["verdict"],
            at=signal.created_at,
        )
        found[signal.data["node"], tuple(signal.data.get("index", ()))].append(decision)
    return found
