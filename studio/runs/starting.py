"""Admitting a run: planned, its inputs checked, kept as queued. What every way of starting one shares."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from contracts.canonical import JSON
from contracts.graph import GraphDocument, graph_document
from contracts.lock import Lock, lock_document
from contracts.module import Port
from contracts.plan import Plan
from contracts.problems import Problem, pointer
from executors.admission import admit
from studio.announcements import announce
from studio.audit.actions.append_entry import append_entry
from studio.refusals import Invalid, Limited
from studio.runs.admission import Admission, Group, admit_run, envelopes_of, known_run
from studio.runs.artifacts import artifact_store
from studio.runs.extents import WHOLE, Extent, extent_problems, outputs_at
from studio.runs.models import Artifact, ArtifactUpload, ArtifactUse, Run
from studio.runs.planning import plan_for
from studio.teams.models import Team
from studio.teams.viewer import Viewer
from studio.writing import writing

DEFAULT_ENVIRONMENT = "dev"
MAX_QUEUED = 10_000
RETRY_SECONDS = 30
ARROW = "application/vnd.apache.arrow.file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be run, for which team; `admission_key` makes a repeated order the same run.

    `earlier`: an ended run whose outputs are taken over at the same nodes where nothing has changed.
    """

    team: Team
    title: str
    graph: GraphDocument
    lock: Lock
    graph_id: UUID | None = None
    revision: int | None = None
    inputs: Mapping[str, JSON] = field(default_factory=dict)
    parameters: Mapping[str, JSON] = field(default_factory=dict)
    extent: Extent = WHOLE
    earlier: Run | None = None
    environment: str = DEFAULT_ENVIRONMENT
    admission_key: str | None = None
    group: Group | None = None


def start(viewer: Viewer, order: Order) -> Run:
    """Raises `Invalid` or `ProblemsError` for what keeps the run from starting."""
    return admitted(viewer, admission_of(viewer, order), "start_run")


def admission_of(viewer: Viewer, order: Order) -> Admission:
    """The run as it would be admitted. Raises as `start` does; nothing is written but artifacts."""
    plan = plan_for(order.graph, order.lock, environment=order.environment)
    checked = admit(plan, order.inputs, order.parameters)
    problems = [*checked.problems, *extent_problems(plan, order.extent)]
    if problems:
        raise Invalid(problems)
    inputs, pins = _envelopes(viewer, order, plan, checked.inputs)
    return Admission(
        team=order.team,
        plan=plan,
        title=order.title,
        actor=viewer.actor,
        actor_name=viewer.name,
        inputs=inputs,
        parameters=dict(order.parameters),
        options=order.extent.options(pins),
        graph_document=graph_document(order.graph),
        lock_document=lock_document(order.lock),
        graph_id=order.graph_id,
        revision=order.revision,
        resumed_from=order.earlier,
        admission_key=order.admission_key,
        group=order.group,
    )


def admitted(viewer: Viewer, admission: Admission, verb: str) -> Run:
    """Keep the run and tell of it; a run that was admitted before under the same key is told of no more.

    Raises `Limited` while the team has more runs waiting to begin than a queue holds.
    """
    with writing():
        if known_run(admission) is None:
            _require_room(admission.team)
        run, is_new = admit_run(admission)
        if is_new:
            append_entry(
                viewer,
                verb,
                object=run.title,
                object_id=run.pk,
                team=run.team_id,
                after={"plan": run.plan_id, "environment": run.environment},
            )
            announce("run", run.pk, run.team_id)
    return run


def _require_room(team: Team) -> None:
    queued = Run.objects.filter(team=team, status="queued").order_by()
    # Asked by offset: what is counted ends at the bound.
    if queued[MAX_QUEUED - 1 : MAX_QUEUED].exists():
        message = f"{MAX_QUEUED} runs of {team.title} wait to begin; no more are taken. Try again in a while."
        raise Limited(
            [Problem(code="too_many_runs", path="", message=message)], retry_after_seconds=RETRY_SECONDS
        )


def _envelopes(
    viewer: Viewer, order: Order, plan: Plan, inputs: Mapping[str, JSON]
) -> tuple[dict[str, JSON], dict[str, dict[str, JSON]]]:
    """Of inputs by name, and of pins by node and port: they share one event, so one bound."""
    ports = {
        str(node.name): node.port
        for node in plan.nodes
        if node.kind == "input" and not node.scope and isinstance(node.port, Port)
    }
    given: dict[tuple[str, ...], tuple[Port, JSON]] = {
        ("inputs", name): (ports[name], value) for name, value in inputs.items()
    }
    for path, values in order.extent.pins.items():
        outputs = outputs_at(plan, path)
        given |= {("pins", path, port): (outputs[port], value) for port, value in values.items()}
    written = {place: value for place, (port, value) in given.items() if port.media == "json"}
    envelopes = envelopes_of(written, artifact_store())
    for place in given.keys() - written.keys():
        envelopes[place] = _referred(viewer, order.team, *given[place], pointer(*place))
    pins: dict[str, dict[str, JSON]] = {path: {} for path in order.extent.pins}
    for place in envelopes.keys() - {("inputs", name) for name in inputs}:
        pins[place[1]][place[2]] = envelopes[place]
    return {name: envelopes["inputs", name] for name in inputs}, pins


def _referred(viewer: Viewer, team: Team, port: Port, value: JSON, path: str) -> JSON:
    artifact = _usable_artifact(viewer, team, value["artifact"], path)
    if artifact.bytes > port.bytes_allowed:
        message = f"The {port.media} has {artifact.bytes} bytes; this input takes {port.bytes_allowed}."
        raise Invalid([Problem(code="too_large", path=path, message=message)])
    return {
        "media": port.media,
        "bytes": artifact.bytes,
        "artifact": artifact.digest,
        "type": ARROW if port.media == "table" else "application/octet-stream",
    }


def _usable_artifact(viewer: Viewer, team: Team, digest: str, path: str) -> Artifact:
    """One that the team has brought in, or that a run of the viewer's names: a digest alone opens nothing."""
    is_uploaded = ArtifactUpload.objects.filter(team=team, artifact=digest).exists()
    if is_uploaded or ArtifactUse.objects.filter(artifact=digest, run__team__in=viewer.teams).exists():
        return Artifact.objects.get(pk=digest)
    message = f"{digest} is not kept for this team. Upload it first."
    raise Invalid([Problem(code="no_such_artifact", path=path, message=message)])
