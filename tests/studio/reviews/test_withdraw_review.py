"""Ending a review without a verdict."""

import pytest

from studio.refusals import Conflict, Forbidden
from studio.reviews.actions.withdraw_review import withdraw_review
from tests.studio.cast import gid


def test_the_version_is_a_draft_again(author, review):
    answer = author.do("withdrawReview", "review { state version { state } }", review=gid(review))
    assert answer["review"] == {"state": "WITHDRAWN", "version": {"state": "DRAFT"}}


def test_a_maintainer_may(owner, review):
    assert withdraw_review(owner.viewer, review.pk).state == "withdrawn"


def test_a_released_version_stays_released(author, released):
    with pytest.raises(Conflict):
        withdraw_review(author.viewer, released.reviews.get().pk)


def test_a_reviewer_who_did_not_open_it_may_not(reviewer, review):
    with pytest.raises(Forbidden):
        withdraw_review(reviewer.viewer, review.pk)


def test_the_outsider_may_not(outsider, review):
    assert outsider.do("withdrawReview", review=gid(review))["__typename"] == "NotFound"
