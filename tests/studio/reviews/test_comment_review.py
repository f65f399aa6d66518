"""Saying something in a review."""

import pytest

from studio.refusals import Conflict, Forbidden, Invalid
from studio.reviews.actions.comment_review import comment_review
from studio.reviews.actions.withdraw_review import withdraw_review
from tests.studio.cast import gid


@pytest.mark.parametrize("anchor", [None, {"file": "run.py", "line": 3}, {"pointer": "/ports/in/text"}])
def test_a_comment_is_anchored_to_a_line_a_pointer_or_nothing(reviewer, review, anchor):
    done = "comment { body anchor author { name } resolvedAt } review { comments { body } }"
    answer = reviewer.do("commentReview", done, review=gid(review), body="Why?", anchor=anchor)
    assert answer["comment"] == {
        "body": "Why?",
        "anchor": anchor,
        "author": {"name": "Reviewer"},
        "resolvedAt": None,
    }
    assert answer["review"]["comments"] == [{"body": "Why?"}]


@pytest.mark.parametrize(
    "anchor",
    [7, [], {}, {"file": "a"}, {"file": "a", "line": 0}, {"file": "a", "line": True}, {"pointer": "x"}],
)
def test_another_anchor_is_refused(reviewer, review, anchor):
    with pytest.raises(Invalid):
        comment_review(reviewer.viewer, review.pk, body="Why?", anchor=anchor)


@pytest.mark.parametrize("body", ["", " ", "x" * 10_001])
def test_a_comment_has_words(reviewer, review, body):
    with pytest.raises(Invalid):
        comment_review(reviewer.viewer, review.pk, body=body)


def test_a_withdrawn_review_is_closed_for_comments(author, review):
    withdraw_review(author.viewer, review.pk)
    with pytest.raises(Conflict):
        comment_review(author.viewer, review.pk, body="Still there?")


def test_a_watcher_may_not(watcher, review):
    with pytest.raises(Forbidden):
        comment_review(watcher.viewer, review.pk, body="Why?")


def test_the_outsider_may_not(outsider, review):
    assert outsider.do("commentReview", review=gid(review), body="Why?")["__typename"] == "NotFound"
