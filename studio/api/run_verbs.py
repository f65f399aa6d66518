"""The verbs that start and steer runs."""

from typing import Any, Final, cast

import graphene
from graphql import GraphQLResolveInfo

from studio.api.nodes import key_of
from studio.api.previews import NodeVersionInput, RunPreview, moved, preview
from studio.api.problems import Mutation
from studio.api.runs import Run
from studio.api.scalars import JSON
from studio.refusals import invalid
from studio.runs import policies
from studio.runs.actions.cancel_run import cancel_run
from studio.runs.actions.continue_run import continue_run
from studio.runs.actions.decide_wait import decide_wait
from studio.runs.actions.pause_run import pause_run
from studio.runs.actions.resolve_invocation import resolve_invocation
from studio.runs.actions.resume_run import resume_run
from studio.runs.actions.send_signal import send_signal
from studio.runs.actions.start_run import start_run
from studio.runs.actions.try_module import try_module
from studio.runs.admission import Admission, Group
from studio.runs.extents import Extent
from studio.runs.ordering import Asked, ordered
from studio.runs.starting import admission_of
from studio.teams.viewer import Viewer


def started_with(input: dict[str, Any]) -> Asked:
    """The arguments of `start_run`, from the fields of its mutation."""
    rest = dict(input)
    pins = rest.pop("pins", None) or {}
    if not isinstance(pins, dict):
        raise invalid("not_an_object", "/pins", "Give the pins as an object by node and port.")
    extent = Extent(
        upto=rest.pop("up_to", None) or (),
        start=rest.pop("from_", None) or (),
        pins=pins,
        reuse=bool(rest.pop("reuse", None)),
    )
    earlier = rest.pop("earlier", None)
    group = rest.pop("concurrency_group", None)
    return cast(
        Asked,
        {
            **rest,
            "group": None if group is None else Group(**group),
            "graph": key_of(rest["graph"], "Graph"),
            "earlier": None if earlier is None else key_of(earlier, "Run"),
            "extent": extent,
        },
    )


class ConcurrencyGroupInput(graphene.InputObjectType):
    """Of the team's runs that name one key no more than `limit` have begun and not ended."""

    key = graphene.String(required=True)
    limit = graphene.Int(required=True)


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
        up_to = graphene.List(
            graphene.NonNull(graphene.String),
            description="Paths of nodes: these and what they need are carried out, nothing else.",
        )
        from_ = graphene.List(
            graphene.NonNull(graphene.String),
            name="from",
            description="Paths of nodes: these and what follows run anew, the rest is taken over where it can be.",
        )
        earlier = graphene.ID(
            description="An ended run of this graph to take over from. Default with `from`: the newest."
        )
        concurrency_group = ConcurrencyGroupInput(
            description="It stays queued while as many of its group go on as the limit says."
        )
        pins = JSON(description="Drafts only: node path → port → the value that stands for its output.")

    class Done:
        run = graphene.Field(Run, required=True)

    @staticmethod
    def perform(viewer: Viewer, **input: Any) -> dict[str, Any]:
        return {"run": start_run(viewer, **started_with(input))}


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


class Query:
    preview_run = graphene.Field(
        RunPreview,
        required=True,
        input=graphene.Argument(StartRun.input_type, required=True),
        description="What startRun would carry out and take over, with the same input.",
    )

    @staticmethod
    def resolve_preview_run(_root: None, info: GraphQLResolveInfo, input: dict[str, Any]) -> RunPreview:
        def admit(viewer: Viewer) -> Admission:
            return admission_of(viewer, ordered(viewer, started_with(input), policies.may_start_run))

        return preview(info, admit)


MUTATIONS: Final = (
    StartRun,
    CancelRun,
    PauseRun,
    ContinueRun,
    ResumeRun,
    DecideWait,
    ResolveInvocation,
    SendSignal,
    TryModule,
)
