"""What the editor is told about a graph: problems, the verdict on each wire, the ports of each node."""

from typing import Any, Self

import graphene

from contracts.graph.findings import EdgeCheck
from contracts.graph.ports import ports_document
from contracts.lock import lock_document
from studio.api.problems import PROBLEMS
from studio.api.scalars import JSON
from studio.graphs.judging import Judged


class Answer(graphene.Enum):
    """Whether every value that leaves one port is accepted by the other."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Judgement(graphene.ObjectType):
    """The verdict on a wire, with the value that shows a no and what would make it a yes."""

    answer = Answer(required=True)
    reason = graphene.String(required=True)
    pointer_out = graphene.String(required=True)
    pointer_in = graphene.String(required=True)
    keyword = graphene.String(required=True)
    witness = JSON()
    has_witness = graphene.Boolean(required=True)
    adapter = JSON(
        description="{kind: select, expression}, or {kind: module, module, config} to put between."
    )

    @classmethod
    def of(cls, check: EdgeCheck) -> Self:
        return cls(**_fields(check))


class EdgeVerdict(graphene.ObjectType):
    """The verdict on an edge of a graph, by its path."""

    edge = graphene.String(required=True)
    answer = Answer(required=True)
    reason = graphene.String(required=True)
    pointer_out = graphene.String(required=True)
    pointer_in = graphene.String(required=True)
    keyword = graphene.String(required=True)
    witness = JSON()
    has_witness = graphene.Boolean(required=True)
    adapter = JSON()

    @classmethod
    def of(cls, edge: str, check: EdgeCheck) -> Self:
        return cls(edge=edge, **_fields(check))


class NodePorts(graphene.ObjectType):
    """What can be wired to a node: port documents by name (null takes anything), and its settings' schema."""

    node = graphene.String(required=True)
    inputs = JSON(required=True)
    outputs = JSON(required=True)
    config = JSON()


class GraphCheck(graphene.ObjectType):
    """All that is known of a graph before it runs. Problems keep it from running, warnings do not."""

    problems = PROBLEMS
    warnings = PROBLEMS
    edges = graphene.List(graphene.NonNull(EdgeVerdict), required=True)
    ports = graphene.List(graphene.NonNull(NodePorts), required=True)
    lock = JSON(description="Null while it cannot be made.")

    @classmethod
    def of(cls, judged: Judged) -> Self:
        ports = {path: ports_document(found) for path, found in judged.ports.items()}
        return cls(
            problems=judged.problems,
            warnings=judged.warnings,
            edges=[EdgeVerdict.of(edge, check) for edge, check in judged.edges.items()],
            ports=[
                NodePorts(node=path, inputs=found["in"], outputs=found["out"], config=found.get("config"))
                for path, found in ports.items()
            ],
            lock=None if judged.lock is None else lock_document(judged.lock),
        )


def _fields(check: EdgeCheck) -> dict[str, Any]:
    verdict = check.verdict
    return {
        "answer": verdict.answer,
        "reason": verdict.reason,
        "pointer_out": verdict.pointer_a,
        "pointer_in": verdict.pointer_b,
        "keyword": verdict.keyword,
        "witness": verdict.witness,
        "has_witness": verdict.has_witness,
        "adapter": check.suggestion,
    }
