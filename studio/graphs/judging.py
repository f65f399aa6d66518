"""The judgement on a graph: the check against what its team may use, and the lock.

Owns:      `judge`, `judge_document`, `judge_wire`.
Promises:  pure answers: nothing is written; a document that cannot be read is answered with its problems.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from contracts.canonical import JSON
from contracts.graph import GraphDocument, Wire, parse_graph
from contracts.graph.check import check_graph, judge_connection
from contracts.graph.findings import EdgeCheck
from contracts.graph.ports import NodePorts
from contracts.lock import Lock
from contracts.problems import Problem, ProblemsError
from contracts.schema import Verdict
from studio.catalog.library import CatalogLibrary
from studio.graphs.locking import make_lock


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
    locked = make_lock(graph, library)
    known = {problem.path for problem in check.problems}
    problems = [*check.problems, *(problem for problem in locked.problems if problem.path not in known)]
    return Judged(
        problems=problems,
        warnings=[*check.warnings, *locked.warnings],
        edges=check.edges,
        ports=check.ports,
        lock=None if problems else locked.lock,
    )


def judge_document(document: JSON, teams: Sequence[UUID]) -> Judged:
    """As `judge`, for a document that may be no graph at all."""
    try:
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


def _unknown(reason: str) -> EdgeCheck:
    return EdgeCheck(verdict=Verdict(answer="unknown", reason=reason))
