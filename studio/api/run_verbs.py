"""The verbs that start and steer runs."""

from typing import Any, Final

import graphene

from studio.api.nodes import key_of
from studio.api.problems import Mutation
from studio.api.runs import Run
from studio.api.scalars import JSON
from studio.refusals import invalid
from studio.runs import policies
from studio.runs.actions.cancel_run import cancel_run
from studio.runs.actions.decide_wait import decide_wait
from studio.runs.actions.resume_run import resume_run
from studio.runs.actions.send_signal import send_signal
from studio.runs.actions.start_run import start_run
from studio.runs.actions.try_module import try_module
from studio.runs.options import Extent
from studio.teams.viewer import Viewer


class StartRun(Mutation, policy=policies.may_start_run):
    """Start a run of a revision; without one of the draft, or of a document in its place."""

    class Input:
        graph = graphene.ID(required=True)
        revision = graphene.Int()
        document = JSON()
        inputs = JSON()
        parameters = JSON()
        environment = graphene.String()
        idempotency_key = graphene.String(description="Sent again with the same key, it is the same run.")
        reuse = graphene.Boolean(description="Take over outputs of earlier runs where nothing has changed.")
        upto = graphene.List(
            graphene.NonNull(graphene.String), description="Run these nodes and what they need, nothing else."
        )
        since = graphene.List(
            graphene.NonNull(graphene.String),
            name="from",
            description="Run these nodes and all after them afresh; take over the rest where possible.",
        )
        pins = JSON(
            description="Values that stand in for calls: node path → port → {value} or {artifact: digest}."
        )

    class Done:
        run = graphene.Field(Run, required=True)

    @staticmethod
    def perform(
        viewer: Viewer,
        *,
        graph: str,
        reuse: bool | None = None,
        upto: list[str] | None = None,
        since: list[str] | None = None,
        pins: Any = None,
        **input: Any,
    ) -> dict[str, Any]:
        if pins is not None and not isinstance(pins, dict):
            raise invalid("not_an_object", "/pins", "Give the pins as an object by node.")
        extent = Extent(reuse=bool(reuse), upto=upto or (), since=since or (), pins=pins or {})
        return {"run": start_run(viewer, graph=key_of(graph, "Graph"), extent=extent, **input)}


class ResumeRun(Mutation, policy=policies.may_resume_run):
    """Start a new run that takes over what an ended one has done."""

    class Input:
        run = graphene.ID(required=True)
        idempotency_key = graphene.String()

    class Done:
        run = graphene.Field(Run, required=True)

    @staticmethod
    def perform(viewer: Viewer, *, run: str, **input: Any) -> dict[str, Any]:
        return {"run": resume_run(viewer, run=key_of(run, "Run"), **input)}


class TryModule(Mutation, policy=policies.may_try_module):
    """Run one version by itself."""

    class Input:
        version = graphene.ID(required=True)
        inputs = JSON(required=True)
        config = JSON()

    class Done:
        run = graphene.Field(Run, required=True)

    @staticmethod
    def perform(viewer: Viewer, *, version: str, **input: Any) -> dict[str, Any]:
        return {"run": try_module(viewer, version=key_of(version, "ModuleVersion"), **input)}


class CancelRun(Mutation, policy=policies.may_cancel_run):
    """Ask a run to end."""

    class Input:
        run = graphene.ID(required=True)
        reason = graphene.String()

    class Done:
        run = graphene.Field(Run, required=True)

    @staticmethod
    def perform(viewer: Viewer, *, run: str, **input: Any) -> dict[str, Any]:
        return {"run": cancel_run(viewer, run=key_of(run, "Run"), **input)}


class Verdict(graphene.Enum):
    """How an approval is decided; one refusal refuses."""

    APPROVED = "approved"
    REFUSED = "refused"


class DecideWait(Mutation, policy=policies.may_decide_wait):
    """Take the decision that an approval node waits for."""

    class Input:
        run = graphene.ID(required=True)
        node = graphene.String(required=True)
        index = graphene.List(graphene.NonNull(graphene.Int))
        verdict = Verdict(required=True)
        form = JSON()

    class Done:
        run = graphene.Field(Run, required=True)

    @staticmethod
    def perform(viewer: Viewer, *, run: str, verdict: Any, **input: Any) -> dict[str, Any]:
        return {"run": decide_wait(viewer, run=key_of(run, "Run"), verdict=verdict.value, **input)}


class SendSignal(Mutation, policy=policies.may_send_signal):
    """Give a run the signal that one of its nodes waits for."""

    class Input:
        run = graphene.ID(required=True)
        name = graphene.String(required=True)
        value = JSON()

    class Done:
        run = graphene.Field(Run, required=True)

    @staticmethod
    def perform(viewer: Viewer, *, run: str, **input: Any) -> dict[str, Any]:
        return {"run": send_signal(viewer, run=key_of(run, "Run"), **input)}


MUTATIONS: Final = (StartRun, CancelRun, ResumeRun, DecideWait, SendSignal, TryModule)
