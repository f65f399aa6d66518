"""Bringing an old revision back."""

import pytest

from studio.catalog.actions.yank_version import yank_version
from studio.graphs.actions.restore_revision import restore_revision
from studio.graphs.actions.save_revision import save_revision
from studio.graphs.models import Draft
from studio.refusals import Forbidden, NotFound
from tests.studio.cast import counting_graph, gid


@pytest.fixture
def saved_twice(author, counting):
    save_revision(author.viewer, counting.pk, message="First")
    empty = counting_graph(title="Bare", nodes={}, edges={})
    save_revision(author.viewer, counting.pk, message="Second", document=empty)
    return counting


def test_an_old_revision_becomes_the_newest_and_the_draft(author, saved_twice):
    done = "revision { number message document graph { title } }"
    answer = author.do("restoreRevision", done, graph=gid(saved_twice), number=1)
    revision = answer["revision"]
    assert (revision["number"], revision["message"]) == (3, "Restored revision 1")
    assert revision["document"] == counting_graph()
    assert revision["graph"] == {"title": "Count"}
    assert Draft.objects.get(graph=saved_twice).document == counting_graph()


def test_what_no_longer_passes_comes_back_with_its_problems(author, owner, saved_twice, released):
    yank_version(owner.viewer, released.pk, reason="Wrong sums")
    revision = restore_revision(author.viewer, saved_twice.pk, number=1)
    assert (revision.number, revision.lock) == (3, None)
    assert [problem["code"] for problem in revision.problems] == ["yanked"]


def test_a_revision_that_never_was_is_not_found(author, saved_twice):
    with pytest.raises(NotFound):
        restore_revision(author.viewer, saved_twice.pk, number=9)


def test_a_watcher_may_not(watcher, saved_twice):
    with pytest.raises(Forbidden):
        restore_revision(watcher.viewer, saved_twice.pk, number=1)


def test_the_outsider_may_not(outsider, saved_twice):
    assert outsider.do("restoreRevision", graph=gid(saved_twice), number=1)["__typename"] == "NotFound"
