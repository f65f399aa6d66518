"""What is sent over sockets: the frames of runs and their logs, and which lists changed.

The feeds behind these fields are in `studio/live`; here is only what a frame looks like.
"""

from collections.abc import Mapping
from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from studio.api.scalars import JSON, DateTime


class FrameKind(graphene.Enum):
    """SNAPSHOT replaces everything, EVENTS go on from the cursor, IDLE says that nothing happened."""

    SNAPSHOT = "SNAPSHOT"
    EVENTS = "EVENTS"
    IDLE = "IDLE"


class RunEvent(graphene.ObjectType):
    """One numbered fact of a run."""

    seq = graphene.Int(required=True)
    type = graphene.String(required=True)
    v = graphene.Int(required=True)
    at = DateTime(required=True)
    data = JSON(required=True)


class RunFrame(graphene.ObjectType):
    """What a reader of a run gets: the cursor moves to `to`, the journal has come to `head`."""

    kind = FrameKind(required=True)
    from_ = graphene.Int(name="from", required=True)
    to = graphene.Int(required=True)
    head = graphene.Int(required=True)
    at = DateTime(required=True, description="When the server last read the journal.")
    snapshot = JSON()
    events = graphene.List(graphene.NonNull(RunEvent), required=True)

    @staticmethod
    def resolve_from_(root: Mapping[str, Any], _info: GraphQLResolveInfo) -> int:
        first: int = root["from"]
        return first


class LogLine(graphene.ObjectType):
    """What a module said while it ran; progress is a line whose fields are done, total and note."""

    line = graphene.Int(required=True)
    at = DateTime(required=True)
    node = graphene.String(required=True)
    index = graphene.List(graphene.NonNull(graphene.Int), required=True)
    attempt = graphene.Int(required=True)
    level = graphene.String(required=True)
    message = graphene.String(required=True)
    fields = JSON(required=True)


class LogFrame(graphene.ObjectType):
    """As RunFrame, over numbered log lines; SNAPSHOT: lines before `from` are no longer kept."""

    kind = FrameKind(required=True)
    from_ = graphene.Int(name="from", required=True)
    to = graphene.Int(required=True)
    head = graphene.Int(required=True)
    at = DateTime(required=True)
    lines = graphene.List(graphene.NonNull(LogLine), required=True)

    @staticmethod
    def resolve_from_(root: Mapping[str, Any], _info: GraphQLResolveInfo) -> int:
        first: int = root["from"]
        return first


class Change(graphene.ObjectType):
    """A run, graph, version or review to read again; with an empty id: every one of that kind."""

    kind = graphene.String(required=True)
    id = graphene.ID(required=True)


def _given(root: Mapping[str, Any], info: GraphQLResolveInfo, **_arguments: Any) -> Any:
    return root[info.field_name]


class Subscription:
    run_feed = graphene.Field(
        RunFrame,
        required=True,
        run=graphene.ID(required=True),
        after=graphene.Int(required=True),
        resolver=_given,
    )
    run_logs = graphene.Field(
        LogFrame,
        required=True,
        run=graphene.ID(required=True),
        after=graphene.Int(required=True),
        node=graphene.String(),
        index=graphene.List(graphene.NonNull(graphene.Int)),
        resolver=_given,
    )
    changes = graphene.Field(Change, required=True, team=graphene.String(), resolver=_given)
