"""The invocations of a node: values, attempts and costs."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from studio.api.failures import bad_request
from studio.api.limits import MAX_PAGE
from studio.api.pages import Edge, Page
from studio.api.scalars import JSON, DateTime
from studio.runs import invocations, models
from studio.runs.explaining import explanation_of


class Attempt(graphene.ObjectType):
    """One try; without an error it succeeded."""

    attempt = graphene.Int(required=True)
    error = JSON()
    at = DateTime(required=True)
    cost_us = graphene.List(graphene.NonNull(graphene.Int))


class Why(graphene.ObjectType):
    """Why a call was carried out or taken over; `run` is where from, or what it was compared with."""

    code = graphene.String(required=True)
    message = graphene.String(required=True)
    names = graphene.List(graphene.NonNull(graphene.String), required=True)
    run = graphene.Field("studio.api.runs.Run")


class Invocation(graphene.ObjectType):
    """One node (and one item of each map around it) of a run. Values are envelopes by port."""

    node = graphene.String(required=True)
    index = graphene.List(graphene.NonNull(graphene.Int), required=True)
    state = graphene.String(required=True)
    attempt = graphene.Int(required=True)
    inputs = JSON()
    outputs = JSON()
    error = JSON()
    attempts = graphene.List(graphene.NonNull(Attempt), required=True)
    cost_us = graphene.List(
        graphene.NonNull(graphene.Int),
        description="Microseconds: queue, serialise, transport, validate, execute. Items of a map that were called "
        "together share what that cost in equal parts.",
    )
    started_at = DateTime()
    finished_at = DateTime()
    version = graphene.String()
    why = graphene.Field(Why, description="Null for what calls no module.")

    @staticmethod
    def resolve_why(root: invocations.Invocation, _info: GraphQLResolveInfo) -> Why | None:
        found = explanation_of(root.run, root.node, root.index, root.reused)
        if found is None:
            return None
        reason = found.reason
        return Why(code=reason.code, message=reason.message, names=reason.names, run=found.run)


def invocation_page(
    run: models.Run, node: str, *, index: list[int] | None, first: int, after: str | None
) -> Page:
    """Raises `RequestRefused` for a size or cursor that cannot be."""
    if not 1 <= first <= MAX_PAGE:
        raise bad_request(f"first is {first}. Ask for 1 to {MAX_PAGE}.")
    place = None if after is None else _place(after)
    rows, has_more = invocations.invocations_of(run, node, index=index, first=first, after=place)
    return Page([Edge(_cursor(row.index), row) for row in rows], has_next_page=has_more)


def _cursor(index: tuple[int, ...]) -> str:
    return urlsafe_b64encode(json.dumps(index).encode()).decode()


def _place(cursor: str) -> tuple[int, ...]:
    try:
        found: Any = json.loads(urlsafe_b64decode(cursor))
    except ValueError:
        found = None
    if not isinstance(found, list) or not all(isinstance(part, int) for part in found):
        raise bad_request("after is not a cursor of this list.")
    return tuple(found)
