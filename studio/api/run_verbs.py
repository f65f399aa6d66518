"""The verbs that steer runs."""

from typing import Any, Final

import graphene

from studio.api.nodes import key_of
from studio.api.previews import NodeVersionInput, moved
from studio.api.problems import Mutation
from studio.api.runs import Run
from studio.api.scalars import JSON
from studio.api.waits import Verdict
from studio.runs import policies
from studio.runs.actions.cancel_run import cancel_run
from studio.runs.actions.continue_run import continue_run
from studio.runs.actions.decide_wait import decide_wait
from studio.runs.actions.pause_run import pause_run
from studio.runs.actions.resolve_invocation import resolve_invocation
from studio.runs.actions.resume_run import resume_run
from studio.runs.actions.send_signal import send_signal
from studio.runs.actions.try_module import try_module
from studio.teams.viewer import Viewer


class ResumeRun(Mutation, policy=policies.may_resume_run):
    """Start a new run that takes over what an ended one has done."""

    class Input:
        run = graphene.ID(required=True)
        versions = graphene.List(
            graphene.NonNull(NodeVersionInput),
            description="Nodes that are moved to newer approved versions; the rest keeps what it had.",
        )
        idempotency_key = graphene.String()

    class Done:
        run = graphene.Field(Run, required=True)

    @staticmethod
    def perform(viewer: Viewer, *, run: str, versions: Any = None, **input: Any) -> dict[str, Any]:
        return {"run": resume_run(viewer, run=key_of(run, "Run"), versions=moved(versions), **input)}


class TryModule(Mutation, policy=policies.may_try_module):
    """Run one version by itself."""

    class Input:
        version = graphene.ID(required=True)
        inputs = JSON(required=True)
        config = JSON()
        environment = graphene.String()

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


class PauseRun(Mutation, policy=policies.may_pause_run):
    """Have a run start nothing new until it is let go on."""

    class Input:
        run = graphene.ID(required=True)

    class Done:
        run = graphene.Field(Run, required=True)

    @staticmethod
    def perform(viewer: Viewer, *, run: str) -> dict[str, Any]:
        return {"run": pause_run(viewer, run=key_of(run, "Run"))}


class ContinueRun(Mutation, policy=policies.may_continue_run):
    """Let a paused or quarantined run go on."""

    class Input:
        run = graphene.ID(required=True)

    class Done:
        run = graphene.Field(Run, required=True)

    @staticmethod
    def perform(viewer: Viewer, *, run: str) -> dict[str, Any]:
        return {"run": continue_run(viewer, run=key_of(run, "Run"))}


class Resolution(graphene.Enum):
    """What became of an effect: applied, not applied (it is called again), or to count as failed."""

    DONE = "done"
    NOT_APPLIED = "not_applied"
    FAIL = "fail"


class ResolveInvocation(Mutation, policy=policies.may_resolve_invocation):
    """Say what became of an effect of which nobody knows whether it was applied."""

    class Input:
        run = graphene.ID(required=True)
        node = graphene.String(required=True)
        index = graphene.List(graphene.NonNull(graphene.Int))
        decision = Resolution(required=True)
        reason = graphene.String(required=True)
        outputs = JSON(description="By port, with the decision DONE.")

    class Done:
        run = graphene.Field(Run, required=True)

    @staticmethod
    def perform(viewer: Viewer, *, run: str, decision: Any, **input: Any) -> dict[str, Any]:
        decided = resolve_invocation(viewer, run=key_of(run, "Run"), decision=decision.value, **input)
        return {"run": decided}


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


MUTATIONS: Final = (
    CancelRun,
    PauseRun,
    ContinueRun,
    ResumeRun,
    DecideWait,
    ResolveInvocation,
    SendSignal,
    TryModule,
)
