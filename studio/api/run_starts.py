"""The verbs that start runs of a graph, and what a start would do."""

from collections.abc import Sequence
from typing import Any, Final, cast

import graphene
from graphql import GraphQLResolveInfo

from studio.api.loaders import together
from studio.api.nodes import key_of
from studio.api.previews import RunPreview, preview
from studio.api.problems import Mutation
from studio.api.runs import Run
from studio.api.scalars import JSON
from studio.refusals import invalid
from studio.runs import policies
from studio.runs.actions.start_run import start_run
from studio.runs.actions.start_runs import start_runs
from studio.runs.admission import Admission, Group
from studio.runs.extents import Extent
from studio.runs.ordering import Asked, Together, ordered
from studio.runs.starting import admission_of
from studio.teams.viewer import Viewer


def started_with(input: dict[str, Any]) -> Asked:
    """The arguments of `start_run`, from the fields of its mutation, and those of `start_runs` but for its list."""
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


class Started:
    """What is asked of a run, and of the runs of a list alike."""

    graph = graphene.ID(required=True)
    revision = graphene.Int()
    document = JSON()
    parameters = JSON()
    environment = graphene.String()
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


class StartRun(Mutation, policy=policies.may_start_run):
    """Start a run of a revision; without one of the draft, or of a document in its place."""

    class Input(Started):
        inputs = JSON()
        idempotency_key = graphene.String(description="Sent again with the same key, it is the same run.")

    class Done:
        run = graphene.Field(Run, required=True)

    @staticmethod
    def perform(viewer: Viewer, **input: Any) -> dict[str, Any]:
        return {"run": start_run(viewer, **started_with(input))}


class StartRuns(Mutation, policy=policies.may_start_run):
    """Start a run for each of a list of inputs: all of them, or none where any cannot be started."""

    class Input(Started):
        each = graphene.List(
            graphene.NonNull(JSON),
            required=True,
            description="The inputs of each run, as those of startRun: 1 to 1000. A problem is at /each/<index>.",
        )
        idempotency_key = graphene.String(
            description="The same list sent again with the same key, they are the same runs."
        )

    class Done:
        runs = graphene.List(graphene.NonNull(Run), required=True, description="In the order of the list.")

    @staticmethod
    def perform(viewer: Viewer, *, each: Sequence[Any], **input: Any) -> dict[str, Any]:
        return {"runs": together(start_runs(viewer, each=each, **cast(Together, started_with(input))))}


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


MUTATIONS: Final = (StartRun, StartRuns)
