"""Another title."""

import pytest

from studio.graphs.actions.rename_graph import rename_graph
from studio.refusals import Forbidden, Invalid
from tests.studio.cast import gid


def test_the_graph_and_its_draft_get_the_title(author, counting):
    done = "graph { title draft { document version } }"
    graph = author.do("renameGraph", done, graph=gid(counting), title="Words")["graph"]
    assert (graph["title"], graph["draft"]["document"]["title"], graph["draft"]["version"]) == (
        "Words",
        "Words",
        2,
    )


def test_a_graph_needs_a_title(author, counting):
    with pytest.raises(Invalid):
        rename_graph(author.viewer, counting.pk, title=" ")


def test_a_watcher_may_not(watcher, counting):
    with pytest.raises(Forbidden):
        rename_graph(watcher.viewer, counting.pk, title="Words")


def test_the_outsider_may_not(outsider, counting):
    assert outsider.do("renameGraph", graph=gid(counting), title="Words")["__typename"] == "NotFound"
