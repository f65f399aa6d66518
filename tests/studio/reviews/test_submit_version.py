"""Asking the team to review a draft."""

import pytest

from studio.refusals import Conflict, Forbidden
from studio.reviews.actions.comment_review import comment_review
from studio.reviews.actions.request_changes import request_changes
from studio.reviews.actions.submit_version import submit_version
from studio.reviews.actions.withdraw_review import withdraw_review
from studio.reviews.models import Review
from tests.studio.cast import gid


def test_a_draft_goes_into_review(author, draft):
    done = "review { state message author { name } version { state } base { version } }"
    answer = author.do("submitVersion", done, version=gid(draft), message="Please look")
    assert answer["review"] == {
        "state": "OPEN",
        "message": "Please look",
        "author": {"name": "Author"},
        "version": {"state": "IN_REVIEW"},
        "base": None,
    }


def test_a_review_is_compared_with_the_release_before(author, released, publish):
    review = submit_version(author.viewer, publish("1.2.1").pk)
    assert review.base == released


def test_after_changes_the_same_review_goes_on_with_its_comments(author, reviewer, review, publish):
    comment_review(reviewer.viewer, review.pk, body="Why?")
    request_changes(reviewer.viewer, review.pk, expected_bundle=review.version.bundle_id, message="Explain")
    version = publish(README__md="# Counts words\n")
    again = submit_version(author.viewer, version.pk)
    assert (again.pk, again.state, again.bundle) == (review.pk, "open", version.bundle_id)
    assert again.comments.count() == 1


def test_after_a_withdrawal_a_new_review_begins(author, review):
    withdraw_review(author.viewer, review.pk)
    assert submit_version(author.viewer, review.version_id).pk != review.pk
    assert Review.objects.count() == 2


def test_what_is_in_review_is_not_submitted_again(author, review):
    with pytest.raises(Conflict):
        submit_version(author.viewer, review.version_id)


def test_a_watcher_may_not(watcher, draft):
    with pytest.raises(Forbidden):
        submit_version(watcher.viewer, draft.pk)


def test_the_outsider_may_not(outsider, draft):
    assert outsider.do("submitVersion", version=gid(draft))["__typename"] == "NotFound"
