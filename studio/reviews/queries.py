"""What a viewer may see of reviews: those of modules that their teams own."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from contracts.canonical import Digest
from studio.audit.models import AuditEntry
from studio.audit.queries import entries_of
from studio.catalog.models import APPROVED, DRAFT, ModuleVersion
from studio.refusals import Decision
from studio.reviews import policies
from studio.reviews.models import APPROVED as REVIEW_APPROVED
from studio.reviews.models import CHANGES_REQUESTED, OPEN, Comment, Review, Verdict
from studio.teams.models import User
from studio.teams.viewer import Viewer

_JUDGED: Final = {
    "approve": (policies.may_approve_version, (OPEN,)),
    "request_changes": (policies.may_request_changes, (OPEN, REVIEW_APPROVED)),
    "comment": (policies.may_comment_review, (OPEN, REVIEW_APPROVED, "changes_requested")),
    "withdraw": (policies.may_withdraw_review, (OPEN, REVIEW_APPROVED, "changes_requested")),
}


def visible_reviews(viewer: Viewer) -> QuerySet[Review]:
    return Review.objects.filter(version__module__owner__in=viewer.teams)


def find_reviews(
    viewer: Viewer, *, state: str | None = None, mine: bool | None = None, waiting: bool | None = None
) -> QuerySet[Review]:
    """`mine`: those that the viewer opened, judged or commented on; `waiting`: whose next step is theirs."""
    found = visible_reviews(viewer)
    if state is not None:
        found = found.filter(state=state)
    if mine and viewer.user is not None:
        me = viewer.user
        found = found.filter(
            Q(author=me)
            | Q(pk__in=Verdict.objects.filter(author=me).values("review"))
            | Q(pk__in=Comment.objects.filter(author=me).values("review"))
        )
    if waiting and viewer.user is not None:
        found = found.filter(_next_step_is_theirs(viewer, viewer.user))
    return found


def _next_step_is_theirs(viewer: Viewer, me: User) -> Q:
    """Open ones to judge, approved ones to release, and their own to change, as the policies allow."""
    judging = [team for team in viewer.teams if viewer.has("reviewer", team)]
    releasing = [team for team in viewer.teams if viewer.has("maintainer", team)]
    judge = Q(state=OPEN, version__module__owner__in=judging) & ~Q(author=me) & ~Q(version__published_by=me)
    release = Q(state=REVIEW_APPROVED, version__state=APPROVED, version__module__owner__in=releasing)
    return judge | release | Q(state=CHANGES_REQUESTED, author=me)


def review(viewer: Viewer, id: UUID) -> Review | None:
    return visible_reviews(viewer).filter(pk=id).first()


def comment(viewer: Viewer, id: UUID) -> Comment | None:
    return Comment.objects.filter(pk=id, review__in=visible_reviews(viewer)).first()


def review_of(viewer: Viewer, versions: Sequence[ModuleVersion]) -> dict[UUID, Review]:
    """The latest review of each version by the version's id; withdrawn ones only where there is no other."""
    found: dict[UUID, Review] = {}
    rows = visible_reviews(viewer).filter(version__in=versions).order_by("opened_at")
    for row in sorted(rows, key=lambda row: row.state != "withdrawn"):
        found[row.version_id] = row
    return found


def comments_of(reviews: Sequence[Review]) -> dict[UUID, list[Comment]]:
    found: dict[UUID, list[Comment]] = defaultdict(list)
    for row in Comment.objects.filter(review__in=reviews).order_by("created_at", "pk"):
        found[row.review_id].append(row)
    return found


def verdicts_of(reviews: Sequence[Review]) -> dict[UUID, list[Verdict]]:
    found: dict[UUID, list[Verdict]] = defaultdict(list)
    for row in Verdict.objects.filter(review__in=reviews).order_by("pk"):
        found[row.review_id].append(row)
    return found


def has_verdict_on(review: Review, bundle: Digest) -> bool:
    return Verdict.objects.filter(review=review, bundle=bundle).exists()


def history_of(viewer: Viewer, review: Review) -> list[AuditEntry]:
    """What happened to the version and in the review, oldest first."""
    return list(entries_of(viewer, [review.version_id, review.pk]))


def what_viewer_may(viewer: Viewer, review: Review) -> list[str]:
    """The verbs that the viewer's roles and the review's state allow now."""
    may: list[str] = []
    for verb, (policy, states) in _JUDGED.items():
        ask: Callable[[Viewer, Review], Decision] = policy
        if review.state in states and not review.version.is_fixed and ask(viewer, review).is_allowed:
            may.append(verb)
    version = review.version
    if version.state == APPROVED and policies.may_release_version(viewer, version).is_allowed:
        may.append("release")
    is_sent_back = review.state == CHANGES_REQUESTED and version.state == DRAFT
    if is_sent_back and policies.may_submit_version(viewer, version).is_allowed:
        may.append("submit")
    return may
