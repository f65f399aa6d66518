"""People and teams."""

from typing import Any, Final

import graphene
from graphql import GraphQLResolveInfo

from studio.api.loaders import load, related
from studio.api.nodes import Node, key_of, node
from studio.api.problems import Mutation
from studio.api.scalars import DateTime
from studio.teams import models, policies, queries
from studio.teams.actions.add_member import add_member
from studio.teams.actions.create_sign_in_link import create_sign_in_link
from studio.teams.actions.create_team import create_team
from studio.teams.actions.create_token import create_token
from studio.teams.actions.remove_member import remove_member
from studio.teams.actions.revoke_token import revoke_token
from studio.teams.actions.set_roles import set_roles
from studio.teams.actions.sign_out import sign_out
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


ROLES: Final = graphene.List(graphene.NonNull(Role), required=True)


class CreateTeam(Mutation, policy=policies.may_create_team):
    """Create a team, with the viewer as its first admin."""

    class Input:
        slug = graphene.String(required=True)
        title = graphene.String(required=True)

    class Done:
        team = graphene.Field(Team, required=True)

    @staticmethod
    def perform(viewer: Viewer, *, slug: str, title: str) -> dict[str, Any]:
        return {"team": create_team(viewer, slug=slug, title=title)}


class AddMember(Mutation, policy=policies.may_manage_members):
    """Add a person to a team; who is new to the installation is created and signs in by a link."""

    class Input:
        team = graphene.ID(required=True)
        email = graphene.String(required=True)
        name = graphene.String()
        roles = ROLES

    class Done:
        membership = graphene.Field(Membership, required=True)

    @staticmethod
    def perform(
        viewer: Viewer, *, team: str, email: str, roles: list[Any], name: str | None = None
    ) -> dict[str, Any]:
        wanted = [role.value for role in roles]
        key = key_of(team, "Team")
        return {"membership": add_member(viewer, team=key, email=email, name=name, roles=wanted)}


class SetRoles(Mutation, policy=policies.may_manage_members):
    """Set the roles of a member."""

    class Input:
        team = graphene.ID(required=True)
        user = graphene.ID(required=True)
        roles = ROLES

    class Done:
        membership = graphene.Field(Membership, required=True)

    @staticmethod
    def perform(viewer: Viewer, *, team: str, user: str, roles: list[Any]) -> dict[str, Any]:
        wanted = [role.value for role in roles]
        place = {"team": key_of(team, "Team"), "user": key_of(user, "User")}
        return {"membership": set_roles(viewer, **place, roles=wanted)}


class RemoveMember(Mutation, policy=policies.may_manage_members):
    """Remove a member from a team."""

    class Input:
        team = graphene.ID(required=True)
        user = graphene.ID(required=True)

    class Done:
        team = graphene.Field(Team, required=True)

    @staticmethod
    def perform(viewer: Viewer, *, team: str, user: str) -> dict[str, Any]:
        return {"team": remove_member(viewer, team=key_of(team, "Team"), user=key_of(user, "User"))}


class CreateSignInLink(Mutation, policy=policies.may_create_sign_in_link):
    """Make a link that signs a person in once, within a day. The url is a path on this server."""

    class Input:
        user = graphene.ID(required=True)

    class Done:
        url = graphene.String(required=True)

    @staticmethod
    def perform(viewer: Viewer, *, user: str) -> dict[str, Any]:
        return {"url": f"/sign-in/{create_sign_in_link(viewer, user=key_of(user, 'User'))}"}


class CreateToken(Mutation, policy=policies.may_create_token):
    """Make an API token of the viewer. Its secret is shown this once."""

    class Input:
        title = graphene.String(required=True)
        scopes = graphene.List(graphene.NonNull(graphene.String), required=True)
        days = graphene.Int(required=True)

    class Done:
        token = graphene.Field(Token, required=True)
        secret = graphene.String(required=True)

    @staticmethod
    def perform(viewer: Viewer, *, title: str, scopes: list[str], days: int) -> dict[str, Any]:
        token, secret = create_token(viewer, title=title, scopes=scopes, days=days)
        return {"token": token, "secret": secret}


class RevokeToken(Mutation, policy=policies.may_revoke_token):
    """Revoke a token of the viewer."""

    class Input:
        token = graphene.ID(required=True)

    class Done:
        token = graphene.Field(Token, required=True)

    @staticmethod
    def perform(viewer: Viewer, *, token: str) -> dict[str, Any]:
        return {"token": revoke_token(viewer, token=key_of(token, "Token"))}


class SignOut(Mutation, policy=policies.may_sign_out):
    """End this session and close what it has open."""

    class Done:
        ok = graphene.Boolean(required=True)

    @staticmethod
    def perform(viewer: Viewer) -> dict[str, Any]:
        sign_out(viewer)
        return {"ok": True}


MUTATIONS: Final = (
    CreateTeam,
    AddMember,
    SetRoles,
    RemoveMember,
    CreateSignInLink,
    CreateToken,
    RevokeToken,
    SignOut,
)
