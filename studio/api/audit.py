"""The audit of the viewer's teams."""

import graphene
from graphql import GraphQLResolveInfo

from studio.api.nodes import global_id
from studio.api.pages import Page, page, paged
from studio.api.scalars import JSON, DateTime, Digest
from studio.audit import models, queries


class AuditEntry(graphene.ObjectType):
    """Who did what to which thing, in a chain of hashes."""

    id = graphene.ID(required=True)
    at = DateTime(required=True)
    actor = graphene.String(required=True)
    actor_name = graphene.String(required=True)
    requester = graphene.String(required=True, description="Who asked for it, if somebody else.")
    approver = graphene.String(required=True, description="Who allowed it, if somebody else.")
    action = graphene.String(required=True)
    object = graphene.String(required=True)
    reason = graphene.String(required=True)
    before = JSON()
    after = JSON()
    hash = Digest(required=True)

    @staticmethod
    def resolve_id(root: models.AuditEntry, _info: GraphQLResolveInfo) -> str:
        return global_id("AuditEntry", root.seq)


class Query:
    audit = paged(AuditEntry, called="Audit")

    @staticmethod
    def resolve_audit(_root: None, info: GraphQLResolveInfo, first: int, after: str | None = None) -> Page:
        return page(queries.visible_entries(info.context.viewer), by=("-seq",), first=first, after=after)
