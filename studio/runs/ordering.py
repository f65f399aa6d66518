"""What somebody asks to be started, as an order: the graph found and locked, the request judged.

Owns:      `Asked`, `Together` and the reading of them; starting runs and previewing one read them alike.
Promises:  an order is of something that the viewer may start.
Never:     writes anything.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Required, TypedDict, cast
from uuid import UUID

from contracts.canonical import JSON
from contracts.graph import GraphDocument, parse_graph
from contracts.lock import Lock, parse_lock
from contracts.problems import Problem, pointer
from studio.environments.queries import environments
from studio.graphs import queries as graphs
from studio.graphs.judging import judge
from studio.graphs.models import Draft, Graph
from studio.refusals import Decision, Invalid, invalid, not_found, require
from studio.runs.admission import Group, key_of
from studio.runs.errors import is_not_over
from studio.runs.extents import WHOLE, Extent
from studio.runs.models import Run
from studio.runs.queries import last_ended, run_by_id
from studio.runs.starting import DEFAULT_ENVIRONMENT, Order, refuse
from studio.teams.viewer import Viewer

MAX_KEY = 200
MAX_LIMIT = 1_000
MAX_RUNS = 1_000


class Together(TypedDict, total=False):
    """What the runs of a list have in common.

    Without `revision` the draft, or `document` in its place. The same key of a team starts one run, or one list.
    `earlier`: an ended run of the graph whose outputs are taken over at the same nodes where nothing has
    changed; a run that starts from some nodes takes the newest when none is given. `group`: with which other
    runs of the team it begins in turn.
    """

    graph: Required[UUID]
    revision: int | None
    document: JSON
    parameters: Mapping[str, JSON] | None
    environment: str | None
    idempotency_key: str | None
    extent: Extent
    earlier: UUID | None
    group: Group | None


class Asked(Together, total=False):
    """What a run is started with."""

    inputs: Mapping[str, JSON] | None


def ordered(viewer: Viewer, asked: Together, policy: Callable[[Viewer, UUID], Decision]) -> Order:
    """`policy` is asked for the team of the graph.

    Raises `NotFound`, `Forbidden`, `Conflict`, and `Invalid` or `ProblemsError` with all that is in the way.
    """
    row = graphs.graph(viewer, asked["graph"])
    if row is None:
        raise not_found("graph")
    require(policy(viewer, row.team_id))
    _check(asked)
    revision, extent = asked.get("revision"), asked.get("extent", WHOLE)
    found, lock = _draft(row, asked.get("document")) if revision is None else _revision(viewer, row, revision)
    return Order(
        team=row.team,
        title=found.title,
        graph=found,
        lock=lock,
        graph_id=row.pk,
        revision=revision,
        inputs=cast(Asked, asked).get("inputs") or {},
        parameters=asked.get("parameters") or {},
        extent=extent,
        earlier=_earlier(viewer, row, asked.get("earlier"), is_wanted=bool(extent.start)),
        environment=checked_environment(viewer, asked.get("environment")),
        admission_key=asked.get("idempotency_key"),
        group=asked.get("group"),
    )


def checked_environment(viewer: Viewer, name: str | None) -> str:
    """The default for None. Raises `Invalid` for one that there is not."""
    if name is None:
        return DEFAULT_ENVIRONMENT
    known = [environment.name for environment in environments(viewer)]
    if name not in known:
        message = f"There is no environment {name!r}. There are: {', '.join(known)}."
        raise invalid("environment", "/environment", message)
    return name


def _earlier(viewer: Viewer, row: Graph, id: UUID | None, *, is_wanted: bool) -> Run | None:
    if id is None:
        return last_ended(viewer, row.pk) if is_wanted else None
    run = run_by_id(viewer, id)
    if run is None or run.graph_id != row.pk:
        raise not_found("run of this graph")
    if not run.is_finished:
        raise is_not_over(run.status)
    return run


def checked_each(each: Sequence[JSON], key: str | None) -> list[Mapping[str, JSON]]:
    """The inputs of the runs of a list, which is sent under `key`. Raises `Invalid`."""
    if not 0 < len(each) <= MAX_RUNS:
        message = f"The list has {len(each)} items; 1 to {MAX_RUNS} may be started at once. Send it in parts."
        raise invalid("list_length", "/each", message)
    longest = MAX_KEY - len(key_of("", MAX_RUNS - 1))
    if key is not None and len(key) > longest:
        raise invalid("key", "/idempotencyKey", f"Use 1 to {longest} characters for a list.")
    message = "Give the inputs of a run as an object by name."
    problems = [
        Problem(code="not_an_object", path=pointer("each", place), message=message)
        for place, inputs in enumerate(each)
        if not isinstance(inputs, Mapping)
    ]
    refuse(problems)
    return list(each)


def _check(asked: Together) -> None:
    if asked.get("revision") is not None:
        if asked.get("document") is not None:
            raise invalid("revision_or_document", "/document", "Give a revision or a document, not both.")
        if asked.get("extent", WHOLE).pins:
            message = "Values are pinned in drafts alone. Start the draft, or leave the pins out."
            raise invalid("pins_in_revision", "/pins", message)
    given: dict[str, JSON] = {
        "inputs": cast(Asked, asked).get("inputs"),
        "parameters": asked.get("parameters"),
    }
    for name, value in given.items():
        if value is not None and not isinstance(value, Mapping):
            raise invalid("not_an_object", f"/{name}", f"Give the {name} as an object by name.")
    key = asked.get("idempotency_key")
    if key is not None and not 0 < len(key) <= MAX_KEY:
        raise invalid("key", "/idempotencyKey", f"Use 1 to {MAX_KEY} characters.")
    group = asked.get("group")
    if group is not None and not 0 < len(group.key) <= MAX_KEY:
        raise invalid("key", "/concurrencyGroup/key", f"Use 1 to {MAX_KEY} characters.")
    if group is not None and not 0 < group.limit <= MAX_LIMIT:
        raise invalid("limit", "/concurrencyGroup/limit", f"Use 1 to {MAX_LIMIT}.")


def _revision(viewer: Viewer, row: Graph, number: int) -> tuple[GraphDocument, Lock]:
    found = graphs.revision(viewer, row.pk, number)
    if found is None:
        raise not_found("revision")
    if found.lock is None:
        raise Invalid([Problem(**problem) for problem in found.problems])
    return parse_graph(found.document), parse_lock(found.lock)


def _draft(row: Graph, document: JSON) -> tuple[GraphDocument, Lock]:
    graph = parse_graph(Draft.objects.get(graph=row).document if document is None else document)
    judged = judge(graph, [row.team_id])
    if judged.lock is None:
        raise Invalid(judged.problems)
    return graph, judged.lock
