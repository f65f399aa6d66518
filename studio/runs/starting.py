"""Admitting a run: planned, its inputs checked, kept as queued. What every way of starting one shares."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

import msgspec

from contracts.canonical import JSON
from contracts.graph import GraphDocument, graph_document
from contracts.lock import Lock, lock_document
from contracts.plan import Plan
from contracts.problems import Problem, pointer
from executors.admission import admit_inputs, admit_parameters, input_ports
from studio.announcements import announce
from studio.audit.actions.append_entry import append_entry
from studio.refusals import Invalid
from studio.runs.admission import Admission, Group, Own, admit_runs, known_runs
from studio.runs.errors import (
    key_is_of_a_list,
    key_is_taken,
    list_is_too_large,
    more_problems,
    queue_is_full,
)
from studio.runs.extents import WHOLE, Extent, extent_problems, outputs_at
from studio.runs.given import MAX_WRITTEN, Envelopes, Given, bytes_inline, kept_values
from studio.runs.models import Run
from studio.runs.planning import plan_for
from studio.teams.models import Team
from studio.teams.viewer import Viewer
from studio.writing import writing

DEFAULT_ENVIRONMENT = "dev"
MAX_QUEUED = 10_000
MAX_TOLD = 100


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


def start_each(viewer: Viewer, order: Order, each: Sequence[Mapping[str, JSON]]) -> list[Run]:
    """A run of the order for each mapping of inputs (in place of its own): all of them or none.

    Raises as `start` does, with the problems of them all: paths start with `/each/<index>`.
    """
    admission, own = _checked(viewer, order, each, lambda place: pointer("each", place))
    with writing():
        runs, are_new = _admitted(admission, own)
        if are_new:
            append_entry(
                viewer,
                "start_runs",
                object=admission.title,
                object_id=str(admission.graph_id),
                team=admission.team.pk,
                after={
                    "plan": runs[0].plan_id,
                    "environment": runs[0].environment,
                    "runs": [str(run.pk) for run in runs],
                },
            )
            announce("run", None, admission.team.pk)
    return runs


def admission_of(viewer: Viewer, order: Order) -> Admission:
    """The run as it would be admitted. Raises as `start` does; nothing is written but artifacts."""
    admission, (own,) = _checked(viewer, order, [order.inputs], lambda _: "/inputs")
    return replace(admission, inputs=own.inputs, options=own.options)


def _checked(
    viewer: Viewer, order: Order, each: Sequence[Mapping[str, JSON]], path_of: Callable[[int], str]
) -> tuple[Admission, list[Own]]:
    """`path_of` a run: where its inputs stand in the request."""
    plan = plan_for(order.graph, order.lock, environment=order.environment)
    ports = input_ports(plan)
    checked = [admit_inputs(ports, given) for given in each]
    _, wrong = admit_parameters(plan, order.parameters)
    _refuse([problems for _, problems in checked], [*wrong, *extent_problems(plan, order.extent)], path_of)
    inputs: list[Given] = [
        {("inputs", name): (ports[name], value) for name, value in given.items()} for given, _ in checked
    ]
    envelopes, problems = kept_values(viewer, order.team, [_pins(plan, order.extent), *inputs])
    _refuse(problems[1:], problems[0], path_of)
    own = _own_of(order.extent, *envelopes)
    _require_bound(order, own)
    admission = Admission(
        team=order.team,
        plan=plan,
        title=order.title,
        actor=viewer.actor,
        actor_name=viewer.name,
        parameters=dict(order.parameters),
        graph_document=graph_document(order.graph),
        lock_document=lock_document(order.lock),
        graph_id=order.graph_id,
        revision=order.revision,
        resumed_from=order.earlier,
        admission_key=order.admission_key,
        group=order.group,
    )
    return admission, own


def _refuse(
    each: Sequence[Sequence[Problem]], shared: Sequence[Problem], path_of: Callable[[int], str]
) -> None:
    """Raises `Invalid` with what is wrong with the runs; what they have in common is told once."""
    found = [_at(path_of(place), problem) for place, problems in enumerate(each) for problem in problems]
    refuse(list(dict.fromkeys([*found, *shared])))


def refuse(problems: list[Problem]) -> None:
    """Raises `Invalid` where there are any; what is more than a hundred is counted."""
    if len(problems) > MAX_TOLD:
        problems[MAX_TOLD:] = [more_problems(len(problems) - MAX_TOLD)]
    if problems:
        raise Invalid(problems)


def _at(path: str, problem: Problem) -> Problem:
    if not problem.path.startswith("/inputs"):
        return problem
    return replace(problem, path=path + problem.path.removeprefix("/inputs"))


def _pins(plan: Plan, extent: Extent) -> Given:
    return {
        ("pins", path, port): (outputs[port], value)
        for path, values in extent.pins.items()
        for outputs in (outputs_at(plan, path),)
        for port, value in values.items()
    }


def _own_of(extent: Extent, shared: Envelopes, *each: Envelopes) -> list[Own]:
    pins: dict[str, dict[str, JSON]] = {path: {} for path in extent.pins}
    for (_, path, port), envelope in shared.items():
        pins[path][port] = envelope
    options = extent.options(pins)
    return [Own({name: envelope for (_, name), envelope in envelopes.items()}, options) for envelopes in each]


def _require_bound(order: Order, each: Sequence[Own]) -> None:
    """A list says once what each of its runs keeps."""
    shared = len(msgspec.json.encode([order.parameters, each[0].options]))
    written = shared * len(each) + sum(bytes_inline(own.inputs.values()) for own in each)
    if len(each) > 1 and written > MAX_WRITTEN:
        refuse([list_is_too_large(written, MAX_WRITTEN, len(each))])


def admitted(viewer: Viewer, admission: Admission, verb: str) -> Run:
    """Keep the run and tell of it; a run that was admitted before under the same key is told of no more.

    Raises `Limited` while the team has more runs waiting to begin than a queue holds, and `Conflict` where the
    key stands for another request.
    """
    with writing():
        (run,), is_new = _admitted(admission, [Own(admission.inputs, admission.options)])
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


def _admitted(admission: Admission, each: Sequence[Own]) -> tuple[list[Run], bool]:
    """The runs, and whether they are new ones; in the caller's transaction."""
    if not known_runs(admission, len(each)):
        _require_room(admission.team, len(each))
    runs, are_new = admit_runs(admission, each)
    if not are_new:
        _require_same(runs, admission, each)
    return runs, are_new


def _require_same(known: Sequence[Run], admission: Admission, each: Sequence[Own]) -> None:
    """What two requests of one key have in common, as it stands in the runs. A draft may have changed since."""
    if len(known) != len(each):
        raise key_is_of_a_list(known[0].pk)
    shared = {
        "graph_id": admission.graph_id,
        "revision": admission.revision,
        "environment": admission.plan.environment,
        "parameters": admission.parameters,
    }
    for run, own in zip(known, each, strict=True):
        asked = {**shared, "inputs": own.inputs, "options": own.options}
        if different := [name for name, now in asked.items() if getattr(run, name) != now]:
            raise key_is_taken(run.pk, different)


def _require_room(team: Team, count: int) -> None:
    room = MAX_QUEUED - count
    queued = Run.objects.filter(team=team, status="queued").order_by()
    # Asked by offset: what is counted ends at the bound.
    if room < 0 or queued[room : room + 1].exists():
        raise queue_is_full(team.title, MAX_QUEUED, count)
