"""What a run would do before it is started or resumed."""

from collections.abc import Callable, Sequence
from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from contracts.problems import Problem, ProblemsError
from studio import refusals
from studio.api.problems import PROBLEMS
from studio.refusals import Unauthenticated
from studio.runs.admission import Admission
from studio.runs.previewing import PreviewedNode as Previewed
from studio.runs.previewing import preview_of
from studio.runs.resumption import newer_versions
from studio.teams.viewer import Viewer


class PreviewWord(graphene.Enum):
    """What becomes of a node; later: it depends on calls that are not made yet."""

    RUN = "run"
    REUSE = "reuse"
    LATER = "later"
    WAIT = "wait"
    SKIP = "skip"
    PIN = "pin"
    LEAVE_OUT = "leave_out"
    FAIL = "fail"


class PreviewedNode(graphene.ObjectType):
    """What a run would do with one node, and why."""

    node = graphene.String(required=True)
    kind = graphene.String(required=True)
    word = PreviewWord(required=True)
    code = graphene.String(required=True)
    message = graphene.String(required=True)
    names = graphene.List(
        graphene.NonNull(graphene.String), required=True, description="Settings or ports that differ."
    )
    version = graphene.String()
    effects = graphene.String()
    items = graphene.Int(description="Of a map.")
    reused_items = graphene.Int()
    run = graphene.Field("studio.api.runs.Run", description="Where outputs are taken over from.")
    newer = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="Approved versions that the node may be moved to when the run is resumed, newest first.",
    )


class RunPreview(graphene.ObjectType):
    """With problems the run cannot be started, and no nodes are told."""

    problems = PROBLEMS
    nodes = graphene.List(graphene.NonNull(PreviewedNode), required=True)
    earlier = graphene.Field("studio.api.runs.Run", description="The run that is taken over from.")


class NodeVersionInput(graphene.InputObjectType):
    """A node of a run, by path, and the number of the version that it is moved to."""

    node = graphene.String(required=True)
    version = graphene.String(required=True)


def moved(versions: Sequence[dict[str, str]] | None) -> dict[str, str]:
    """Path → number. Raises `Invalid` where a node is named twice."""
    found: dict[str, str] = {}
    for place, item in enumerate(versions or ()):
        if item["node"] in found:
            message = f"The node {item['node']} is named twice."
            raise refusals.invalid("named_twice", f"/versions/{place}", message)
        found[item["node"]] = item["version"]
    return found


def preview(info: GraphQLResolveInfo, admit: Callable[[Viewer], Admission]) -> RunPreview:
    """The preview of what `admit` would have admitted, or the problems that it raises."""
    viewer = info.context.viewer
    if viewer.is_anonymous:
        raise Unauthenticated
    try:
        admission = admit(viewer)
        nodes = preview_of(admission)
    except (refusals.Refused, ProblemsError) as refused:
        problems: Sequence[Problem] = refused.problems
        return RunPreview(problems=problems, nodes=[], earlier=None)
    newer = newer_versions(viewer, [node.version for node in nodes if node.version])
    return RunPreview(
        problems=[],
        nodes=[_node(node, newer.get(node.version or "", [])) for node in nodes],
        earlier=admission.resumed_from,
    )


def _node(node: Previewed, newer: list[str]) -> PreviewedNode:
    fields: dict[str, Any] = {
        name: getattr(node, name)
        for name in (
            "node",
            "kind",
            "word",
            "code",
            "message",
            "names",
            "version",
            "effects",
            "items",
            "reused_items",
            "run",
        )
    }
    return PreviewedNode(**fields, newer=newer)
