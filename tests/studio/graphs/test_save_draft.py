"""Keeping what is being edited."""

import pytest

from contracts.problems import ProblemsError
from studio.graphs.actions.save_draft import save_draft
from studio.graphs.models import GraphUse
from studio.refusals import Conflict, Forbidden
from tests.studio.cast import counting_graph, gid


def test_a_draft_is_kept_and_counted(author, graph):
    done = "draft { version document updatedBy { name } } graph { title nodeCount }"
    answer = author.do("saveDraft", done, graph=gid(graph), document=counting_graph(), expectedVersion=1)
    assert answer["draft"]["version"] == 2
    assert answer["draft"]["document"] == counting_graph()
    assert answer["draft"]["updatedBy"] == {"name": "Author"}
    assert answer["graph"] == {"title": "Count", "nodeCount": 3}


def test_a_draft_says_which_modules_it_uses(author, graph):
    save_draft(author.viewer, graph.pk, document=counting_graph("^1.0.0"))
    assert list(GraphUse.objects.values_list("module", "version")) == [("text/word-count", "")]
    save_draft(author.viewer, graph.pk, document=counting_graph("1.2.0"))
    assert list(GraphUse.objects.values_list("module", "version")) == [("text/word-count", "1.2.0")]


@pytest.mark.parametrize(
    ("value", "code"), [(10**30, "number_range"), (float("nan"), "number_range"), ("a\0", "nul")]
)
def test_what_would_come_back_as_something_else_is_refused_with_its_place(author, graph, value, code):
    document = counting_graph()
    document["nodes"]["count"]["config"] = {"min_length": value}
    refused = author.do("saveDraft", graph=gid(graph), document=document)
    place = "/nodes/count/config/min_length"
    assert [(problem["code"], problem["path"]) for problem in refused["problems"]] == [(code, place)]
    checked = author.ask("query($d: JSON!) { checkGraph(document: $d) { problems { path } } }", d=document)
    assert checked["data"]["checkGraph"]["problems"] == [{"path": place}]


def test_nodes_inside_a_copied_graph_count(author, graph):
    body = {"nodes": counting_graph()["nodes"], "edges": counting_graph()["edges"]}
    document = counting_graph(nodes={"inner": {"kind": "graph", "body": body}}, edges={})
    save_draft(author.viewer, graph.pk, document=document)
    graph.refresh_from_db()
    assert graph.node_count == 4
    assert GraphUse.objects.filter(graph=graph, module="text/word-count").exists()


def test_somebody_elses_save_is_not_overwritten(author, graph):
    save_draft(author.viewer, graph.pk, document=counting_graph())
    with pytest.raises(Conflict) as caught:
        save_draft(author.viewer, graph.pk, document=counting_graph(), expected_version=1)
    assert caught.value.current == "2"


def test_what_is_no_graph_document_is_refused(author, graph):
    with pytest.raises(ProblemsError):
        save_draft(author.viewer, graph.pk, document={"nodes": {}})


def test_a_watcher_may_not(watcher, graph):
    with pytest.raises(Forbidden):
        save_draft(watcher.viewer, graph.pk, document=counting_graph())


def test_the_outsider_may_not(outsider, graph):
    answer = outsider.do("saveDraft", graph=gid(graph), document=counting_graph())
    assert answer["__typename"] == "NotFound"
