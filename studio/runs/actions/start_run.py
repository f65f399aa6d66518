"""Start a run of a graph: of a revision, of its draft, or of a document that is tried without being saved."""

from collections.abc import Mapping
from uuid import UUID

from contracts.canonical import JSON
from contracts.graph import GraphDocument, parse_graph
from contracts.lock import Lock, parse_lock
from contracts.names import TEAM
from contracts.problems import Problem
from studio.graphs import queries as graphs
from studio.graphs.judging import judge
from studio.graphs.models import Draft, Graph
from studio.refusals import Invalid, invalid, not_found, require
from studio.runs.models import Run
from studio.runs.options import WHOLE, Extent
from studio.runs.policies import may_start_run
from studio.runs.starting import DEFAULT_ENVIRONMENT, Order, start
from studio.teams.viewer import Viewer

MAX_KEY = 200


def start_run(
    viewer: Viewer,
    *,
    graph: UUID,
    revision: int | None = None,
    document: JSON = None,
    inputs: Mapping[str, JSON] | None = None,
    parameters: Mapping[str, JSON] | None = None,
    environment: str | None = None,
    idempotency_key: str | None = None,
    extent: Extent = WHOLE,
) -> Run:
    """Without `revision` the draft, or `document` in its place. The same key of a team starts one run.

    Pins belong to what is tried: a revision runs as it was saved.

    Raises `NotFound`, `Forbidden`, and `Invalid` or `ProblemsError` with everything that is in the way.
    """
    row = graphs.graph(viewer, graph)
    if row is None:
        raise not_found("graph")
    require(may_start_run(viewer, row.team_id))
    _check_request(revision, document, inputs, parameters, environment, idempotency_key)
    if revision is not None and extent.pins:
        raise invalid("pins", "/pins", "A revision runs as it was saved. Run the draft to use pinned values.")
    found, lock = _revision(viewer, row, revision) if revision is not None else _draft(row, document)
    order = Order(
        team=row.team,
        title=found.title,
        graph=found,
        lock=lock,
        graph_id=row.pk,
        revision=revision,
        inputs=inputs or {},
        parameters=parameters or {},
        extent=extent,
        environment=environment or DEFAULT_ENVIRONMENT,
        admission_key=idempotency_key,
    )
    return start(viewer, order)


def _check_request(
    revision: int | None,
    document: JSON,
    inputs: JSON,
    parameters: JSON,
    environment: str | None,
    key: str | None,
) -> None:
    if revision is not None and document is not None:
        raise invalid("revision_or_document", "/document", "Give a revision or a document, not both.")
    for name, value in (("inputs", inputs), ("parameters", parameters)):
        if value is not None and not isinstance(value, Mapping):
            raise invalid("not_an_object", f"/{name}", f"Give the {name} as an object by name.")
    if environment is not None and not TEAM.match(environment):
        raise invalid("environment", "/environment", "Use a to z, 0 to 9 and -, starting with a letter.")
    if key is not None and not 0 < len(key) <= MAX_KEY:
        raise invalid("key", "/idempotencyKey", f"Use 1 to {MAX_KEY} characters.")


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
