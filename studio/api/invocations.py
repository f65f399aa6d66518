"""The invocations of a node: values, attempts and costs."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import graphene

from studio.api.failures import bad_request
from studio.api.limits import MAX_PAGE
from studio.api.pages import Edge, Page
from studio.api.scalars import JSON, DateTime
from studio.runs import invocations, models


class Attempt(graphene.ObjectType):
    """One try; without an error it succeeded."""

    attempt = graphene.Int(required=True)
    error = JSON()
    at = DateTime(required=True)
    cost_us = graphene.List(graphene.NonNull(graphene.Int))


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
        description="Microseconds: queue, serialise, transport, validate, execute.",
    )
    started_at = DateTime()
    finished_at = DateTime()
    version = graphene.String()


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
