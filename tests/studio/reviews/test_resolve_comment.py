"""Settling a comment."""

import pytest

from studio.audit.models import AuditEntry
from studio.refusals import Forbidden
from studio.reviews.actions.comment_review import comment_review
from studio.reviews.actions.resolve_comment import resolve_comment
from tests.studio.cast import gid


@pytest.fixture
def comment(reviewer, review):
    return comment_review(reviewer.viewer, review.pk, body="Why?")


def test_a_comment_is_resolved_once(author, comment):
    answer = author.do("resolveComment", "comment { resolvedAt }", comment=gid(comment))
    assert answer["comment"]["resolvedAt"] is not None
    resolve_comment(author.viewer, comment.pk)
    assert AuditEntry.objects.filter(action="resolve_comment").count() == 1


def test_a_watcher_may_not(watcher, comment):
    with pytest.raises(Forbidden):
        resolve_comment(watcher.viewer, comment.pk)


def test_the_outsider_may_not(outsider, comment):
    assert outsider.do("resolveComment", comment=gid(comment))["__typename"] == "NotFound"
