"""Bringing a graph in from an export."""

import pytest

from contracts.canonical import parse_json
from contracts.problems import ProblemsError
from studio.audit.models import AuditEntry
from studio.graphs.actions.import_graph import import_graph
from studio.graphs.actions.save_revision import save_revision
from studio.graphs.exports import export_bytes
from studio.graphs.models import Graph, Revision
from studio.refusals import Forbidden, Invalid, NotFound
from tests.studio.cast import counting_graph


def export(**changes):
    return {"format": "lamina/export@1", "graph": counting_graph(), **changes}


@pytest.fixture
def exported(author, counting):
    return parse_json(export_bytes(save_revision(author.viewer, counting.pk, message="First")))


def test_a_graph_comes_in_as_its_first_revision(author, counting, exported):
    created = import_graph(author.viewer, team="text", document=exported)
    graph = Graph.objects.get(pk=created.graph.pk)
    assert (created.problems, graph.title) == ([], "Count")
    assert (graph.head.number, graph.head.message) == (1, "Imported")
    assert parse_json(export_bytes(graph.head)) == exported
    entry = AuditEntry.objects.get(action="import_graph")
    assert (entry.object_id, entry.team) == (str(graph.pk), counting.team_id)
    assert entry.after == {"revision": 1, "graph": graph.head.digest}


def test_an_import_leaves_the_graph_that_it_came_from_alone(author, counting, exported):
    import_graph(author.viewer, team="text", document=exported)
    assert Graph.objects.filter(title="Count").count() == 2
    assert Revision.objects.filter(graph=counting).count() == 1


def test_a_module_that_is_missing_here_stays_as_a_placeholder(author, team):
    created = import_graph(author.viewer, team="text", document=export())
    assert [problem.path for problem in created.problems] == ["/nodes/count/module"]
    head = Graph.objects.get().head
    assert head.document["nodes"]["count"]["module"] == "text/word-count"
    assert head.lock is None


def test_a_lock_of_another_graph_is_refused(author, exported):
    exported["graph"]["nodes"]["count"]["config"] = {"min_length": 2}
    with pytest.raises(ProblemsError) as caught:
        import_graph(author.viewer, team="text", document=exported)
    assert [problem.path for problem in caught.value.problems] == ["/lock/graph"]


@pytest.mark.parametrize("document", [None, [], {}, export(format="lamina/export@9"), export(graph=None)])
def test_what_is_no_export_is_refused(author, document):
    with pytest.raises(ProblemsError):
        import_graph(author.viewer, team="text", document=document)
    assert not Graph.objects.exists()


def test_a_graph_without_a_title_is_refused(author):
    with pytest.raises((Invalid, ProblemsError)):
        import_graph(author.viewer, team="text", document=export(graph=counting_graph(title="")))
    assert not Graph.objects.exists()


def test_a_watcher_may_not(watcher):
    with pytest.raises(Forbidden):
        import_graph(watcher.viewer, team="text", document=export())


def test_the_outsider_may_not(team, outsider):
    with pytest.raises(NotFound):
        import_graph(outsider.viewer, team="text", document=export())
    assert not Graph.objects.exists()
