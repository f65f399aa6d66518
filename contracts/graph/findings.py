"""What `check_graph` answers.

Owns:      `GraphCheck`, `EdgeCheck` and the collector that the parts of the check write into.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts.canonical import JSON
from contracts.graph.ports import NodePorts
from contracts.problems import Problem, pointer
from contracts.schema import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeCheck:
    """The verdict of an edge, and for a red one what would make it green.

    `suggestion` is {kind: "select", expression}: what to set on the edge.
    """

    verdict: Verdict
    suggestion: JSON = None

    @property
    def answer(self) -> str:
        return self.verdict.answer


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphCheck:
    """All that is known of a graph before it runs.

    `problems` keep it from running, `warnings` do not. Edges and ports are keyed by path:
    `gate/r:value>o:value`, `gate/r`. Paths of problems are pointers into the graph document.
    """

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    edges: Mapping[str, EdgeCheck]
    ports: Mapping[str, NodePorts]

    @property
    def is_runnable(self) -> bool:
        return not self.problems


@dataclass(slots=True)
class Findings:
    """What has been found so far, in document order within each scope."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    edges: dict[str, EdgeCheck] = field(default_factory=dict)
    ports: dict[str, NodePorts] = field(default_factory=dict)

    def result(self) -> GraphCheck:
        return GraphCheck(
            problems=_sorted(self.problems),
            warnings=_sorted(self.warnings),
            edges=dict(sorted(self.edges.items())),
            ports=dict(sorted(self.ports.items())),
        )


def _sorted(problems: list[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(set(problems), key=lambda problem: (problem.path, problem.code, problem.message)))


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in the graph document, and where findings about it go."""

    findings: Findings
    path: str

    def at(self, *parts: str | int) -> "Place":
        return Place(self.findings, self.path + pointer(*parts))

    def problem(self, code: str, message: str) -> None:
        self.findings.problems.append(Problem(code=code, path=self.path, message=message))

    def warn(self, code: str, message: str) -> None:
        self.findings.warnings.append(Problem(code=code, path=self.path, message=message))

    def take(self, problems: list[Problem]) -> None:
        self.findings.problems.extend(problem.within(self.path) for problem in problems)
