"""The catalog: modules, their versions, and what may be done to them."""

from typing import Any, Final

import graphene
from graphql import GraphQLResolveInfo

from studio.api.catalog_parts import Bump as BumpType
from studio.api.catalog_parts import BundleFile, CatalogFacets, Check, Example, bump_of
from studio.api.loaders import load, related
from studio.api.nodes import Node, key_of, node
from studio.api.pages import Page, page, paged
from studio.api.problems import PROBLEMS, Mutation
from studio.api.scalars import JSON, DateTime, Digest, SemVer
from studio.api.teams import Team, User
from studio.catalog import models, queries
from studio.catalog.actions.deprecate_version import deprecate_version
from studio.catalog.actions.publish_version import publish_version
from studio.catalog.actions.yank_version import yank_version
from studio.catalog.files import ExampleFile, examples_of, read_text
from studio.catalog.policies import may_deprecate_version, may_publish_version, may_yank_version
from studio.graphs import queries as graph_queries
from studio.reviews import queries as review_queries
from studio.teams.viewer import Viewer


class VersionState(graphene.Enum):
    """Where a version stands between draft and yanked."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    RELEASED = "released"
    DEPRECATED = "deprecated"
    YANKED = "yanked"


GRAPHS: Final = graphene.List(
    graphene.NonNull("studio.api.graphs.Graph"), required=True, description="Graphs that use it."
)


@node(models.Module, queries.module_by_id)
class Module(graphene.ObjectType):
    """A named unit of work with one owner team and a line of versions."""

    class Meta:
        interfaces = (Node,)

    name = graphene.String(required=True)
    summary = graphene.String(required=True)
    runtime = graphene.String(required=True)
    owner = graphene.Field(Team, required=True)
    tags = graphene.List(graphene.NonNull(graphene.String), required=True)
    latest = graphene.Field(
        lambda: ModuleVersion, description="The highest release, else the highest version."
    )
    versions = graphene.List(
        graphene.NonNull(lambda: ModuleVersion), required=True, description="Highest first."
    )
    dependants = GRAPHS

    @staticmethod
    def resolve_owner(root: models.Module, _info: GraphQLResolveInfo) -> Any:
        return related(root, "owner")

    @staticmethod
    def resolve_tags(root: models.Module, _info: GraphQLResolveInfo) -> list[str]:
        return load(root, queries.tags_of, default=[])

    @staticmethod
    def resolve_latest(root: models.Module, info: GraphQLResolveInfo) -> Any:
        return load(root, lambda rows: queries.latest_of(info.context.viewer, rows), key="latest")

    @staticmethod
    def resolve_versions(root: models.Module, info: GraphQLResolveInfo) -> Any:
        return load(
            root, lambda rows: queries.versions_of(info.context.viewer, rows), key="versions", default=[]
        )

    @staticmethod
    def resolve_dependants(root: models.Module, info: GraphQLResolveInfo) -> Any:
        viewer = info.context.viewer
        return load(
            root, lambda rows: graph_queries.graphs_using_modules(viewer, rows), key="dependants", default=[]
        )


@node(models.ModuleVersion, queries.version_by_id)
class ModuleVersion(graphene.ObjectType):
    """A semantic version with its contract and its bundle."""

    class Meta:
        interfaces = (Node,)

    module = graphene.Field(Module, required=True)
    version = SemVer(required=True)
    bundle = Digest(required=True)
    contract_digest = Digest(required=True)
    state = VersionState(required=True)
    state_reason = graphene.String(required=True, description="Why it was deprecated or yanked.")
    contract = JSON(required=True)
    manifest = JSON(required=True)
    readme = graphene.String(required=True)
    runtime = graphene.String(required=True)
    strategies = graphene.List(graphene.NonNull(graphene.String), required=True)
    files = graphene.List(graphene.NonNull(BundleFile), required=True)
    file = graphene.String(
        path=graphene.String(required=True), description="A file's text; null if it has none."
    )
    examples = graphene.List(graphene.NonNull(Example), required=True)
    published_at = DateTime(required=True)
    published_by = graphene.Field(User)
    released_at = DateTime()
    successor = graphene.String()
    bump = graphene.Field(BumpType, description="Derived against the release before it.")
    checks = graphene.List(graphene.NonNull(Check), required=True)
    review = graphene.Field("studio.api.reviews.Review")
    dependants = GRAPHS

    @staticmethod
    def resolve_module(root: models.ModuleVersion, _info: GraphQLResolveInfo) -> Any:
        return related(root, "module")

    @staticmethod
    def resolve_version(root: models.ModuleVersion, _info: GraphQLResolveInfo) -> str:
        return root.number

    @staticmethod
    def resolve_bundle(root: models.ModuleVersion, _info: GraphQLResolveInfo) -> str:
        return root.bundle_id

    @staticmethod
    def resolve_contract_digest(root: models.ModuleVersion, _info: GraphQLResolveInfo) -> str:
        return root.contract_id

    @staticmethod
    def resolve_contract(root: models.ModuleVersion, _info: GraphQLResolveInfo) -> Any:
        return related(root, "contract").document

    @staticmethod
    def resolve_files(root: models.ModuleVersion, _info: GraphQLResolveInfo) -> list[BundleFile]:
        table = load(root, queries.tables_of).table
        return [
            BundleFile(path=path, bytes=entry["bytes"], digest=f"sha256:{entry['sha256']}")
            for path, entry in table["files"].items()
        ]

    @staticmethod
    def resolve_file(root: models.ModuleVersion, _info: GraphQLResolveInfo, path: str) -> str | None:
        return read_text(load(root, queries.tables_of).table, path)

    @staticmethod
    def resolve_examples(root: models.ModuleVersion, _info: GraphQLResolveInfo) -> list[ExampleFile]:
        return examples_of(load(root, queries.tables_of).table)

    @staticmethod
    def resolve_published_by(root: models.ModuleVersion, _info: GraphQLResolveInfo) -> Any:
        return related(root, "published_by")

    @staticmethod
    def resolve_successor(root: models.ModuleVersion, _info: GraphQLResolveInfo) -> str | None:
        return root.successor or root.manifest.get("successor")

    @staticmethod
    def resolve_checks(root: models.ModuleVersion, _info: GraphQLResolveInfo) -> list[models.VersionCheck]:
        return load(root, queries.checks_of, default=[])

    @staticmethod
    def resolve_bump(root: models.ModuleVersion, _info: GraphQLResolveInfo) -> BumpType | None:
        return bump_of(load(root, queries.checks_of, default=[]))

    @staticmethod
    def resolve_review(root: models.ModuleVersion, info: GraphQLResolveInfo) -> Any:
        return load(root, lambda rows: review_queries.review_of(info.context.viewer, rows), key="review")

    @staticmethod
    def resolve_dependants(root: models.ModuleVersion, info: GraphQLResolveInfo) -> Any:
        viewer = info.context.viewer
        related(root, "module")
        return load(
            root, lambda rows: graph_queries.graphs_using_versions(viewer, rows), key="dependants", default=[]
        )


class Query:
    modules = paged(
        Module,
        search=graphene.String(),
        owner=graphene.String(description="A team's slug."),
        runtime=graphene.String(),
        state=VersionState(description="The state of the latest version."),
        tag=graphene.String(),
        gives=graphene.String(description="A kind of output: string, table, image/png…"),
        takes=graphene.String(description="A kind of input."),
    )
    module = graphene.Field(Module, name=graphene.String(required=True))
    module_version = graphene.Field(
        ModuleVersion, name=graphene.String(required=True), version=SemVer(required=True)
    )
    catalog_facets = graphene.Field(CatalogFacets, required=True)

    @staticmethod
    def resolve_modules(
        _root: None, info: GraphQLResolveInfo, first: int, after: str | None = None, **facets: Any
    ) -> Page:
        state = facets.pop("state", None)
        found = queries.find_modules(info.context.viewer, state=state and state.value, **facets)
        return page(found, by=("place", "name"), first=first, after=after)

    @staticmethod
    def resolve_module(_root: None, info: GraphQLResolveInfo, name: str) -> models.Module | None:
        return queries.module(info.context.viewer, name)

    @staticmethod
    def resolve_module_version(
        _root: None, info: GraphQLResolveInfo, name: str, version: str
    ) -> models.ModuleVersion | None:
        return queries.version(info.context.viewer, name, version)

    @staticmethod
    def resolve_catalog_facets(_root: None, info: GraphQLResolveInfo) -> CatalogFacets:
        return CatalogFacets.of(queries.facets(info.context.viewer))


class PublishVersion(Mutation, policy=may_publish_version):
    """Publish a stored bundle as the version that its manifest names."""

    class Input:
        digest = Digest(required=True)
        team = graphene.String(description="The owner's slug, as a check.")

    class Done:
        version = graphene.Field(ModuleVersion, required=True)
        problems = PROBLEMS

    @staticmethod
    def perform(viewer: Viewer, **input: Any) -> dict[str, Any]:
        published = publish_version(viewer, **input)
        return {"version": published.version, "problems": published.problems}


class DeprecateVersion(Mutation, policy=may_deprecate_version):
    """Tell users of a released version to move on."""

    class Input:
        version = graphene.ID(required=True)
        reason = graphene.String(required=True)
        successor = graphene.String(description="team/name to use instead.")

    class Done:
        version = graphene.Field(ModuleVersion, required=True)

    @staticmethod
    def perform(viewer: Viewer, version: str, **input: Any) -> dict[str, Any]:
        return {"version": deprecate_version(viewer, key_of(version, "ModuleVersion"), **input)}


class YankVersion(Mutation, policy=may_yank_version):
    """Take a released version out of use."""

    class Input:
        version = graphene.ID(required=True)
        reason = graphene.String(required=True)

    class Done:
        version = graphene.Field(ModuleVersion, required=True)

    @staticmethod
    def perform(viewer: Viewer, version: str, reason: str) -> dict[str, Any]:
        return {"version": yank_version(viewer, key_of(version, "ModuleVersion"), reason=reason)}


MUTATIONS = (PublishVersion, DeprecateVersion, YankVersion)
