"""What a run waits for, and what was said to it."""

import graphene

from studio.api.scalars import JSON, DateTime


class Verdict(graphene.Enum):
    """How an approval is decided; one refusal refuses."""

    APPROVED = "approved"
    REFUSED = "refused"


class WaitKind(graphene.Enum):
    """What ends a wait: its time, people, or a signal."""

    TIMER = "timer"
    APPROVAL = "approval"
    SIGNAL = "signal"


class WaitDecision(graphene.ObjectType):
    """What one person said to an approval that waits for more of them."""

    actor = graphene.String(required=True)
    actor_name = graphene.String(required=True)
    verdict = Verdict(required=True)
    at = DateTime(required=True)


class OpenWait(graphene.ObjectType):
    """A wait of a run that nothing has ended yet."""

    node = graphene.String(required=True)
    index = graphene.List(graphene.NonNull(graphene.Int), required=True)
    kind = WaitKind(required=True)
    due_at = DateTime(required=True)
    prompt = graphene.String()
    form = JSON(description="Of an approval: the schema of what is filled in with it.")
    count = graphene.Int(description="Of an approval: how many people have to approve.")
    name = graphene.String(description="Of a signal: the name under which it is sent.")
    schema = JSON(description="Of a signal: the schema of its value.")
    decisions = graphene.List(graphene.NonNull(WaitDecision), required=True)
    viewer_may_not = graphene.String(description="Why the reader may not answer it; null where they may.")
