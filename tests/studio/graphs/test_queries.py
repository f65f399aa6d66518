"""What is read of graphs, and the answers for the editor."""

import pytest

from studio.catalog.actions.deprecate_version import deprecate_version
from studio.graphs.actions.create_graph import create_graph
from studio.graphs.actions.save_revision import save_revision
from tests.studio.cast import counting_graph, gid, query_count

LIST = """query($search: String, $after: String) { graphs(search: $search, first: 2, after: $after) {
  edges { cursor node { id title nodeCount team { slug } head { number author { name } } draft { version } } }
  pageInfo { hasNextPage endCursor } } }"""


def titles(answer):
    return [edge["node"]["title"] for edge in answer["data"]["graphs"]["edges"]]


def test_graphs_come_in_pages_newest_first(author, team):
    for number in range(5):
        create_graph(author.viewer, team="text", title=f"Graph {number}")
    seen, after = [], None
    while True:
        answer = author.ask(LIST, after=after)
        seen += titles(answer)
        info = answer["data"]["graphs"]["pageInfo"]
        if not info["hasNextPage"]:
            break
        after = info["endCursor"]
    assert seen == [f"Graph {number}" for number in (4, 3, 2, 1, 0)]


def test_graphs_are_found_by_title_and_by_module(author, counting, graph):
    assert titles(author.ask(LIST, search="emp")) == ["Empty"]
    assert titles(author.ask(LIST, search="word-count")) == ["Count"]


def test_graphs_that_can_be_run_are_found_whatever_newer_ones_have_no_revision(author, counting):
    save_revision(author.viewer, counting.pk, message="First")
    for number in range(3):
        create_graph(author.viewer, team="text", title=f"Draft {number}")
    query = LIST.replace("first: 2", "first: 2, saved: true")
    assert titles(author.ask(query)) == ["Count"]
    others = author.ask(query.replace("saved: true", "saved: false"))
    assert titles(others) == ["Draft 2", "Draft 1"]


def test_a_graph_tells_what_its_viewer_may(author, watcher, reviewer, graph):
    query = "{ graphs { edges { node { viewerMay } } } }"

    def may(person):
        return set(person.ask(query)["data"]["graphs"]["edges"][0]["node"]["viewerMay"])

    assert {"edit", "run"} <= may(author)
    assert "run" not in may(watcher) | may(reviewer)


def test_a_list_takes_the_same_number_of_queries_however_long_it_is(author, counting):
    query = LIST.replace("first: 2", "first: 50")
    save_revision(author.viewer, counting.pk, message="First")
    before = query_count(author, query)
    for number in range(4):
        made = create_graph(author.viewer, team="text", title=f"G{number}", document=counting_graph())
        save_revision(author.viewer, made.graph.pk, message="First")
    assert query_count(author, query) == before
    assert len(titles(author.ask(query))) == 5


@pytest.mark.parametrize("arguments", ["first: 0", "first: 101", 'after: "nonsense"', 'after: "WzFd"'])
def test_a_page_that_cannot_be_is_a_bad_request(author, arguments):
    answer = author.ask(f"{{ graphs({arguments}) {{ pageInfo {{ hasNextPage }} }} }}")
    assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


def test_revisions_are_read_by_number_and_in_pages(author, counting):
    save_revision(author.viewer, counting.pk, message="First")
    save_revision(author.viewer, counting.pk, message="Second", document=counting_graph(title="B"))
    query = """query($id: ID!) { graph(id: $id) { revision(number: 1) { message }
      revisions(first: 1) { edges { node { number } } pageInfo { hasNextPage } } } }"""
    graph = author.ask(query, id=gid(counting))["data"]["graph"]
    assert graph["revision"] == {"message": "First"}
    assert graph["revisions"]["edges"] == [{"node": {"number": 2}}]
    assert graph["revisions"]["pageInfo"]["hasNextPage"]


def test_a_node_is_found_by_its_global_id(author, outsider, counting):
    query = "query($id: ID!) { node(id: $id) { id ... on Graph { title } } }"
    assert author.ask(query, id=gid(counting))["data"]["node"] == {"id": gid(counting), "title": "Count"}
    assert outsider.ask(query, id=gid(counting))["data"]["node"] is None
    assert author.ask(query, id="nonsense")["data"]["node"] is None


CHECK = """query($document: JSON!) { checkGraph(document: $document) {
  problems { code path message } warnings { code } edges { edge answer reason hasWitness witness }
  ports { node inputs outputs config } lock } }"""


def test_a_graph_is_checked_with_ports_verdicts_and_lock(author, released):
    check = author.ask(CHECK, document=counting_graph())["data"]["checkGraph"]
    assert check["problems"] == []
    assert {edge["edge"]: edge["answer"] for edge in check["edges"]} == {
        "text:value>count:text": "YES",
        "count:counts>out:value": "YES",
    }
    ports = {entry["node"]: entry for entry in check["ports"]}
    assert ports["count"]["inputs"]["text"]["schema"]["type"] == "string"
    assert ports["count"]["config"]["properties"]["min_length"]["default"] == 1
    assert check["lock"]["nodes"] == {"count": "text/word-count@1.2.0"}


