from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from studio.api.nodes import split_id
from studio.audit.models import AuditEntry
from studio.catalog.models import ModuleVersion
from studio.graphs.actions.save_revision import save_revision
from studio.graphs.models import Graph
from studio.runs.models import Run
from studio.runs.queries import queue_positions
from tests.studio.cast import Person, counting_graph, gid
from tests.support.studio import running_engine, settled

DONE = "run { id title status graph { id } revision { number } inputs parameters plan document lock }"
TEXT = {"text": "to be to"}


def start(person: Person, graph: Graph, **given: Any) -> dict[str, Any]:
    return person.do("startRun", DONE, graph=gid(graph), **given)


def test_the_draft_is_started(author: Person, counting: Graph) -> None:
    run = start(author, counting, inputs=TEXT)["run"]
    assert (run["status"], run["title"], run["graph"]["id"]) == ("QUEUED", "Count", gid(counting))
    assert run["revision"] is None
    assert run["inputs"]["text"]["value"] == "to be to"
    assert run["plan"]["versions"].keys() == {"text/word-count@1.2.0"}
    assert run["lock"]["nodes"] == {"count": "text/word-count@1.2.0"}
    entry = AuditEntry.objects.get(action="start_run")
    assert (entry.object, entry.after["environment"]) == ("Count", "dev")


def test_a_revision_is_started_as_it_was_locked(author: Person, counting: Graph) -> None:
    save_revision(author.viewer, counting.pk, message="First")
    run = start(author, counting, inputs=TEXT, revision=1, environment="production")["run"]
    assert run["revision"]["number"] == 1
    assert run["plan"]["environment"] == "production"


def test_a_document_is_tried_without_being_saved(author: Person, counting: Graph) -> None:
    document = counting_graph(title="Other")
    document["nodes"]["count"]["config"] = {"min_length": 3}
    run = start(author, counting, inputs=TEXT, document=document)["run"]
    assert run["document"]["nodes"]["count"]["config"] == {"min_length": 3}
    counting.refresh_from_db()
    assert counting.title == "Count"


def test_the_same_key_is_the_same_run(author: Person, counting: Graph) -> None:
    first, again = (start(author, counting, inputs=TEXT, idempotencyKey="k")["run"]["id"] for _ in range(2))
    assert first == again
    assert Run.objects.count() == AuditEntry.objects.filter(action="start_run").count() == 1


@pytest.mark.parametrize(
    ("other", "named"),
    [
        ({"inputs": {"text": "not to be"}}, "inputs"),
        ({"inputs": TEXT, "environment": "production"}, "environment"),
        ({"inputs": TEXT, "upTo": ["count"]}, "nodes, pins or reuse"),
    ],
)
def test_a_key_that_stands_for_another_request_is_refused(
    author: Person, counting: Graph, other: dict[str, Any], named: str
) -> None:
    first = start(author, counting, inputs=TEXT, idempotencyKey="k")["run"]["id"]
    refused = start(author, counting, idempotencyKey="k", **other)
    assert refused["__typename"] == "Conflict"
    (problem,) = refused["problems"]
    assert problem["path"] == "/idempotencyKey"
    assert f"{split_id(first)[1]} was started under this key with other {named}." in problem["message"]
    assert Run.objects.count() == 1


GROUPED = "run { id status queuePosition concurrencyGroup { key limit } }"


