"""The judgement on a graph: the check against what its team may use, and the lock.

Owns:      `judge`, `judge_document`, `judge_wire`.
Promises:  pure answers: nothing is written; a document that cannot be read is answered with its problems.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from contracts.canonical import JSON
from contracts.graph import GraphDocument, parse_graph
from contracts.graph.check import check_graph
from contracts.graph.findings import EdgeCheck
from contracts.graph.ports import NodePorts
from contracts.lock import Lock
from contracts.problems import Problem, ProblemsError
from contracts.schema import Verdict
from modules_catalog.resolution import resolve
from studio.catalog.library import CatalogLibrary


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
    lock, unresolved = resolve(graph, library)
    problems = [*check.problems, *(problem for problem in unresolved if problem not in check.problems)]
    return Judged(
        problems=problems,
        warnings=check.warnings,
        edges=check.edges,
        ports=check.ports,
        lock=None if problems else lock,
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
    key = f"{source_node}:{output}>{target_node}:{input}"
    judged = judge_document(_with_edge(document, scope, key), teams)
    found = judged.edges.get(f"{scope}/{key}" if scope else key)
    if found is not None:
        return found
    return _unknown(judged.problems[0].message if judged.problems else "There are no such ports.")


def _with_edge(document: JSON, scope: str, key: str) -> JSON:
    """The document with this edge in place of any other into the same input."""
    changed = deepcopy(document)
    body: Any = changed
    for name in filter(None, scope.split("/")):
        node = body.get("nodes", {}).get(name) if isinstance(body, dict) else None
        body = node.get("body") if isinstance(node, dict) else None
    if isinstance(body, dict) and isinstance(body.get("edges"), dict):
        target = key.partition(">")[2]
        kept = {edge: value for edge, value in body["edges"].items() if edge.partition(">")[2] != target}
        body["edges"] = {**kept, key: body["edges"].get(key, {})}
    return changed


def _unknown(reason: str) -> EdgeCheck:
    return EdgeCheck(verdict=Verdict(answer="unknown", reason=reason))