def test_a_red_edge_comes_with_a_value_that_shows_it(author, released):
    document = counting_graph()
    document["nodes"]["text"]["port"] = {"media": "json", "schema": {"type": ["string", "null"]}}
    check = author.ask(CHECK, document=document)["data"]["checkGraph"]
    edge = next(edge for edge in check["edges"] if edge["edge"] == "text:value>count:text")
    assert (edge["answer"], edge["hasWitness"]) == ("NO", True)
    assert check["lock"] is None


@pytest.mark.parametrize("document", [None, 7, [], {}, {"format": "lamina/graph@1"}, {"nodes": {"a": 1}}])
def test_what_is_no_graph_is_answered_with_problems(author, document):
    answer = author.ask(CHECK, document=document)
    if document is None:
        assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    else:
        assert answer["data"]["checkGraph"]["problems"]


def test_an_outsiders_check_does_not_see_the_teams_modules(outsider, released):
    check = outsider.ask(CHECK, document=counting_graph())["data"]["checkGraph"]
    assert check["problems"][0]["path"].startswith("/nodes/count")


JUDGE = """query($document: JSON!, $source: String!, $output: String!, $target: String!, $input: String!) {
  judgeConnection(document: $document, source: $source, output: $output, target: $target, input: $input) {
    answer reason hasWitness } }"""


def judged(person, document, *ends):
    names = dict(zip(("source", "output", "target", "input"), ends, strict=True))
    return person.ask(JUDGE, document=document, **names)["data"]["judgeConnection"]


def test_a_wire_is_judged_before_it_is_drawn(author, released):
    bare = counting_graph(edges={})
    assert judged(author, bare, "text", "value", "count", "text")["answer"] == "YES"
    assert judged(author, bare, "count", "mean_length", "count", "text")["answer"] == "NO"
    assert judged(author, bare, "nowhere", "value", "count", "text")["answer"] == "UNKNOWN"
    assert judged(author, {}, "text", "value", "count", "text")["answer"] == "UNKNOWN"
    assert judged(author, bare, "a/text", "value", "count", "text")["answer"] == "UNKNOWN"


def test_where_used_names_the_viewers_graphs(author, outsider, counting, released):
    query = """{ module(name: "text/word-count") { dependants { title } latest { dependants { title } } } }"""
    module = author.ask(query)["data"]["module"]
    assert module == {"dependants": [{"title": "Count"}], "latest": {"dependants": [{"title": "Count"}]}}
    assert outsider.ask(query)["data"]["module"] is None


def test_a_deprecated_version_is_warned_about(author, owner, released):
    deprecate_version(owner.viewer, released.pk, reason="Slow.")
    check = author.ask(CHECK, document=counting_graph())["data"]["checkGraph"]
    assert (check["problems"], check["warnings"]) == ([], [{"code": "deprecated"}])


COMPARE = """query($old: JSON!, $new: JSON!) { compareGraphs(old: $old, new: $new) {
  problems { path } fields { field } isLayoutChanged
  nodes { path change fields { field had has old new } } edges { path change } } }"""


def test_two_graphs_are_compared_part_by_part(author):
    new = counting_graph(title="Counting")
    new["nodes"]["count"]["config"] = {"min_length": 3}
    new["nodes"]["more"] = {"kind": "constant", "value": 1}
    new["layout"] = {"positions": {"count": [8, 8]}}
    found = author.ask(COMPARE, old=counting_graph(), new=new)["data"]["compareGraphs"]
    assert found["problems"] == []
    assert found["fields"] == [{"field": "/title"}]
    assert found["isLayoutChanged"] is True
    change = {"field": "/config/min_length", "had": False, "has": True, "old": None, "new": 3}
    assert found["nodes"] == [
        {"path": "count", "change": "CHANGED", "fields": [change]},
        {"path": "more", "change": "ADDED", "fields": []},
    ]
    assert found["edges"] == []


def test_what_is_no_graph_is_not_compared(author):
    found = author.ask(COMPARE, old={}, new=counting_graph())["data"]["compareGraphs"]
    assert {problem["path"].partition("/")[2].partition("/")[0] for problem in found["problems"]} == {"old"}


def test_a_graph_tells_what_each_role_may_do(owner, author, watcher, counting):
    query = "query($id: ID!) { graph(id: $id) { viewerMay } }"

    def allowed(person):
        return person.ask(query, id=gid(counting))["data"]["graph"]["viewerMay"]

    assert allowed(author) == ["edit", "run", "delete"]
    assert allowed(owner) == ["edit", "run", "delete"]
    assert allowed(watcher) == []
