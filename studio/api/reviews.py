"""Reviews: what is looked at, what was said, and the verdicts."""

from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from studio.api.audit import AuditEntry
from studio.api.catalog import ModuleVersion
from studio.api.catalog_parts import Bump, BumpReason, Check, bump_of
from studio.api.failures import bad_request
from studio.api.graphs import Graph
from studio.api.loaders import load, related
from studio.api.nodes import Node, find_key, key_of, node
from studio.api.pages import Page, page, paged
from studio.api.problems import Mutation
from studio.api.scalars import JSON, DateTime, Digest, Long
from studio.api.teams import User
from studio.catalog import queries as catalog_queries
from studio.catalog.files import FileChange, changes_between
from studio.graphs.queries import graphs_using_modules
from studio.reviews import models, queries
from studio.reviews.actions.approve_version import approve_version
from studio.reviews.actions.comment_review import comment_review
from studio.reviews.actions.release_version import release_version
from studio.reviews.actions.request_changes import request_changes
from studio.reviews.actions.resolve_comment import resolve_comment
from studio.reviews.actions.submit_version import submit_version
from studio.reviews.actions.withdraw_review import withdraw_review
from studio.reviews.policies import (
    may_approve_version,
    may_comment_review,
    may_release_version,
    may_request_changes,
    may_resolve_comment,
    may_submit_version,
    may_withdraw_review,
)
from studio.teams.viewer import Viewer


class ReviewState(graphene.Enum):
    """Where a review stands."""

    OPEN = "open"
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    WITHDRAWN = "withdrawn"


class FileDiff(graphene.ObjectType):
    """A file before and after: added, removed, changed or equal. Null is absent or no text."""

    path = graphene.String(required=True)
    change = graphene.String(required=True)
    bytes = Long(description="Of the later version; null where it was removed.")
    digest = Digest(description="Of the later version; null where it was removed.")
    before = graphene.String()
    after = graphene.String()

    @staticmethod
    def resolve_before(root: FileChange, _info: GraphQLResolveInfo) -> str | None:
        return root.before()

    @staticmethod
    def resolve_after(root: FileChange, _info: GraphQLResolveInfo) -> str | None:
        return root.after()


@node(models.Comment, queries.comment)
class ReviewComment(graphene.ObjectType):
    """A remark, anchored to {file, line}, to {pointer} into the contract, or to nothing."""

    class Meta:
        interfaces = (Node,)

    author = graphene.Field(User, required=True)
    body = graphene.String(required=True)
    anchor = JSON()
    bundle = Digest(required=True, description="The bundle that it was made about.")
    created_at = DateTime(required=True)
    resolved_at = DateTime()

    @staticmethod
    def resolve_author(root: models.Comment, _info: GraphQLResolveInfo) -> Any:
        return related(root, "author")


class ReviewVerdict(graphene.ObjectType):
    """approve or request_changes, for one bundle."""

    author = graphene.Field(User, required=True)
    verdict = graphene.String(required=True)
    message = graphene.String(required=True)
    bundle = Digest(required=True)
    created_at = DateTime(required=True)

    @staticmethod
    def resolve_author(root: models.Verdict, _info: GraphQLResolveInfo) -> Any:
        return related(root, "author")


