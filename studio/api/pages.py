"""Relay connections by keyset: each page starts after the last row of the one before.

Owns:      connection types, cursors and pages.
Promises:  at most 100 rows and one query a page; rows that come or go shift nothing.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import graphene
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

from studio.api.failures import bad_request
from studio.api.limits import MAX_PAGE
from studio.api.loaders import together


class PageInfo(graphene.ObjectType):
    """Whether there is more, and after which cursor."""

    has_next_page = graphene.Boolean(required=True)
    end_cursor = graphene.String()


@dataclass(frozen=True, slots=True)
class Edge:
    cursor: str
    node: Any


@dataclass(frozen=True, slots=True)
class Page:
    edges: Sequence[Edge]
    has_next_page: bool

    @property
    def page_info(self) -> PageInfo:
        return PageInfo(
            has_next_page=self.has_next_page, end_cursor=self.edges[-1].cursor if self.edges else None
        )


@cache
def connection(node: type[graphene.ObjectType], name: str) -> type[graphene.ObjectType]:
    """The connection type of a node type: `GraphConnection` with `GraphEdge`."""
    edge = type(
        f"{name}Edge",
        (graphene.ObjectType,),
        {
            "__doc__": f"One place in a list of {node.__name__}.",
            "cursor": graphene.String(required=True),
            "node": graphene.Field(node, required=True),
        },
    )
    return type(
        f"{name}Connection",
        (graphene.ObjectType,),
        {
            "__doc__": f"A page of {node.__name__}.",
            "edges": graphene.List(graphene.NonNull(edge), required=True),
            "page_info": graphene.Field(PageInfo, required=True),
        },
    )


def paged(
    node: type[graphene.ObjectType], /, *, size: int = 50, called: str = "", **arguments: Any
) -> graphene.Field:
    """A field that answers a page; its resolver takes `first` and `after` beside `arguments`.

    `called` names its connection where that is not the node's name.
    """
    return graphene.Field(
        lambda: connection(node, called or node.__name__),  # type: ignore[arg-type]  # the stubs know no lazy type
        required=True,
        first=graphene.Int(default_value=size, description=f"How many, at most {MAX_PAGE}."),
        after=graphene.String(description="The cursor to go on from."),
        **arguments,
    )


def page(rows: QuerySet[Any], *, by: Sequence[str], first: int, after: str | None = None) -> Page:
    """One page of `rows` in the order `by` (names, `-` for descending, the last one unique).

    Raises `RequestRefused` for a size or cursor that cannot be.
    """
    if not 1 <= first <= MAX_PAGE:
        raise bad_request(f"first is {first}. Ask for 1 to {MAX_PAGE}.")
    if after is not None:
        rows = rows.filter(_beyond(by, _values(after, len(by))))
    try:
        found = list(rows.order_by(*by)[: first + 1])
    except (ValidationError, ValueError, TypeError):
        raise bad_request("after is not a cursor of this list.") from None
    shown = together(found[:first])
    return Page([Edge(_cursor(row, by), row) for row in shown], has_next_page=len(found) > first)


def _beyond(by: Sequence[str], values: Sequence[Any]) -> Q:
    condition, equal = Q(), Q()
    for name, value in zip(by, values, strict=True):
        field, comparison = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
        condition |= equal & Q(**{f"{field}__{comparison}": value})
        equal &= Q(**{field: value})
    return condition


def _cursor(row: Model, by: Sequence[str]) -> str:
    values = [_plain(getattr(row, name.lstrip("-"))) for name in by]
    return urlsafe_b64encode(json.dumps(values).encode()).decode()


def _plain(value: Any) -> Any:
    return (
        value
        if isinstance(value, int | str)
        else value.isoformat()
        if hasattr(value, "isoformat")
        else str(value)
    )


def _values(after: str, count: int) -> list[Any]:
    try:
        values = json.loads(urlsafe_b64decode(after))
    except ValueError:
        values = None
    if (
        not isinstance(values, list)
        or len(values) != count
        or not all(isinstance(v, int | str) for v in values)
    ):
        raise bad_request("after is not a cursor of this list.")
    return values
