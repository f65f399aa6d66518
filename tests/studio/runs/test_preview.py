"""What a run would do before it is started or resumed, and why its nodes did what they did."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from studio.api.nodes import split_id
from studio.catalog.models import ModuleVersion
from studio.graphs.actions.create_graph import create_graph
from studio.graphs.models import Graph
from studio.runs.models import Event, Run
from tests.studio.cast import WORD_COUNT, Person, counting_graph, gid
from tests.studio.conftest import Publish
from tests.support.studio import running_engine, settled

PREVIEW = """fragment P on RunPreview { problems { code path message } earlier { id }
  nodes { node word code message names version items reusedItems newer run { id } } }"""
MENDED = """def run(inputs, context):
    return {"counts": {}, "mean_length": 0}
"""
TEXT = {"text": "to be to"}


def two_counts(**config: Any) -> dict[str, Any]:
    """text → first → second, which fails where no word of the first's mean length is long enough."""
    document = counting_graph()
    nodes = document["nodes"]
    nodes["first"] = nodes.pop("count")
    nodes["second"] = {"kind": "module", "module": "text/word-count", "pin": "^1.2.0", "config": config}
    document["edges"] = {
        "text:value>first:text": {},
        "first:mean_length>second:text": {"select": "string(value)"},
        "second:counts>out:value": {},
    }
    return document


@pytest.fixture
def failing(transactional_db: None, author: Person, released: ModuleVersion) -> Graph:
    return create_graph(author.viewer, team="text", title="Two", document=two_counts(min_length=9)).graph


@pytest.fixture
def engine(failing: Graph) -> Iterator[None]:
    with running_engine():
        yield


@pytest.fixture
def mended(failing: Graph, publish: Publish) -> ModuleVersion:
    version = publish("1.2.1", run__py=MENDED, module__toml=_plain(), examples__short__json=None)
    ModuleVersion.objects.filter(pk=version.pk).update(state="released", released_at=datetime.now(UTC))
    return version


def _plain() -> str:
    return (WORD_COUNT / "module.toml").read_text().replace('"1.2.0"', '"1.2.1"')


def run(author: Person, graph: Graph, verb: str = "startRun", **given: Any) -> Run:
    given = given if "run" in given else {"graph": gid(graph), "inputs": TEXT, **given}
    done = author.do(verb, "run { id }", **given)
    assert done["__typename"] == f"{verb[0].upper()}{verb[1:]}Done", done
    found = split_id(done["run"]["id"])
    assert found is not None
    return settled(Run.objects.get(pk=found[1]))


def previewed(author: Person, graph: Graph, **given: Any) -> dict[str, Any]:
    query = PREVIEW + "query($i: StartRunInput!) { previewRun(input: $i) { ...P } }"
    return told(author.ask(query, i={"graph": gid(graph), "inputs": TEXT, **given}))["previewRun"]


def resumed(author: Person, old: Run, versions: list[dict[str, str]] | None = None) -> dict[str, Any]:
    asked = "query($r: ID!, $v: [NodeVersionInput!])"
    query = f"{PREVIEW} {asked} {{ run(id: $r) {{ resumePreview(versions: $v) {{ ...P }} }} }}"
    return told(author.ask(query, r=gid(old), v=versions))["run"]["resumePreview"]


def told(answer: dict[str, Any]) -> dict[str, Any]:
    assert "errors" not in answer, answer
    found: dict[str, Any] = answer["data"]
    return found


def words(preview: dict[str, Any]) -> dict[str, tuple[str, str]]:
    assert preview["problems"] == []
    return {node["node"]: (node["word"], node["code"]) for node in preview["nodes"]}


def why(author: Person, of: Run, node: str) -> tuple[str, str, str | None]:
    query = """query($r: ID!, $n: String!) { run(id: $r) { invocations(node: $n, first: 10) { edges { node {
      state why { code message names run { id } } } } } } }"""
    ((edge,),) = [told(author.ask(query, r=gid(of), n=node))["run"]["invocations"]["edges"]]
    found = edge["node"]["why"]
    return edge["node"]["state"], found["code"], found["run"] and found["run"]["id"]


