"""Who may do what in a review. The author of a version never judges it, not even as an admin."""

from studio.catalog.models import ModuleVersion
from studio.refusals import ALLOWED, Decision, denied
from studio.reviews.models import Comment, Review
from studio.teams.viewer import Viewer


def may_submit_version(actor: Viewer, version: ModuleVersion) -> Decision:
    if actor.has("author", version.module.owner_id):
        return ALLOWED
    return denied("role", "Submitting needs the role author in the team that owns the module.")


def may_approve_version(actor: Viewer, review: Review) -> Decision:
    return _may_judge(actor, review, "Approving")


def may_request_changes(actor: Viewer, review: Review) -> Decision:
    return _may_judge(actor, review, "Requesting changes")


def may_withdraw_review(actor: Viewer, review: Review) -> Decision:
    team = review.version.module.owner_id
    opened_it = _is(actor, review.author_id) and actor.has("author", team)
    if opened_it or actor.has("maintainer", team):
        return ALLOWED
    return denied("role", "A review is withdrawn by who opened it or by a maintainer.")


def may_comment_review(actor: Viewer, review: Review) -> Decision:
    team = review.version.module.owner_id
    if actor.has("author", team) or actor.has("reviewer", team):
        return ALLOWED
    return denied("role", "Commenting needs the role author or reviewer in the team.")


def may_resolve_comment(actor: Viewer, comment: Comment) -> Decision:
    return may_comment_review(actor, comment.review)


def may_release_version(actor: Viewer, version: ModuleVersion) -> Decision:
    if actor.has("maintainer", version.module.owner_id):
        return ALLOWED
    return denied("role", "Releasing needs the role maintainer in the team that owns the module.")


def _may_judge(actor: Viewer, review: Review, doing: str) -> Decision:
    if not actor.has("reviewer", review.version.module.owner_id):
        return denied("role", f"{doing} needs the role reviewer in the team that owns the module.")
    if _is(actor, review.author_id) or _is(actor, review.version.published_by_id):
        return denied("own_work", "Nobody judges their own version. Ask another reviewer.")
    return ALLOWED


def _is(actor: Viewer, user: object) -> bool:
    return actor.user is not None and actor.user.pk == user
