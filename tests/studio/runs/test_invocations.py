"""What is shown of a run: its nodes' values, its view, its frames, its lists."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.module import contract_document
from studio.api.nodes import split_id
from studio.catalog.models import ModuleVersion, StoredContract
from studio.graphs.actions.create_graph import create_graph
from studio.runs import invocations
from studio.runs.invocations import _known, _spread, invocations_of
from studio.runs.models import Event, Run
from studio.runs.signals import send_signal
from tests.studio.cast import Person, counting_graph, gid
from tests.support.plans import PlanMaker
from tests.support.studio import running_engine, settled

INVOCATIONS = """query($run: ID!, $node: String!, $first: Int, $after: String, $index: [Int!]) {
  run(id: $run) {
  invocations(node: $node, first: $first, after: $after, index: $index) {
    edges { cursor node { index state inputs outputs error attempts { attempt error } costUs version } }
    pageInfo { hasNextPage endCursor } } } }"""


@pytest.fixture
def ran(transactional_db: None, author: Person, released: ModuleVersion) -> Run:
    """Two words counted, three texts counted in a map of which one fails, in a graph within the graph."""
    texts = {"media": "json", "schema": {"type": "array", "items": {"type": "string", "maxLength": 1000}}}
    document = counting_graph()
    document["nodes"] |= {
        "texts": {"kind": "input", "name": "texts", "port": texts},
        "each": {
            "kind": "module",
            "module": "text/word-count",
            "pin": "1.2.0",
            "map": {"over": "text", "failures": "collect"},
        },
        "all": {"kind": "output", "name": "all"},
        "errors": {"kind": "output", "name": "errors"},
    }
    document["edges"] |= {
        "texts:value>each:text": {},
        "each:counts>all:value": {},
        "each:error>errors:value": {},
    }
    graph = create_graph(author.viewer, team="text", title="Count", document=document).graph
    with running_engine():
        done = author.do(
            "startRun", "run { id }", graph=gid(graph), inputs={"text": "to be", "texts": ["a", "", "b b"]}
        )
        assert done["__typename"] == "StartRunDone", done
        found = split_id(done["run"]["id"])
        assert found is not None
        return settled(Run.objects.get(pk=found[1]))


def asked(person: Person, run: Run, node: str, **page: Any) -> dict[str, Any]:
    answer = person.ask(INVOCATIONS, run=gid(run), node=node, **({"first": 10} | page))
    assert "errors" not in answer, answer
    connection: dict[str, Any] = answer["data"]["run"]["invocations"]
    return connection


def test_a_run_shows_what_went_in_and_out(ran: Run, author: Person) -> None:
    assert ran.status == "succeeded", ran.error
    (edge,) = asked(author, ran, "count")["edges"]
    shown = edge["node"]
    assert (shown["index"], shown["state"], shown["version"]) == ([], "succeeded", "text/word-count@1.2.0")
    assert shown["inputs"]["text"]["value"] == "to be"
    assert shown["outputs"]["counts"]["value"] == {"be": 1, "to": 1}
    assert [attempt["error"] for attempt in shown["attempts"]] == [None]
    assert len(shown["costUs"]) == 5

    page = asked(author, ran, "each", first=2)
    assert [edge["node"]["state"] for edge in page["edges"]] == ["succeeded", "failed"]
    failed = page["edges"][1]["node"]
    assert (failed["index"], failed["inputs"]["text"]["value"]) == ([1], "")
    assert failed["error"]["name"] == "no_words"
    chunk = Event.objects.get(run=ran, type="map_chunk_completed").data
    together = json.loads(chunk)["cost_us"] if isinstance(chunk, str) else chunk["cost_us"]
    assert [edge["node"]["costUs"] for edge in page["edges"]] == [[part // 3 for part in together]] * 2
    rest = asked(author, ran, "each", after=page["pageInfo"]["endCursor"])
    (last,) = rest["edges"]
    assert (last["node"]["index"], last["node"]["outputs"]["counts"]["value"]) == ([2], {"b": 2})
    assert not rest["pageInfo"]["hasNextPage"]
    (only,) = asked(author, ran, "each", index=[1])["edges"]
    assert only["node"]["index"] == [1]
    assert asked(author, ran, "nothing")["edges"] == []

    query = """query($id: ID!) { run(id: $id) { view counts nodeCount feed(after: 0) { kind from to head
      events { seq type } snapshot } behind: feed(after: 99) { kind snapshot } graph { lastRun { id }
      runs { edges { node { id } } } } } }"""
    run = author.ask(query, id=gid(ran))["data"]["run"]
    assert run["view"]["nodes"]["each"]["total"] == 3
    assert run["feed"]["kind"] == "EVENTS"
    assert [event["seq"] for event in run["feed"]["events"]] == list(range(1, ran.last_seq + 1))
    assert (run["behind"]["kind"], run["behind"]["snapshot"]["seq"]) == ("SNAPSHOT", ran.last_seq)
    assert run["graph"]["lastRun"]["id"] == gid(ran)


@pytest.mark.django_db(transaction=True)
def test_a_failed_run_says_which_call_failed(author: Person, released: ModuleVersion) -> None:
    texts = {"media": "json", "schema": {"type": "array", "items": {"type": "string", "maxLength": 1000}}}
    inner = counting_graph()
    document = {
        "format": "lamina/graph@1",
        "title": "Each",
        "nodes": {
            "texts": {"kind": "input", "name": "texts", "port": texts},
            "each": {
                "kind": "graph",
                "body": {key: inner[key] for key in ("nodes", "edges")},
                "map": {"over": "text"},
            },
        },
        "edges": {"texts:value>each:text": {}},
    }
    graph = create_graph(author.viewer, team="text", title="Each", document=document).graph
    with running_engine():
        for given in (["a", ""], ["a"]):
            done = author.do("startRun", "run { id }", graph=gid(graph), inputs={"texts": given})
            found = split_id(done["run"]["id"])
            assert found is not None
            settled(Run.objects.get(pk=found[1]))
    runs = author.ask("{ runs { edges { node { status failedAt { node index } } } } }")["data"]["runs"]
    assert [edge["node"] for edge in runs["edges"]] == [
        {"status": "SUCCEEDED", "failedAt": None},
        {"status": "FAILED", "failedAt": {"node": "each/count", "index": [1]}},
    ]


def test_runs_are_found_by_graph_status_and_title(ran: Run, author: Person) -> None:
    query = "query($s: [RunStatus!], $q: String) { runs(status: $s, search: $q) { edges { node { id } } } }"

    def found(**given: Any) -> int:
        return len(author.ask(query, **given)["data"]["runs"]["edges"])

    assert found(s=["SUCCEEDED", "FAILED"]) == found(q="cou") == found() == 1
    assert found(s=["QUEUED"]) == found(q="other") == 0


def test_items_of_a_map_over_effects_are_paged_while_it_goes_on(studio) -> None:
    maker = PlanMaker()
    maker.module("send", effect="keyed")
    maker.input("numbers")
    maker.call("send", "send", {"value": "numbers:value"}, map={"over": "value", "concurrency": 3})
    maker.node("go", "signal", name="go", schema=True, deadline_seconds=600, on_error="fail")
    maker.call("again", "send", {"value": "send:value"}, map={"over": "value"}, when="true")
    maker.output("out", "again:value")
    for digest, contract in maker.contracts.items():
        StoredContract.objects.create(digest=digest, document=contract_document(contract))
    studio.start(maker)
    run = studio.wait(studio.admit(maker, {"numbers": list(range(25))}), lambda run: run.status == "waiting")

    page, has_more = invocations_of(run, "send", index=None, first=10, after=None)
    assert [row.index for row in page] == [(item,) for item in range(10)]
    assert [row.outputs["value"]["value"] for row in page] == [item * 2 for item in range(10)]
    assert (has_more, page[3].inputs["value"]["value"]) == (True, 3)
    rest, has_more = invocations_of(run, "send", index=None, first=10, after=(19,))
    assert ([row.index for row in rest], has_more) == ([(item,) for item in range(20, 25)], False)
    with CaptureQueriesContext(connection) as asked:
        (one,), _ = invocations_of(run, "send", index=[7], first=1, after=None)
    assert (one.index, one.state) == ((7,), "succeeded")
    assert sum("runs_event" in query["sql"] for query in asked) == 1, "the heads are read once"

    assert invocations_of(run, "go", index=None, first=1, after=None)[0][0].state == "waiting"
    send_signal(run, kind="signal", actor="system:test", data={"name": "go", "value": 1})
    run = studio.wait(run)
    assert invocations_of(run, "go", index=None, first=1, after=None)[0][0].state == "succeeded"


def test_reading_on_that_fails_half_way_leaves_nothing_twice(
    ran: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = _spread(ran.pk, "each", ran.last_seq)
    _known.clear()
    before = _spread(ran.pk, "each", ran.last_seq - 1)
    seen = {place: list(seqs) for place, seqs in before.seqs.items()}
    read_heads = invocations._read_heads

    def failing(found: Any, *args: Any) -> None:
        found.seqs.setdefault((), []).append(1)
        raise OSError("away")

    monkeypatch.setattr(invocations, "_read_heads", failing)
    with pytest.raises(OSError, match="away"):
        _spread(ran.pk, "each", ran.last_seq)
    monkeypatch.setattr(invocations, "_read_heads", read_heads)
    assert _spread(ran.pk, "each", ran.last_seq) == whole
    assert before.seqs == seen


def test_a_node_that_is_read_holds_up_no_other(ran: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _known.clear()
    read_heads = invocations._read_heads

    def reading(found: Any, run: Any, node: str, last_seq: int) -> None:
        if node == "each":
            _spread(ran.pk, "count", ran.last_seq)
        read_heads(found, run, node, last_seq)

    monkeypatch.setattr(invocations, "_read_heads", reading)
    assert _spread(ran.pk, "each", ran.last_seq).upto == ran.last_seq


def test_each_call_of_a_repeat_shows_what_it_was_given(studio) -> None:
    maker = PlanMaker()
    maker.module("double")
    maker.input("number")
    rule = {"until": "outputs.value > 10", "max": 9, "delay_seconds": 0}
    maker.call("n", "double", {"value": "number:value"}, repeat=rule)
    maker.output("out", "n:value")
    for digest, contract in maker.contracts.items():
        StoredContract.objects.create(digest=digest, document=contract_document(contract))
    studio.start(maker)
    run = studio.wait(studio.admit(maker, {"number": 2}))

    page, _ = invocations_of(run, "n", index=None, first=10, after=None)
    assert [(row.index, row.inputs["value"]["value"]) for row in page] == [((0,), 2), ((1,), 4), ((2,), 8)]


def test_a_wait_that_nobody_answered_has_failed_once(studio) -> None:
    maker = PlanMaker()
    maker.node("go", "signal", name="go", schema=True, deadline_seconds=1, on_error="fail")
    maker.output("out", "go:value")
    studio.start(maker)
    run = studio.wait(studio.admit(maker, {}))

    ((row,), _) = invocations_of(run, "go", index=None, first=1, after=None)
    assert (row.state, [attempt.error["name"] for attempt in row.attempts]) == ("failed", ["system.deadline"])
