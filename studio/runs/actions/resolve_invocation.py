"""Say what became of an effect of which nobody knows whether it was applied."""

from collections.abc import Mapping, Sequence
from typing import Literal
from uuid import UUID

import msgspec

from contracts.canonical import JSON
from contracts.problems import pointer
from contracts.schema import compile_guard, localise
from executors.engine.facts import Index
from studio.announcements import announce
from studio.audit.actions.append_entry import append_entry
from studio.refusals import Invalid, invalid, require
from studio.runs.errors import is_over, nothing_uncertain
from studio.runs.extents import contract_of
from studio.runs.models import Event, Run
from studio.runs.plans import plan_of
from studio.runs.policies import may_resolve_invocation
from studio.runs.queries import require_run
from studio.runs.signals import send_signal
from studio.teams.viewer import Viewer
from studio.writing import writing


def resolve_invocation(
    viewer: Viewer,
    *,
    run: UUID,
    node: str,
    decision: Literal["done", "not_applied", "fail"],
    reason: str,
    index: Sequence[int] = (),
    outputs: Mapping[str, JSON] | None = None,
) -> Run:
    """done: it was applied and gave `outputs`; not_applied: it is called again; fail: it counts as failed.

    Raises `NotFound`, `Forbidden`, `Invalid` (reason or outputs), `Conflict` (it is known what became of it).
    """
    with writing():
        found = require_run(viewer, run)
        require(may_resolve_invocation(viewer, found))
        if found.is_finished:
            raise is_over(found.status)
        if not reason.strip():
            raise invalid("reason", "/reason", "Say how you know; it is kept with the decision.")
        index = _doubtful(found, node, tuple(index))
        data: dict[str, JSON] = {"node": node, "decision": decision, "reason": reason[:500]}
        if index:
            data["index"] = list(index)
        if decision == "done":
            data["outputs"] = _checked(found, node, outputs or {})
        elif outputs:
            raise invalid("outputs", "/outputs", "Outputs belong to the decision done. Leave them out.")
        send_signal(found, kind="resolve", actor=viewer.actor, data=data)
        append_entry(
            viewer,
            "resolve_invocation",
            object=found.title,
            object_id=found.pk,
            team=found.team_id,
            after={"node": node, "index": list(index), "decision": decision},
            reason=reason[:500],
        )
        announce("run", found.pk, found.team_id)
    return found


def _doubtful(run: Run, node: str, index: Index) -> Index:
    """The index that is meant: the one given, else the only one of the node that is in doubt."""
    rows = Event.objects.filter(run=run, type__in=("invocation_uncertain", "invocation_resolved"))
    doubts: set[Index] = set()
    for kind, text in rows.order_by("seq").values_list("type", "data"):
        data = msgspec.json.decode(text)
        if data["node"] == node:
            change = doubts.add if kind == "invocation_uncertain" else doubts.discard
            change(tuple(data.get("index", ())))
    if not doubts or (index and index not in doubts):
        raise nothing_uncertain(node)
    if index in doubts:
        return index
    if len(doubts) > 1:
        named = ", ".join(str(list(place)) for place in sorted(doubts)[:20])
        raise invalid("index", "/index", f"Several calls of {node} are in doubt. Say which: {named}.")
    return doubts.pop()


def _checked(run: Run, node: str, outputs: Mapping[str, JSON]) -> JSON:
    plan = plan_of(run)
    version = next(str(item.version) for item in plan.nodes if item.path == node)
    contract = contract_of(plan, version)
    ports = contract.ports.outputs
    for name in sorted(ports.keys() | outputs.keys()):
        place = pointer("outputs", name)
        if name not in ports:
            raise invalid("no_such_port", place, f"{version} has no output {name!r}.")
        if name not in outputs:
            if ports[name].is_required:
                raise invalid("output_missing", place, f"{version} always gives {name!r}. Say what it gave.")
        elif ports[name].media != "json":
            raise invalid(
                "media", place, f"A {ports[name].media} cannot be given here. Let it be called again."
            )
        elif problems := compile_guard(localise(ports[name].schema, contract.root)).problems(outputs[name]):
            raise Invalid([problem.within(place) for problem in problems])
    return dict(outputs)