@pytest.mark.django_db(transaction=True)
def test_runs_of_a_group_begin_in_their_turn(author: Person, counting: Graph) -> None:
    group = {"key": "counting", "limit": 1}
    given = {"graph": gid(counting), "inputs": TEXT, "concurrencyGroup": group}
    started = [author.do("startRun", GROUPED, **given)["run"] for _ in range(3)]
    assert started[0]["concurrencyGroup"] == group
    other = author.do("startRun", GROUPED, graph=gid(counting), inputs=TEXT)["run"]
    assert (other["queuePosition"], other["concurrencyGroup"]) == (1, None)
    assert sorted(queue_positions(Run.objects.exclude(group_key=None)).values()) == [1, 2, 3]
    with running_engine():
        runs = [settled(Run.objects.get(pk=split_id(run["id"])[1])) for run in [*started, other]]
    assert {run.status for run in runs} == {"succeeded"}
    in_turn = sorted(runs[:3], key=lambda run: run.started_at)
    for before, after in pairwise(in_turn):
        assert before.finished_at <= after.started_at
    assert queue_positions(runs) == {}


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"inputs": {}}, "/inputs/text"),
        ({"inputs": {"text": 7}}, "/inputs/text"),
        ({"inputs": {**TEXT, "more": 1}}, "/inputs/more"),
        ({"inputs": [1]}, "/inputs"),
        ({"inputs": TEXT, "parameters": {"no": 1}}, "/parameters"),
        ({"inputs": TEXT, "environment": "nowhere"}, "/environment"),
        ({"inputs": TEXT, "idempotencyKey": ""}, "/idempotencyKey"),
        ({"inputs": TEXT, "concurrencyGroup": {"key": "", "limit": 1}}, "/concurrencyGroup/key"),
        ({"inputs": TEXT, "concurrencyGroup": {"key": "k", "limit": 0}}, "/concurrencyGroup/limit"),
        ({"inputs": TEXT, "revision": 1, "document": {}}, "/document"),
        ({"inputs": TEXT, "upTo": ["count", "no"]}, "/upTo/1"),
        ({"inputs": TEXT, "from": ["no"]}, "/from/0"),
        ({"inputs": TEXT, "pins": [1]}, "/pins"),
        ({"inputs": TEXT, "pins": {"no": {}}}, "/pins/no"),
        ({"inputs": TEXT, "pins": {"text": {"value": "x"}}}, "/pins/text"),
        (
            {"inputs": TEXT, "pins": {"count": {"counts": {"be": 0}, "mean_length": 1}}},
            "/pins/count/counts/be",
        ),
        ({"inputs": TEXT, "pins": {"count": {"counts": {}}}}, "/pins/count/mean_length"),
        ({"inputs": TEXT, "pins": {"count": {}}, "revision": 1}, "/pins"),
    ],
)
def test_what_cannot_be_started_says_where(
    author: Person, counting: Graph, given: dict[str, Any], path: str
) -> None:
    done = start(author, counting, **given)
    assert (done["__typename"], done["problems"][0]["path"]) == ("Invalid", path)
    assert not Run.objects.exists()


def test_a_part_is_started(author: Person, counting: Graph) -> None:
    pins = {"count": {"counts": {"be": 2}, "mean_length": 2}}
    start(author, counting, inputs=TEXT, upTo=["count"], pins=pins, **{"from": ["count"]})
    run = Run.objects.get()
    assert (run.options["upto"], run.options["from"], run.options["reuse"]) == (["count"], ["count"], True)
    assert run.options["pins"]["count"]["counts"] == {"media": "json", "bytes": 8, "value": {"be": 2}}
    assert run.resumed_from is None


def test_from_some_nodes_on_the_newest_ended_run_is_taken_over(author: Person, counting: Graph) -> None:
    first, second = (start(author, counting, inputs=TEXT)["run"]["id"] for _ in range(2))
    Run.objects.update(status="succeeded")
    started = author.do(
        "startRun", "run { resumedFrom { id } }", graph=gid(counting), inputs=TEXT, **{"from": ["count"]}
    )
    assert started["run"]["resumedFrom"]["id"] == second
    started = author.do(
        "startRun", "run { resumedFrom { id } }", graph=gid(counting), inputs=TEXT, earlier=first
    )
    assert started["run"]["resumedFrom"]["id"] == first


def test_only_an_ended_run_of_the_graph_is_taken_over(author: Person, counting: Graph, graph: Graph) -> None:
    going = start(author, counting, inputs=TEXT)["run"]["id"]
    assert start(author, counting, inputs=TEXT, earlier=going)["__typename"] == "Conflict"
    Run.objects.update(status="failed", graph_id=graph.pk)
    assert start(author, counting, inputs=TEXT, earlier=going)["__typename"] == "NotFound"


def test_a_graph_with_problems_is_not_started(author: Person, counting: Graph) -> None:
    document = counting_graph("^9.0.0")
    done = start(author, counting, inputs=TEXT, document=document)
    assert done["__typename"] == "Invalid"
    assert "/nodes/count" in {problem["path"].removesuffix("/pin") for problem in done["problems"]}


def test_a_revision_that_is_not_there_is_not_found(author: Person, counting: Graph) -> None:
    assert start(author, counting, inputs=TEXT, revision=4)["__typename"] == "NotFound"


def test_a_yanked_version_is_not_started_from_an_old_lock(
    author: Person, counting: Graph, released: ModuleVersion
) -> None:
    save_revision(author.viewer, counting.pk, message="First")
    ModuleVersion.objects.filter(pk=released.pk).update(state="yanked", state_reason="It is wrong.")
    done = start(author, counting, inputs=TEXT, revision=1)
    assert (done["__typename"], done["problems"][0]["code"]) == ("Invalid", "yanked")


def test_who_may_only_look_starts_nothing(watcher: Person, counting: Graph) -> None:
    assert start(watcher, counting, inputs=TEXT)["__typename"] == "Forbidden"


def test_the_outsider_may_not_start(outsider: Person, counting: Graph) -> None:
    assert start(outsider, counting, inputs=TEXT)["__typename"] == "NotFound"
    assert not Run.objects.exists()


