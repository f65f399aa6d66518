"""The schema, put together from one file per area.

An area is a module with any of `Query` and `Subscription` (mixins of fields) and `MUTATIONS` (a tuple of
mutations). Adding an area is one line in `AREAS`.
"""

from collections.abc import Iterator
from types import ModuleType
from typing import Any, Final

import graphene
from graphql import GraphQLResolveInfo

from studio.api import (
    audit,
    catalog,
    environments,
    graphs,
    health,
    live,
    reviews,
    run_starts,
    run_verbs,
    runs,
    teams,
)
from studio.api.nodes import Node, find_node
from studio.refusals import Unauthenticated

AREAS: Final[tuple[ModuleType, ...]] = (
    teams,
    catalog,
    reviews,
    graphs,
    runs,
    run_starts,
    run_verbs,
    environments,
    audit,
    health,
    live,
)
OPEN_FIELDS: Final = frozenset({"viewer"})


class _Root:
    node = graphene.Field(Node, id=graphene.ID(required=True), description="Any thing by its global id.")

    @staticmethod
    def resolve_node(_root: None, info: GraphQLResolveInfo, id: str) -> Any:
        return find_node(info.context.viewer, id)


def _mixins(name: str) -> Iterator[type]:
    for area in AREAS:
        if hasattr(area, name):
            yield getattr(area, name)


def _mutations() -> dict[str, Any]:
    return {
        mutation.field_name: mutation.field for area in AREAS for mutation in getattr(area, "MUTATIONS", ())
    }


def _object(name: str, *mixins: type, **fields: Any) -> type[graphene.ObjectType] | None:
    if not mixins and not fields:
        return None
    return type(name, (*mixins, graphene.ObjectType), fields)


def _signed_in_only(schema: graphene.Schema) -> None:
    """Closes every root field to anonymous viewers, so that no area can forget it."""
    for root in (schema.graphql_schema.query_type, schema.graphql_schema.subscription_type):
        for name, field in root.fields.items() if root else ():
            if name not in OPEN_FIELDS:
                if field.resolve is not None:
                    field.resolve = _guarded(field.resolve)
                if field.subscribe is not None:
                    field.subscribe = _guarded(field.subscribe)


def _guarded(resolve: Any) -> Any:
    def guarded(root: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        if info.context.viewer.is_anonymous:
            raise Unauthenticated
        return resolve(root, info, **arguments)

    return guarded


schema: Final = graphene.Schema(
    query=_object("Query", *_mixins("Query"), _Root),
    mutation=_object("Mutation", **_mutations()),
    subscription=_object("Subscription", *_mixins("Subscription")),
)
_signed_in_only(schema)
