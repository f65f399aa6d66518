"""Give a run the signal that one of its nodes waits for."""

from uuid import UUID

from msgspec import UNSET

from contracts.canonical import JSON
from contracts.schema import compile_guard
from studio.audit.actions.append_entry import append_entry
from studio.refusals import Invalid, require
from studio.runs import signals
from studio.runs.errors import is_over, no_such_signal
from studio.runs.models import Run
from studio.runs.plans import plan_of
from studio.runs.policies import may_send_signal
from studio.runs.queries import require_run
from studio.teams.viewer import Viewer
from studio.writing import writing


def send_signal(viewer: Viewer, *, run: UUID, name: str, value: JSON = None) -> Run:
    """Raises `NotFound`, `Forbidden`, `Invalid` (no such signal, or the value), `Conflict` (it has ended)."""
    with writing():
        found = require_run(viewer, run)
        require(may_send_signal(viewer, found))
        if found.is_finished:
            raise is_over(found.status)
        waiting = [node for node in plan_of(found).nodes if node.kind == "signal" and node.name == name]
        if not waiting:
            raise no_such_signal(name)
        for schema in [node.schema for node in waiting if node.schema is not UNSET]:
            if problems := compile_guard(schema).problems(value):
                raise Invalid([problem.within("/value") for problem in problems])
        signals.send_signal(found, kind="signal", actor=viewer.actor, data={"name": name, "value": value})
        append_entry(
            viewer,
            "send_signal",
            object=found.title,
            object_id=found.pk,
            team=found.team_id,
            after={"signal": name},
        )
    return found