def test_the_outsider_sees_no_run(author: Person, outsider: Person, counting: Graph) -> None:
    id = start(author, counting, inputs=TEXT)["run"]["id"]
    assert split_id(id) is not None
    query = "query($id: ID!) { run(id: $id) { id } node(id: $id) { id } runs { edges { node { id } } } }"
    assert outsider.ask(query, id=id)["data"] == {"run": None, "node": None, "runs": {"edges": []}}
    assert author.ask(query, id=id)["data"]["run"] == {"id": id}


def test_a_large_input_becomes_an_artifact(author: Person, counting: Graph) -> None:
    document = counting_graph()
    document["nodes"]["text"]["port"] = {"media": "json", "schema": {"type": "string", "maxLength": 100_000}}
    run = start(author, counting, document=document, inputs={"text": "x" * 70_000})["run"]
    assert run["inputs"]["text"].keys() == {"media", "bytes", "artifact"}


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "code", "limit"),
    [("x" * 1_100_000, "too_large", "1048576"), (nested(70), "too_deep", "64")],
)
def test_what_is_out_of_bounds_is_refused_with_the_limit(
    author: Person, counting: Graph, value: Any, code: str, limit: str
) -> None:
    document = counting_graph()
    document["nodes"]["any"] = {"kind": "input", "name": "any", "port": {"media": "json", "schema": True}}
    document["nodes"]["same"] = {"kind": "output", "name": "same"}
    document["edges"]["any:value>same:value"] = {}
    done = start(author, counting, document=document, inputs={**TEXT, "any": value})
    (problem,) = done["problems"]
    assert (problem["code"], problem["path"]) == (code, "/inputs/any")
    assert limit in problem["message"]


def test_a_full_queue_takes_no_more_runs_of_the_team(
    author: Person, counting: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.runs.starting.MAX_QUEUED", 2)
    for _ in range(2):
        assert start(author, counting, inputs=TEXT)["__typename"] == "StartRunDone"
    done = start(author, counting, inputs=TEXT)
    assert (done["__typename"], done["problems"][0]["code"]) == ("Limited", "too_many_runs")
    Run.objects.update(status="running")
    assert start(author, counting, inputs=TEXT)["__typename"] == "StartRunDone"


def test_a_full_queue_still_tells_of_the_run_of_a_repeated_key(
    author: Person, counting: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = start(author, counting, inputs=TEXT, idempotencyKey="k")["run"]["id"]
    monkeypatch.setattr("studio.runs.starting.MAX_QUEUED", 1)
    assert start(author, counting, inputs=TEXT, idempotencyKey="k")["run"]["id"] == first
    assert start(author, counting, inputs=TEXT, idempotencyKey="l")["__typename"] == "Limited"


def test_a_run_is_written_down_also_where_another_has_a_later_id(author: Person, counting: Graph) -> None:
    start(author, counting, inputs=TEXT)
    Run.objects.update(id=UUID(int=2**128 - 1))
    start(author, counting, inputs=TEXT)
    assert AuditEntry.objects.filter(action="start_run").count() == 2


def nested_graph(levels: int) -> dict[str, Any]:
    """A graph node in a graph node and so on, two inputs and two outputs each, a module in the innermost."""
    ports = {"text": counting_graph()["nodes"]["text"]["port"], "kept": {"media": "json", "schema": True}}
    nodes: dict[str, Any] = {
        f"in-{name}": {"kind": "input", "name": name, "port": port} for name, port in ports.items()
    }
    nodes |= {f"out-{name}": {"kind": "output", "name": name} for name in ("counts", "kept")}
    inner: dict[str, Any] = {"kind": "module", "module": "text/word-count", "pin": "1.2.0"}
    edges: dict[str, Any] = {"in-text:value>x:text": {}, "x:counts>out-counts:value": {}}
    if levels:
        inner = {"kind": "graph", "body": nested_graph(levels - 1)}
        edges |= {"in-kept:value>x:kept": {}, "x:kept>out-kept:value": {}}
    else:
        edges["in-kept:value>out-kept:value"] = {}
    return {"nodes": {**nodes, "x": inner}, "edges": edges}


@pytest.mark.django_db(transaction=True)
def test_graphs_inside_graphs_pass_several_values_in_and_out(author: Person, counting: Graph) -> None:
    document = {"format": "lamina/graph@1", "title": "Nested", **nested_graph(7)}
    with running_engine():
        done = start(author, counting, document=document, inputs={**TEXT, "kept": [1]})
        assert done["__typename"] == "StartRunDone", done
        run = settled(Run.objects.get())
    assert run.status == "succeeded", run.error
    assert {name: value["value"] for name, value in run.outputs.items()} == {
        "counts": {"be": 1, "to": 2},
        "kept": [1],
    }
    document |= nested_graph(8)
    done = start(author, counting, document=document, inputs={**TEXT, "kept": [1]})
    assert [problem["code"] for problem in done["problems"]] == ["nesting"]
