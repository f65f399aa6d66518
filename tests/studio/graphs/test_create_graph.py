"""Beginning a graph."""

import pytest

from contracts.problems import ProblemsError
from studio.audit.models import AuditEntry
from studio.graphs.actions.create_graph import create_graph
from studio.graphs.models import Graph
from studio.refusals import Forbidden, Invalid
from tests.studio.cast import counting_graph


def test_a_graph_begins_empty(author):
    done = (
        "graph { title nodeCount team { slug } draft { version document } head { number } } problems { code }"
    )
    answer = author.do("createGraph", done, team="text", title="Vocabulary")
    graph = answer["graph"]
    assert (graph["title"], graph["nodeCount"], graph["team"]) == ("Vocabulary", 0, {"slug": "text"})
    assert graph["draft"]["document"] == {
        "format": "lamina/graph@1",
        "title": "Vocabulary",
        "nodes": {},
        "edges": {},
    }
    assert graph["head"] is None
    assert AuditEntry.objects.get(action="create_graph").object == "Vocabulary"


def test_a_graph_begins_from_a_document_and_its_problems_are_told(author):
    document = counting_graph(title="Other")
    answer = author.do(
        "createGraph",
        "graph { title nodeCount } problems { path }",
        team="text",
        title="Mine",
        document=document,
    )
    assert answer["graph"] == {"title": "Mine", "nodeCount": 3}
    assert "/nodes/count" in answer["problems"][0]["path"]


@pytest.mark.parametrize("title", ["", " ", "x" * 201])
def test_a_graph_needs_a_title(author, title):
    with pytest.raises(Invalid):
        create_graph(author.viewer, team="text", title=title)


@pytest.mark.parametrize("document", [7, [], {}, {"format": "lamina/graph@2"}])
def test_what_is_no_graph_document_is_refused(author, document):
    with pytest.raises(ProblemsError):
        create_graph(author.viewer, team="text", title="T", document=document)
    assert not Graph.objects.exists()


def test_a_watcher_may_not(watcher):
    with pytest.raises(Forbidden):
        create_graph(watcher.viewer, team="text", title="T")


def test_the_outsider_may_not(team, outsider):
    assert outsider.do("createGraph", team="text", title="T")["__typename"] == "NotFound"
