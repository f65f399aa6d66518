"""Whether the installation works, and how strongly it walls modules off."""

from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from studio.runs.health import read_health
from studio.version import VERSION


class Health(graphene.ObjectType):
    """The state of this installation."""

    database = graphene.String(required=True)
    engine = graphene.String(required=True)
    rung = graphene.Int(required=True)
    rung_name = graphene.String(required=True)
    rung_how = graphene.String(required=True, description="What to do for a stronger sandbox.")
    version = graphene.String(required=True)


class Query:
    health = graphene.Field(Health, required=True)

    @staticmethod
    def resolve_health(_root: None, _info: GraphQLResolveInfo) -> Any:
        found = read_health()
        return Health(
            database=found.database,
            engine=found.engine,
            rung=found.rung,
            rung_name=found.rung_name,
            rung_how=found.rung_how,
            version=VERSION,
        )
