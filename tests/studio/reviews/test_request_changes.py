"""Sending a version back."""

import pytest

from studio.refusals import Conflict, Forbidden, Invalid
from studio.reviews.actions.request_changes import request_changes
from tests.studio.cast import gid


def test_the_version_is_a_draft_again(reviewer, review):
    done = "review { state version { state } verdicts { verdict message } }"
    answer = reviewer.do(
        "requestChanges", done, review=gid(review), expectedBundle=review.version.bundle_id, message="Explain"
    )
    assert answer["review"] == {
        "state": "CHANGES_REQUESTED",
        "version": {"state": "DRAFT"},
        "verdicts": [{"verdict": "request_changes", "message": "Explain"}],
    }


def test_an_approval_can_be_taken_back_before_release(reviewer, approved):
    review = approved.reviews.get()
    request_changes(reviewer.viewer, review.pk, expected_bundle=approved.bundle_id, message="Wait")
    approved.refresh_from_db()
    assert approved.state == "draft"


def test_a_released_version_stays_released(reviewer, released):
    with pytest.raises(Conflict):
        request_changes(
            reviewer.viewer, released.reviews.get().pk, expected_bundle=released.bundle_id, message="Wait"
        )


def test_it_needs_words(reviewer, review):
    with pytest.raises(Invalid):
        request_changes(reviewer.viewer, review.pk, expected_bundle=review.version.bundle_id, message=" ")


def test_an_author_may_not(author, review):
    with pytest.raises(Forbidden):
        request_changes(author.viewer, review.pk, expected_bundle=review.version.bundle_id, message="x")


def test_the_outsider_may_not(outsider, review):
    bundle = review.version.bundle_id
    answer = outsider.do("requestChanges", review=gid(review), expectedBundle=bundle, message="x")
    assert answer["__typename"] == "NotFound"
