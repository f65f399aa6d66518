"""The judgement on a graph: the check against what its team may use, and the lock.

Owns:      `judge`, `judge_document`, `judge_wire`.
Promises:  pure answers: nothing is written; a document that cannot be read is answered with its problems.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from contracts.canonical import JSON
from contracts.graph import GraphDocument, Wire, parse_graph
from contracts.graph.check import check_graph, judge_connection
from contracts.graph.findings import EdgeCheck
from contracts.graph.ports import NodePorts
from contracts.lock import Lock
from contracts.problems import Problem, ProblemsError, pointer
from contracts.schema import Verdict
from modules_catalog.resolution import resolve
from studio.catalog.library import CatalogLibrary
from studio.catalog.models import DEPRECATED
from studio.graphs.documents import require_exact

_UNKNOWN: Final = frozenset({"unknown_version", "unknown_layer"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """`problems` keep a graph from running, `warnings` do not; `lock` is None where there are problems."""

    problems: Sequence[Problem]
    warnings: Sequence[Problem] = ()
    edges: Mapping[str, EdgeCheck] = field(default_factory=dict)
    ports: Mapping[str, NodePorts] = field(default_factory=dict)
    lock: Lock | None = None


def judge(graph: GraphDocument, teams: Sequence[UUID]) -> Judged:
    """Judge a graph against what these teams may use."""
    library = CatalogLibrary(teams)
    check = check_graph(graph, library)
    resolved = resolve(graph, library)
    lock, unresolved = (resolved, []) if isinstance(resolved, Lock) else (None, resolved)
    problems = sorted([*_untold(check.problems, unresolved), *unresolved], key=lambda problem: problem.path)
    return Judged(
        problems=problems,
        warnings=[*check.warnings, *_deprecations(lock, library)],
        edges=check.edges,
        ports=check.ports,
        lock=None if problems else lock,
    )


def judge_document(document: JSON, teams: Sequence[UUID]) -> Judged:
    """As `judge`, for a document that may be no graph at all."""
    try:
        require_exact(document)
        return judge(parse_graph(document), teams)
    except ProblemsError as error:
        return Judged(problems=error.problems)


def judge_wire(
    document: JSON, teams: Sequence[UUID], *, source: str, output: str, target: str, input: str
) -> EdgeCheck:
    """The verdict on one wire between nodes given by their paths (`gate/r`), drawn or not.

    Answers unknown, with the reason, where the graph cannot be read or has no such nodes.
    """
    scope, _, source_node = source.rpartition("/")
    other_scope, _, target_node = target.rpartition("/")
    if scope != other_scope:
        return _unknown("The nodes stand in different graphs. Wire through an input or output node.")
    wire = Wire(source_node, output, target_node, input)
    try:
        return judge_connection(parse_graph(document), CatalogLibrary(teams), wire, scope)
    except ProblemsError as error:
        return _unknown(error.problems[0].message)
    except KeyError:
        return _unknown("There is no such node.")


def _untold(problems: Sequence[Problem], unresolved: Sequence[Problem]) -> Iterator[Problem]:
    """Problems of the check, without "there is no such version" where the resolution says more."""
    told = {problem.path.rpartition("/")[0] for problem in unresolved}
    for problem in problems:
        if problem.code not in _UNKNOWN or problem.path.rpartition("/")[0] not in told:
            yield problem


def _deprecations(lock: Lock | None, library: CatalogLibrary) -> Iterator[Problem]:
    """Remarks on deprecated versions that the graph itself names."""
    for path, key in lock.nodes.items() if lock is not None else ():
        module, _, number = key.rpartition("@")
        version = next((row for row in library.rows(module) if row.number == number), None)
        if version is not None and version.state == DEPRECATED:
            instead = f" Use {version.successor}." if version.successor else ""
            message = f"{version} is deprecated: {version.state_reason}{instead}"
            where = "/body".join(pointer("nodes", name) for name in path.split("/"))
            yield Problem(code="deprecated", path=where, message=message)


def _unknown(reason: str) -> EdgeCheck:
    return EdgeCheck(verdict=Verdict(answer="unknown", reason=reason))
