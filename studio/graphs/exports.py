"""`lamina/export@1`: a graph and its lock, as they travel between installations."""

from dataclasses import dataclass
from typing import Final

from contracts.canonical import JSON, canonical_bytes
from contracts.graph import GraphDocument, graph_digest
from contracts.lock import Lock, parse_lock
from contracts.problems import Problem, ProblemsError
from studio.graphs.documents import read_graph
from studio.graphs.models import Revision

FORMAT: Final = "lamina/export@1"
MAX_BYTES: Final = 16 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    graph: GraphDocument
    lock: Lock | None


def parse_export(document: JSON) -> Export:
    """Raises `ProblemsError` with pointers into the export, and `Invalid` for a title that cannot be."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise _problem("format", "/format", f"This is no export. It begins with format {FORMAT!r}.")
    if unknown := sorted(document.keys() - {"format", "graph", "lock"}):
        raise _problem("unknown_key", f"/{unknown[0]}", f"{unknown[0]!r} is not known here. Remove it.")
    try:
        graph = read_graph(document.get("graph"))
    except ProblemsError as error:
        raise ProblemsError(problem.within("/graph") for problem in error.problems) from None
    if "lock" not in document:
        return Export(graph=graph, lock=None)
    try:
        lock = parse_lock(document["lock"])
    except ProblemsError as error:
        raise ProblemsError(problem.within("/lock") for problem in error.problems) from None
    if lock.graph != graph_digest(graph):
        raise _problem("lock", "/lock/graph", "The lock belongs to another graph. Export both together.")
    return Export(graph=graph, lock=lock)


def export_bytes(revision: Revision) -> bytes:
    """The canonical bytes of a revision's export."""
    document = {"format": FORMAT, "graph": revision.document}
    if revision.lock is not None:
        document["lock"] = revision.lock
    return canonical_bytes(document)


def _problem(code: str, path: str, message: str) -> ProblemsError:
    return ProblemsError([Problem(code=code, path=path, message=message)])
