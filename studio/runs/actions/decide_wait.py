"""Take the decision that an approval node waits for."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from msgspec import UNSET

from contracts.canonical import JSON
from contracts.graph.document import Approvers
from contracts.plan import PlanNode
from contracts.schema import compile_guard
from studio.announcements import announce
from studio.audit.actions.append_entry import append_entry
from studio.refusals import Invalid, require
from studio.runs.errors import already_decided, is_over, no_open_wait, no_such_node
from studio.runs.models import Run
from studio.runs.plans import plan_of
from studio.runs.policies import may_decide_wait
from studio.runs.queries import require_run
from studio.runs.signals import send_signal
from studio.runs.views import open_waits
from studio.teams.viewer import Viewer
from studio.writing import writing


def decide_wait(
    viewer: Viewer,
    *,
    run: UUID,
    node: str,
    index: Sequence[int] = (),
    verdict: Literal["approved", "refused"],
    form: JSON = None,
) -> Run:
    """Raises `NotFound`, `Forbidden`, `Invalid` (the form), `Conflict` (nothing waits, or was decided)."""
    with writing():
        found = require_run(viewer, run)
        asked = _approval(found, node)
        assert isinstance(asked.who, Approvers)
        require(may_decide_wait(viewer, found, asked.who))
        if found.is_finished:
            raise is_over(found.status)
        if (node, tuple(index)) not in open_waits(found.pk):
            raise no_open_wait(node)
        given = {} if form is None else form
        if verdict == "approved":
            _check_form(asked, given)
        data: JSON = {"node": node, "verdict": verdict, "form": given}
        if index:
            data["index"] = list(index)
        place = ",".join(map(str, index))
        dedupe = f"decide:{node}:{place}:{viewer.require_person().pk}"
        if not send_signal(found, kind="decide", actor=viewer.actor, data=data, dedupe=dedupe):
            raise already_decided(node)
        append_entry(
            viewer,
            "decide_wait",
            object=found.title,
            object_id=found.pk,
            team=found.team_id,
            after={"node": node, "index": list(index), "verdict": verdict},
        )
        announce("run", found.pk, found.team_id)
    return found


def _check_form(asked: PlanNode, given: JSON) -> None:
    """Who refuses need not fill in the form."""
    schema = {"type": "object", "maxProperties": 0} if asked.form is UNSET else asked.form
    if problems := compile_guard(schema).problems(given):
        raise Invalid([problem.within("/form") for problem in problems])


def _approval(run: Run, path: str) -> PlanNode:
    for node in plan_of(run).nodes:
        if node.path == path and node.kind == "approval":
            return node
    raise no_such_node(path)
