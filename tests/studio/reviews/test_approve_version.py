"""Approving the bundle that a review is about."""

import pytest

from studio.audit.models import AuditEntry
from studio.refusals import Conflict, Forbidden
from studio.reviews.actions.approve_version import approve_version
from studio.reviews.actions.submit_version import submit_version
from tests.studio.cast import gid


def test_a_reviewer_approves(reviewer, review, author):
    done = "review { state closedAt version { state } verdicts { verdict author { name } } }"
    bundle = review.version.bundle_id
    answer = reviewer.do("approveVersion", done, review=gid(review), expectedBundle=bundle, message="Fine")
    assert answer["review"]["state"] == "APPROVED"
    assert answer["review"]["version"] == {"state": "APPROVED"}
    assert answer["review"]["verdicts"] == [{"verdict": "approve", "author": {"name": "Reviewer"}}]
    entry = AuditEntry.objects.get(action="approve_version")
    assert (entry.actor, entry.requester) == (reviewer.user.actor, author.user.actor)


def test_another_bundle_than_the_one_looked_at_is_not_approved(reviewer, review, publish):
    looked_at = review.version.bundle_id
    now = publish(README__md="# Counts words\n")
    with pytest.raises(Conflict) as caught:
        approve_version(reviewer.viewer, review.pk, expected_bundle=looked_at)
    assert caught.value.current == now.bundle_id


def test_nobody_approves_their_own_version_not_even_an_admin(owner, publish):
    version = publish(by=owner)
    review = submit_version(owner.viewer, version.pk)
    with pytest.raises(Forbidden) as caught:
        approve_version(owner.viewer, review.pk, expected_bundle=version.bundle_id)
    assert caught.value.problems[0].code == "own_work"


def test_who_published_the_bundle_does_not_approve_what_another_submitted(owner, author, publish):
    version = publish(by=owner)
    review = submit_version(author.viewer, version.pk)
    with pytest.raises(Forbidden):
        approve_version(owner.viewer, review.pk, expected_bundle=version.bundle_id)


def test_an_approved_review_is_not_approved_again(reviewer, approved):
    with pytest.raises(Conflict):
        approve_version(reviewer.viewer, approved.reviews.get().pk, expected_bundle=approved.bundle_id)


def test_an_author_may_not(author, review):
    with pytest.raises(Forbidden):
        approve_version(author.viewer, review.pk, expected_bundle=review.version.bundle_id)


def test_the_outsider_may_not(outsider, review):
    bundle = review.version.bundle_id
    answer = outsider.do("approveVersion", review=gid(review), expectedBundle=bundle)
    assert answer["__typename"] == "NotFound"
