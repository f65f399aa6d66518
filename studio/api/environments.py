"""The environments of the installation."""

import graphene
from graphql import GraphQLResolveInfo

from studio.api.nodes import Node, node
from studio.environments import models, queries


@node(models.Environment, queries.environment)
class Environment(graphene.ObjectType):
    """A named place where graphs run."""

    class Meta:
        interfaces = (Node,)

    name = graphene.String(required=True)


class Query:
    environments = graphene.List(graphene.NonNull(Environment), required=True)

    @staticmethod
    def resolve_environments(_root: None, info: GraphQLResolveInfo) -> list[models.Environment]:
        return queries.environments(info.context.viewer)
