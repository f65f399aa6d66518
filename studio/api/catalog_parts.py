"""The small types of the catalog: files, examples, checks, bumps, facets."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import graphene
from graphql import GraphQLResolveInfo

from studio.api.scalars import JSON, DateTime, Digest, Long, SemVer
from studio.catalog.models import VersionCheck


class BundleFile(graphene.ObjectType):
    """A file of a bundle."""

    path = graphene.String(required=True)
    bytes = Long(required=True)
    digest = Digest(required=True)


class Example(graphene.ObjectType):
    """A call with its answer."""

    name = graphene.String(required=True)
    document = JSON(required=True)


class Check(graphene.ObjectType):
    """An automated finding: passed, warned or failed."""

    name = graphene.String(required=True)
    result = graphene.String(required=True)
    detail = graphene.String(required=True)
    at = DateTime(required=True)


class BumpReason(graphene.ObjectType):
    """One change between two contracts: what it may be called, and the value that shows it."""

    level = graphene.String(required=True)
    path = graphene.String(required=True)
    message = graphene.String(required=True)
    verdict = graphene.String(required=True, description="yes, no, or unknown where neither could be proven.")
    witness = JSON()
    has_witness = graphene.Boolean(required=True, description="Null may itself be the value that shows it.")

    @staticmethod
    def resolve_has_witness(root: Mapping[str, Any], _info: GraphQLResolveInfo) -> bool:
        return "witness" in root


class Bump(graphene.ObjectType):
    """The smallest honest step from the release before."""

    level = graphene.String(required=True)
    previous = SemVer(required=True)
    reasons = graphene.List(graphene.NonNull(BumpReason), required=True)
    needs_attestation = graphene.Boolean(required=True)


class Facet(graphene.ObjectType):
    """A value to filter by, and how many modules have it."""

    value = graphene.String(required=True)
    count = graphene.Int(required=True)


class CatalogFacets(graphene.ObjectType):
    """What the visible modules can be filtered by."""

    owners = graphene.List(graphene.NonNull(Facet), required=True)
    runtimes = graphene.List(graphene.NonNull(Facet), required=True)
    tags = graphene.List(graphene.NonNull(Facet), required=True)
    states = graphene.List(graphene.NonNull(Facet), required=True)

    @classmethod
    def of(cls, counted: Mapping[str, Sequence[tuple[str, int]]]) -> Self:
        return cls(
            **{name: [Facet(value=value, count=n) for value, n in rows] for name, rows in counted.items()}
        )


def bump_of(checks: Sequence[VersionCheck]) -> Bump | None:
    """The bump that was kept with check C2; None for a first release."""
    for check in checks:
        if check.name == "C2" and check.evidence is not None:
            return bump_type(check.evidence)
    return None


def bump_type(document: Mapping[str, Any]) -> Bump:
    return Bump(
        level=document["level"],
        previous=document["previous"],
        needs_attestation=document["needs_attestation"],
        reasons=document["reasons"],
    )