@node(models.Review, queries.review)
class Review(graphene.ObjectType):
    """A team's examination of a module version."""

    class Meta:
        interfaces = (Node,)

    version = graphene.Field(ModuleVersion, required=True)
    base = graphene.Field(ModuleVersion, description="The release that it is compared with.")
    state = ReviewState(required=True)
    author = graphene.Field(User, required=True)
    message = graphene.String(required=True)
    opened_at = DateTime(required=True)
    closed_at = DateTime()
    bump = graphene.Field(Bump)
    contract_diff = graphene.List(graphene.NonNull(BumpReason), required=True)
    files = graphene.List(
        graphene.NonNull(FileDiff),
        path=graphene.String(description="This file alone."),
        since=Digest(description="What changed since a verdict on this bundle; without it, since the base."),
        required=True,
    )
    checks = graphene.List(graphene.NonNull(Check), required=True)
    comments = graphene.List(graphene.NonNull(ReviewComment), required=True)
    verdicts = graphene.List(graphene.NonNull(ReviewVerdict), required=True)
    impact = graphene.List(graphene.NonNull(Graph), required=True, description="Graphs that use the module.")
    viewer_may = graphene.List(graphene.NonNull(graphene.String), required=True)
    history = graphene.List(graphene.NonNull(AuditEntry), required=True)

    @staticmethod
    def resolve_version(root: models.Review, _info: GraphQLResolveInfo) -> Any:
        return related(root, "version")

    @staticmethod
    def resolve_base(root: models.Review, _info: GraphQLResolveInfo) -> Any:
        return related(root, "base")

    @staticmethod
    def resolve_author(root: models.Review, _info: GraphQLResolveInfo) -> Any:
        return related(root, "author")

    @staticmethod
    def resolve_bump(root: models.Review, _info: GraphQLResolveInfo) -> Bump | None:
        return bump_of(load(related(root, "version"), catalog_queries.checks_of, default=[]))

    @staticmethod
    def resolve_contract_diff(root: models.Review, info: GraphQLResolveInfo) -> Any:
        bump = Review.resolve_bump(root, info)
        return [] if bump is None else bump.reasons

    @staticmethod
    def resolve_files(
        root: models.Review, _info: GraphQLResolveInfo, path: str | None = None, since: str | None = None
    ) -> list[FileChange]:
        if since is not None and not queries.has_verdict_on(root, since):
            raise bad_request("No verdict of this review was given on the bundle in since.")
        base = related(root, "base")
        before = since or (None if base is None else base.bundle_id)
        found = changes_between(before, related(root, "version").bundle_id)
        return [file for file in found if path in (None, file.path)]

    @staticmethod
    def resolve_checks(root: models.Review, _info: GraphQLResolveInfo) -> Any:
        return load(related(root, "version"), catalog_queries.checks_of, default=[])

    @staticmethod
    def resolve_comments(root: models.Review, _info: GraphQLResolveInfo) -> Any:
        return load(root, queries.comments_of, default=[])

    @staticmethod
    def resolve_verdicts(root: models.Review, _info: GraphQLResolveInfo) -> Any:
        return load(root, queries.verdicts_of, default=[])

    @staticmethod
    def resolve_impact(root: models.Review, info: GraphQLResolveInfo) -> Any:
        module, viewer = related(related(root, "version"), "module"), info.context.viewer
        return load(module, lambda rows: graphs_using_modules(viewer, rows), key="dependants", default=[])

    @staticmethod
    def resolve_viewer_may(root: models.Review, info: GraphQLResolveInfo) -> list[str]:
        related(related(root, "version"), "module")
        return queries.what_viewer_may(info.context.viewer, root)

    @staticmethod
    def resolve_history(root: models.Review, info: GraphQLResolveInfo) -> Any:
        return queries.history_of(info.context.viewer, root)


class Query:
    reviews = paged(
        Review,
        state=ReviewState(),
        mine=graphene.Boolean(description="Those that the viewer opened, judged or commented on."),
        waiting=graphene.Boolean(
            description="Those whose next step is the viewer's: judge, change, release."
        ),
    )
    review = graphene.Field(Review, id=graphene.ID(required=True))

    @staticmethod
    def resolve_reviews(
        _root: None,
        info: GraphQLResolveInfo,
        first: int,
        after: str | None = None,
        state: ReviewState | None = None,
        mine: bool | None = None,
        waiting: bool | None = None,
    ) -> Page:
        viewer = info.context.viewer
        found = queries.find_reviews(viewer, state=state and state.value, mine=mine, waiting=waiting)
        return page(found, by=("-opened_at", "-id"), first=first, after=after)

    @staticmethod
    def resolve_review(_root: None, info: GraphQLResolveInfo, id: str) -> models.Review | None:
        key = find_key(id, "Review")
        return None if key is None else queries.review(info.context.viewer, key)


