"""What an ended run is resumed as: the same plan, or one with newer versions at some of its nodes.

Owns:      which runs can be resumed and why others cannot; which versions a node may be moved to.
Promises:  a node that is not named keeps the version that the run was locked to.
Never:     writes anything.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from msgspec.structs import replace

from contracts.canonical import JSON
from contracts.graph import graph_digest, parse_graph
from contracts.lock import Lock, lock_document, parse_lock
from contracts.plan import Plan
from contracts.problems import Problem, pointer
from studio.catalog.models import APPROVED, RELEASED, ModuleVersion
from studio.catalog.queries import parse_number, precedence, visible_versions
from studio.graphs.judging import judge
from studio.refusals import Decision, Invalid, require
from studio.runs.admission import Admission, group_of
from studio.runs.artifacts import artifact_store
from studio.runs.errors import cannot_resume
from studio.runs.models import Run
from studio.runs.planning import plan_for, refuse_yanked
from studio.runs.plans import plan_of
from studio.runs.queries import require_run
from studio.teams.viewer import Viewer

OFFERED_STATES: Final = (APPROVED, RELEASED)


def resumption(
    viewer: Viewer,
    run: UUID,
    versions: Mapping[str, str],
    policy: Callable[[Viewer, Run], Decision],
    idempotency_key: str | None = None,
) -> Admission:
    """`versions`: path of a node → number that it is moved to. What was to run anew is taken over this time.

    Raises `NotFound`, `Forbidden`, `Conflict` (it goes on, or has succeeded), `Invalid` with what is in the way.
    """
    old = require_run(viewer, run)
    require(policy(viewer, old))
    if not old.is_finished or old.status == "succeeded":
        raise cannot_resume(old.status)
    _require_inputs(old)
    plan, document, lock = _same(old) if not versions else _moved(viewer, old, versions)
    return Admission(
        team=old.team,
        plan=plan,
        title=old.title,
        actor=viewer.actor,
        actor_name=viewer.name,
        inputs=old.inputs,
        parameters=old.parameters,
        options={name: value for name, value in old.options.items() if name != "from"},
        graph_document=document,
        lock_document=lock,
        graph_id=old.graph_id,
        revision=None if versions else old.revision,
        resumed_from=old,
        group=group_of(old),
        admission_key=idempotency_key,
    )


def _require_inputs(run: Run) -> None:
    gone = [name for name, value in run.inputs.items() if "artifact" in value and not _is_kept(value)]
    problems = [
        Problem(
            code="input_gone",
            path=pointer("inputs", name),
            message=f"The input {name!r} is no longer kept. Start a new run and give it again.",
        )
        for name in sorted(gone)
    ]
    if problems:
        raise Invalid(problems)


def _is_kept(envelope: Mapping[str, JSON]) -> bool:
    return artifact_store().has(str(envelope["artifact"]))


def _same(run: Run) -> tuple[Plan, JSON, JSON]:
    document = None if run.graph_document is None else run.graph_document.data
    lock = None if run.lock_document is None else run.lock_document.data
    if lock is not None:
        refuse_yanked(parse_lock(lock))
    return plan_of(run), document, lock


def _moved(viewer: Viewer, run: Run, versions: Mapping[str, str]) -> tuple[Plan, JSON, JSON]:
    if run.graph_document is None or run.lock_document is None:
        message = "The run keeps no graph of its own. Resume it with the versions that it had."
        raise Invalid([Problem(code="no_graph", path="/versions", message=message)])
    old = parse_lock(run.lock_document.data)
    chosen = _chosen(viewer, old, versions)
    document = _pinned(run.graph_document.data, chosen, {})
    held = {path: key for path, key in old.nodes.items() if key in old.versions}
    judged = judge(parse_graph(_pinned(document, chosen, held, lock=old)), [run.team_id])
    if judged.lock is None:
        raise Invalid(judged.problems)
    graph = parse_graph(document)
    lock = replace(judged.lock, graph=graph_digest(graph))
    return plan_for(graph, lock, environment=run.environment), document, lock_document(lock)


def _chosen(viewer: Viewer, lock: Lock, versions: Mapping[str, str]) -> dict[str, ModuleVersion]:
    chosen: dict[str, ModuleVersion] = {}
    problems: list[Problem] = []
    for path, number in versions.items():
        module, _, now = lock.nodes.get(path, "").rpartition("@")
        found = visible_versions(viewer).filter(module__name=module, number=number).first()
        problem = _unfit(path, module, now, found, number)
        if problem is not None:
            problems.append(problem)
        elif found is not None:
            chosen[path] = found
    if problems:
        raise Invalid(problems)
    return chosen


def _unfit(path: str, module: str, now: str, found: ModuleVersion | None, number: str) -> Problem | None:
    place = pointer("versions", path)
    if not module:
        return Problem(
            code="no_such_node", path=place, message=f"No node {path!r} of the run calls a module."
        )
    if found is None:
        return Problem(code="unknown_version", path=place, message=f"There is no {module}@{number}.")
    if found.state not in OFFERED_STATES:
        message = (
            f"{found} is {found.state.replace('_', ' ')}. Choose a version that is approved or released."
        )
        return Problem(code="not_approved", path=place, message=message)
    if precedence(found) < parse_number(now):
        message = f"{found} is older than the {now} that the run had. Choose a newer one."
        return Problem(code="not_newer", path=place, message=message)
    return None


def _pinned(
    document: JSON,
    chosen: Mapping[str, ModuleVersion],
    held: Mapping[str, str],
    lock: Lock | None = None,
    around: str = "",
) -> JSON:
    """The document with `chosen` versions at their nodes, and `held` nodes at exactly what was locked."""
    nodes: dict[str, Any] = {}
    for name, node in document["nodes"].items():
        path = f"{around}{name}"
        changed = dict(node)
        if "body" in node:
            changed["body"] = _pinned(node["body"], chosen, held, lock, f"{path}/")
        elif path in chosen:
            changed["pin"] = chosen[path].number
            changed.pop("bundle", None)
            if not chosen[path].is_fixed:
                changed["bundle"] = chosen[path].bundle_id
        elif path in held and lock is not None:
            changed["pin"] = held[path].rpartition("@")[2]
            changed["bundle"] = lock.versions[held[path]].bundle
        nodes[name] = changed
    return {**document, "nodes": nodes}


def newer_versions(viewer: Viewer, keys: Sequence[str]) -> dict[str, list[str]]:
    """Numbers that a node locked to a key (`team/name@1.2.0`) may be moved to, by key; the newest first."""
    modules = {key: key.rpartition("@") for key in keys}
    rows = visible_versions(viewer).filter(
        module__name__in={name for name, _, _ in modules.values()}, state__in=OFFERED_STATES
    )
    by_module: dict[str, list[ModuleVersion]] = {}
    for row in sorted(rows.select_related("module"), key=precedence, reverse=True):
        by_module.setdefault(row.module.name, []).append(row)
    return {
        key: [row.number for row in by_module.get(name, ()) if precedence(row) > parse_number(number)]
        for key, (name, _, number) in modules.items()
    }