def test_a_failed_run_is_resumed_on_a_newer_version_as_its_preview_says(
    author: Person, failing: Graph, engine: None, mended: ModuleVersion
) -> None:
    document = two_counts(min_length=9)
    document["nodes"]["second"]["pin"] = "1.2.0"
    old = run(author, failing, document=document)
    assert (old.status, old.error["name"]) == ("failed", "no_words")

    same = resumed(author, old)
    assert words(same) == {"first": ("REUSE", "reused"), "second": ("RUN", "not_done")}
    assert same["earlier"]["id"] == same["nodes"][0]["run"]["id"] == gid(old)
    assert [node["newer"] for node in same["nodes"]] == [["1.2.1"], ["1.2.1"]]

    moved = [{"node": "second", "version": "1.2.1"}]
    newer = resumed(author, old, moved)
    assert newer["nodes"][1]["version"] == "text/word-count@1.2.1"
    assert newer["nodes"][0]["version"] == "text/word-count@1.2.0"

    fresh = run(author, failing, "resumeRun", run=gid(old), versions=moved)
    assert (fresh.status, fresh.outputs["counts"]["value"]) == ("succeeded", {})
    assert fresh.graph_document.data["nodes"]["second"]["pin"] == "1.2.1"
    assert "bundle" not in fresh.graph_document.data["nodes"]["first"]
    assert why(author, fresh, "first") == ("reused", "reused", gid(old))
    assert why(author, fresh, "second")[:2] == ("succeeded", "not_done")
    assert Run.objects.get(pk=old.pk).status == "failed"


@pytest.mark.parametrize(
    ("node", "version", "code"),
    [
        ("second", "9.9.9", "unknown_version"),
        ("text", "1.2.1", "no_such_node"),
        ("second", "1.2.1", "not_approved"),
        ("second", "1.1.0", "not_newer"),
    ],
)
def test_a_version_that_cannot_be_taken_says_why(
    author: Person, failing: Graph, engine: None, publish: Publish, node: str, version: str, code: str
) -> None:
    old = run(author, failing)
    for number in ("1.2.1", "1.1.0"):
        publish(number)
    ModuleVersion.objects.filter(number="1.1.0").update(state="approved")
    (problem,) = resumed(author, old, [{"node": node, "version": version}])["problems"]
    assert (problem["code"], problem["path"]) == (code, f"/versions/{node}")
    done = author.do("resumeRun", run=gid(old), versions=[{"node": node, "version": version}])
    assert (done["__typename"], done["problems"][0]["code"]) == ("Invalid", code)


def test_a_preview_of_a_start_says_what_runs_and_why(author: Person, failing: Graph, engine: None) -> None:
    assert words(previewed(author, failing)) == {"first": ("RUN", "not_asked"), "second": ("LATER", "later")}
    document = two_counts(min_length=1)
    first = run(author, failing, document=document, reuse=True)
    assert first.status == "succeeded"
    assert why(author, first, "first") == ("succeeded", "not_done", None)

    again = previewed(author, failing, document=document, reuse=True)
    assert words(again) == {"first": ("REUSE", "reused"), "second": ("REUSE", "reused")}
    part = previewed(author, failing, document=document, upTo=["first"])
    assert words(part) == {"first": ("RUN", "not_asked"), "second": ("LEAVE_OUT", "not_needed")}
    here = previewed(author, failing, document=document, **{"from": ["second"]})
    assert words(here) == {"first": ("REUSE", "reused"), "second": ("RUN", "afresh")}
    other = previewed(author, failing, document=document, earlier=gid(first), inputs={"text": "be"})
    assert words(other) == {"first": ("RUN", "inputs"), "second": ("LATER", "depends")}
    assert other["nodes"][0]["names"] == ["text"]
    changed = two_counts(min_length=1)
    changed["nodes"]["first"]["config"] = {"min_length": 3}
    other = previewed(author, failing, document=changed, earlier=gid(first))
    assert (other["nodes"][0]["code"], other["nodes"][0]["names"]) == ("config", ["min_length"])
    pins = {"first": {"counts": {}, "mean_length": 4}}
    pinned = previewed(author, failing, document=document, pins=pins)
    assert words(pinned) == {"first": ("PIN", "pinned"), "second": ("RUN", "not_asked")}
    assert Run.objects.count() == 1
    assert not Event.objects.exclude(run=first).exists()


def test_a_run_from_a_node_does_what_its_preview_said(author: Person, failing: Graph, engine: None) -> None:
    document = two_counts(min_length=1)
    first = run(author, failing, document=document)
    here = run(author, failing, document=document, **{"from": ["second"]})
    assert why(author, here, "first") == ("reused", "reused", gid(first))
    assert why(author, here, "second") == ("succeeded", "afresh", gid(first))


def test_another_version_is_named_as_the_reason(
    author: Person, failing: Graph, engine: None, mended: ModuleVersion
) -> None:
    document = two_counts(min_length=1)
    document["nodes"]["second"]["pin"] = "1.2.0"
    first = run(author, failing, document=document, reuse=True)
    second = run(author, failing, document=two_counts(min_length=1), reuse=True)
    assert why(author, second, "first") == ("reused", "reused", gid(first))
    assert why(author, second, "second") == ("succeeded", "version", gid(first))


def test_what_is_in_the_way_is_told_without_nodes(author: Person, outsider: Person, failing: Graph) -> None:
    found = previewed(author, failing, inputs={}, upTo=["no"])
    assert [problem["path"] for problem in found["problems"]] == ["/inputs/text", "/upTo/0"]
    assert found["nodes"] == []
    assert previewed(outsider, failing)["problems"][0]["code"] == "not_found"
