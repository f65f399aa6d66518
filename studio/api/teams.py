"""People and teams."""

from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from studio.api.loaders import load, related
from studio.api.nodes import Node, node
from studio.api.scalars import DateTime
from studio.teams import models, queries
from studio.teams.viewer import Viewer


class Role(graphene.Enum):
    """What a member may do in a team; maintainer and admin include the others."""

    VIEWER = "viewer"
    AUTHOR = "author"
    REVIEWER = "reviewer"
    OPERATOR = "operator"
    MAINTAINER = "maintainer"
    ADMIN = "admin"


class Membership(graphene.ObjectType):
    """A person's place in a team."""

    team = graphene.Field(lambda: Team, required=True)
    user = graphene.Field(lambda: User, required=True)
    roles = graphene.List(graphene.NonNull(Role), required=True)

    @staticmethod
    def resolve_team(root: models.Membership, info: GraphQLResolveInfo) -> Any:
        return related(root, "team")

    @staticmethod
    def resolve_user(root: models.Membership, info: GraphQLResolveInfo) -> Any:
        return related(root, "user")


@node(models.Team, queries.team_by_id)
class Team(graphene.ObjectType):
    """The unit of ownership and of visibility."""

    class Meta:
        interfaces = (Node,)

    slug = graphene.String(required=True)
    title = graphene.String(required=True)
    members = graphene.List(graphene.NonNull(Membership), required=True)
    viewer_roles = graphene.List(graphene.NonNull(Role), required=True)

    @staticmethod
    def resolve_members(root: models.Team, info: GraphQLResolveInfo) -> Any:
        viewer = info.context.viewer
        return load(root, lambda teams: queries.members_of(viewer, teams), key="members", default=[])

    @staticmethod
    def resolve_viewer_roles(root: models.Team, info: GraphQLResolveInfo) -> list[str]:
        held = info.context.viewer.roles.get(root.pk, frozenset())
        return [role for role in models.ROLES if role in held]


class Token(graphene.ObjectType):
    """An API token, without its secret."""

    class Meta:
        interfaces = (Node,)

    title = graphene.String(required=True)
    scopes = graphene.List(graphene.NonNull(graphene.String), required=True)
    created_at = DateTime(required=True)
    expires_at = DateTime(required=True)
    last_used_at = DateTime()


@node(models.User, queries.user_by_id)
class User(graphene.ObjectType):
    """A person. What is personal is shown to that person alone."""

    class Meta:
        interfaces = (Node,)

    email = graphene.String(required=True)
    name = graphene.String(required=True)
    teams = graphene.List(graphene.NonNull(Membership), required=True)
    tokens = graphene.List(graphene.NonNull(Token), required=True)

    @staticmethod
    def resolve_teams(root: models.User, info: GraphQLResolveInfo) -> Any:
        viewer = info.context.viewer
        return load(root, lambda users: queries.memberships_of(viewer, users), key="teams", default=[])

    @staticmethod
    def resolve_tokens(root: models.User, info: GraphQLResolveInfo) -> Any:
        return queries.tokens_of(info.context.viewer, root)


class Query:
    viewer = graphene.Field(User, description="Who asks; null when nobody is signed in.")
    team = graphene.Field(Team, slug=graphene.String(required=True))

    @staticmethod
    def resolve_viewer(_root: None, info: GraphQLResolveInfo) -> models.User | None:
        viewer: Viewer = info.context.viewer
        return viewer.user

    @staticmethod
    def resolve_team(_root: None, info: GraphQLResolveInfo, slug: str) -> models.Team | None:
        return queries.team(info.context.viewer, slug)


MUTATIONS: tuple[Any, ...] = ()