class SubmitVersion(Mutation, policy=may_submit_version):
    """Ask the team to review a draft version."""

    class Input:
        version = graphene.ID(required=True)
        message = graphene.String()

    class Done:
        review = graphene.Field(Review, required=True)

    @staticmethod
    def perform(viewer: Viewer, version: str, message: str | None = None) -> dict[str, Any]:
        return {"review": submit_version(viewer, key_of(version, "ModuleVersion"), message=message or "")}


class ApproveVersion(Mutation, policy=may_approve_version):
    """Approve the bundle that a review is about. Its author may not."""

    class Input:
        review = graphene.ID(required=True)
        expected_bundle = Digest(required=True)
        message = graphene.String()

    class Done:
        review = graphene.Field(Review, required=True)

    @staticmethod
    def perform(
        viewer: Viewer, review: str, expected_bundle: str, message: str | None = None
    ) -> dict[str, Any]:
        key = key_of(review, "Review")
        return {
            "review": approve_version(viewer, key, expected_bundle=expected_bundle, message=message or "")
        }


class RequestChanges(Mutation, policy=may_request_changes):
    """Send a version back to its author."""

    class Input:
        review = graphene.ID(required=True)
        expected_bundle = Digest(required=True)
        message = graphene.String(required=True)

    class Done:
        review = graphene.Field(Review, required=True)

    @staticmethod
    def perform(viewer: Viewer, review: str, **input: Any) -> dict[str, Any]:
        return {"review": request_changes(viewer, key_of(review, "Review"), **input)}


class WithdrawReview(Mutation, policy=may_withdraw_review):
    """End a review without a verdict."""

    class Input:
        review = graphene.ID(required=True)

    class Done:
        review = graphene.Field(Review, required=True)

    @staticmethod
    def perform(viewer: Viewer, review: str) -> dict[str, Any]:
        return {"review": withdraw_review(viewer, key_of(review, "Review"))}


class CommentReview(Mutation, policy=may_comment_review):
    """Say something in a review."""

    class Input:
        review = graphene.ID(required=True)
        body = graphene.String(required=True)
        anchor = JSON()

    class Done:
        comment = graphene.Field(ReviewComment, required=True)
        review = graphene.Field(Review, required=True)

    @staticmethod
    def perform(viewer: Viewer, review: str, **input: Any) -> dict[str, Any]:
        comment = comment_review(viewer, key_of(review, "Review"), **input)
        return {"comment": comment, "review": comment.review}


class ResolveComment(Mutation, policy=may_resolve_comment):
    """Settle a comment."""

    class Input:
        comment = graphene.ID(required=True)

    class Done:
        comment = graphene.Field(ReviewComment, required=True)

    @staticmethod
    def perform(viewer: Viewer, comment: str) -> dict[str, Any]:
        return {"comment": resolve_comment(viewer, key_of(comment, "ReviewComment"))}


class ReleaseVersion(Mutation, policy=may_release_version):
    """Release an approved version: from then on it is immutable."""

    class Input:
        version = graphene.ID(required=True)
        expected_bundle = Digest(required=True)
        reason = graphene.String()

    class Done:
        version = graphene.Field(ModuleVersion, required=True)

    @staticmethod
    def perform(
        viewer: Viewer, version: str, expected_bundle: str, reason: str | None = None
    ) -> dict[str, Any]:
        key = key_of(version, "ModuleVersion")
        return {"version": release_version(viewer, key, expected_bundle=expected_bundle, reason=reason or "")}


MUTATIONS = (
    SubmitVersion,
    ApproveVersion,
    RequestChanges,
    WithdrawReview,
    CommentReview,
    ResolveComment,
    ReleaseVersion,
)
