"""Many runs at once: `startRuns`."""

from itertools import pairwise
from typing import Any

import pytest

from executors.admission import input_ports
from studio.api.nodes import split_id
from studio.audit.models import AuditEntry
from studio.graphs.actions.save_revision import save_revision
from studio.graphs.models import Graph
from studio.runs.admission import envelopes_of
from studio.runs.given import kept_values
from studio.runs.models import Artifact, ArtifactUpload, Document, Run
from studio.runs.plans import plan_of
from studio.runs.queries import queue_positions
from tests.studio.cast import TEXT_PORT, Person, counting_graph, gid, query_count
from tests.studio.runs.test_store_artifact import DIGEST, picture_graph, upload
from tests.support.studio import running_engine, settled

DONE = "runs { id title status graph { id } revision { number } inputs queuePosition plan }"
ANSWER = f"""mutation($input: StartRunsInput!) {{ startRuns(input: $input) {{
  ... on StartRunsDone {{ {DONE} }} ... on Refusal {{ problems {{ code path message }} }} }} }}"""


def texts(count: int) -> list[dict[str, Any]]:
    return [{"text": f"text {number}"} for number in range(count)]


def start_each(person: Person, graph: Graph, each: Any, **given: Any) -> dict[str, Any]:
    return person.do("startRuns", DONE, graph=gid(graph), each=each, **given)


def keys_of(done: dict[str, Any]) -> list[str]:
    return [run["id"] for run in done["runs"]]


def test_a_run_is_started_for_each_in_their_order(author: Person, counting: Graph) -> None:
    runs = start_each(author, counting, texts(3))["runs"]
    assert [run["inputs"]["text"]["value"] for run in runs] == ["text 0", "text 1", "text 2"]
    assert [(run["status"], run["title"], run["queuePosition"]) for run in runs] == [
        ("QUEUED", "Count", place) for place in (1, 2, 3)
    ]
    assert runs[0]["graph"]["id"] == gid(counting)
    assert Document.objects.filter(kind="plan").count() == 1
    listed = list(Run.objects.order_by("id"))
    assert [gid(run) for run in listed] == [run["id"] for run in runs]
    # What was admitted together is what would have been admitted one by one.
    author.do("startRun", graph=gid(counting), inputs={"text": "text 3"})
    alone = Run.objects.order_by("id").last()
    assert alone is not None
    for name in {field.attname for field in Run._meta.concrete_fields} - {"id", "inputs", "created_at"}:
        assert {getattr(run, name) == getattr(alone, name) for run in listed} == {True}, name


def test_what_is_given_is_kept_as_it_is(author: Person, counting: Graph) -> None:
    given = ['"quoted" \\ and \\u0041', "line\nline\ttab", "ü 😀 \u2028", "{}", "%s ? $1"]
    document = counting_graph()
    document["title"] = 'A "title" \\ with %s'
    start_each(author, counting, [{"text": text} for text in given], document=document)
    kept = Run.objects.order_by("id")
    assert [run.inputs["text"]["value"] for run in kept] == given
    assert {run.title for run in kept} == {document["title"]}


def test_the_list_is_one_entry_of_the_audit(author: Person, counting: Graph) -> None:
    ids = keys_of(start_each(author, counting, texts(3), environment="production"))
    entry = AuditEntry.objects.get(action="start_runs")
    assert (entry.object, entry.object_id, entry.team) == ("Count", str(counting.pk), author.team.pk)
    assert entry.after["environment"] == "production"
    assert entry.after["plan"] == Run.objects.first().plan_id  # type: ignore[union-attr]  # there are three
    assert [gid(Run(pk=id)) for id in entry.after["runs"]] == ids


def test_a_revision_and_a_part_are_started_for_each(author: Person, counting: Graph) -> None:
    save_revision(author.viewer, counting.pk, message="First")
    runs = start_each(author, counting, texts(2), revision=1, upTo=["count"], reuse=True)["runs"]
    assert [run["revision"]["number"] for run in runs] == [1, 1]
    assert [run.options for run in Run.objects.all()] == [{"reuse": True, "upto": ["count"]}] * 2


def test_pins_are_kept_by_each_run(author: Person, counting: Graph) -> None:
    pins = {"count": {"counts": {"be": 2}, "mean_length": 2}}
    start_each(author, counting, texts(2), pins=pins)
    counts = {"media": "json", "bytes": 8, "value": {"be": 2}}
    assert [run.options["pins"]["count"]["counts"] for run in Run.objects.all()] == [counts, counts]


def test_pins_are_written_out_once_for_all_runs(
    author: Person, counting: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Any] = []

    def noted(values: dict[Any, Any], *rest: Any) -> dict[Any, Any]:
        written.extend(values)
        return envelopes_of(values, *rest)

    monkeypatch.setattr("studio.runs.given.envelopes_of", noted)
    start_each(author, counting, texts(5), pins={"count": {"counts": {"be": 2}, "mean_length": 2}})
    assert sorted(written) == [
        *[("inputs", "text")] * 5,
        ("pins", "count", "counts"),
        ("pins", "count", "mean_length"),
    ]


def test_pins_take_no_more_than_their_part_of_each_run_of_a_list(
    author: Person, counting: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    pins = {"count": {"counts": {f"word{n}": 1 for n in range(2_500)}, "mean_length": 2}}
    for count in (1, 2):
        start_each(author, counting, texts(count), pins=pins)
    monkeypatch.setattr("studio.runs.given.MAX_WRITTEN", 40)
    pins["count"]["counts"] = {"be": 2}
    start_each(author, counting, texts(10), pins=pins)
    alone, *both, bounded = list(Run.objects.order_by("id"))[:4]
    inline = ["value" in run.options["pins"]["count"]["counts"] for run in (alone, *both, bounded)]
    assert inline == [True, False, False, False]
    assert both[0].options["pins"] == both[1].options["pins"]
    assert {run.artifact_uses.count() for run in both} == {1}


def test_what_the_runs_of_a_list_keep_is_bounded(
    author: Person, counting: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.runs.starting.MAX_WRITTEN", 900)
    pins = {"count": {"counts": {"be": 2}, "mean_length": 2}}
    done = start_each(author, counting, texts(20), pins=pins)
    (problem,) = done["problems"]
    assert (done["__typename"], problem["code"], problem["path"]) == ("Invalid", "list_too_large", "/each")
    assert "may keep 900." in problem["message"]
    assert not Run.objects.exists()
    assert len(keys_of(start_each(author, counting, texts(2), pins=pins))) == 2
    author.do("startRun", graph=gid(counting), inputs={"text": "x" * 1_000})
    assert Run.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_all_of_them_are_carried_out(author: Person, counting: Graph) -> None:
    with running_engine():
        handed = start_each(author, counting, texts(40))
        group = {"key": "counting", "limit": 1}
        grouped = start_each(author, counting, texts(3), concurrencyGroup=group)
        runs = [settled(Run.objects.get(pk=split_id(id)[1])) for id in keys_of(handed) + keys_of(grouped)]  # type: ignore[index]  # they are ids
    assert {run.status for run in runs} == {"succeeded"}
    assert [run.outputs["counts"]["value"]["7"] for run in runs if run.inputs["text"]["value"] == "text 7"]
    for before, after in pairwise(sorted(runs[40:], key=lambda run: run.started_at)):
        assert before.finished_at <= after.started_at


def test_what_is_wrong_with_any_is_told_and_none_is_started(author: Person, counting: Graph) -> None:
    each = [{"text": "a"}, {}, {"text": 7, "more": 1}, {"text": "b"}]
    done = start_each(author, counting, each, parameters={"no": 1}, upTo=["nowhere"])
    told = [(problem["code"], problem["path"]) for problem in done["problems"]]
    assert (done["__typename"], [path for _, path in told]) == (
        "Invalid",
        ["/each/1/text", "/each/2/more", "/each/2/text", "/parameters", "/upTo/0"],
    )
    assert told[0] == ("input_missing", "/each/1/text")
    assert not Run.objects.exists()
    assert not AuditEntry.objects.filter(action="start_runs").exists()


def test_of_many_problems_the_first_hundred_are_told(author: Person, counting: Graph) -> None:
    problems = start_each(author, counting, [{}] * 130)["problems"]
    assert len(problems) == 101
    assert problems[99]["path"] == "/each/99/text"
    assert (problems[100]["code"], problems[100]["path"]) == ("more_problems", "")
    assert problems[100]["message"].startswith("30 more problems")


@pytest.mark.parametrize(
    ("each", "given", "path", "said"),
    [
        ([], {}, "/each", "1 to 1000"),
        (texts(1_001), {}, "/each", "1001 items; 1 to 1000"),
        ([{"text": "a"}, "text"], {}, "/each/1", "as an object"),
        (texts(2), {"idempotencyKey": "k" * 197}, "/idempotencyKey", "1 to 196"),
        (texts(2), {"idempotencyKey": ""}, "/idempotencyKey", "1 to 200"),
        (texts(2), {"environment": "nowhere"}, "/environment", "no environment"),
    ],
)
def test_what_cannot_be_started_says_where(
    author: Person, counting: Graph, each: Any, given: dict[str, Any], path: str, said: str
) -> None:
    done = start_each(author, counting, each, **given)
    assert (done["__typename"], done["problems"][0]["path"]) == ("Invalid", path)
    assert said in done["problems"][0]["message"]
    assert not Run.objects.exists()


def test_a_thousand_are_started(author: Person, counting: Graph) -> None:
    done = author.do("startRuns", "runs { id }", graph=gid(counting), each=texts(1_000))
    assert len(done["runs"]) == Run.objects.count() == 1_000


def test_the_same_key_is_the_same_runs(author: Person, counting: Graph) -> None:
    first, again = (
        keys_of(start_each(author, counting, texts(3), idempotencyKey="k" * 196)) for _ in range(2)
    )
    assert first == again
    assert Run.objects.count() == 3
    assert AuditEntry.objects.filter(action="start_runs").count() == 1


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"each": texts(2)}, "list of another length"),
        ({"each": texts(4)}, "list of another length"),
        ({"each": [*texts(2), {"text": "other"}]}, "with other inputs"),
        ({"each": texts(3), "environment": "production"}, "with other environment"),
        ({"each": texts(3), "reuse": True}, "with other nodes, pins or reuse"),
    ],
)
def test_a_key_that_stands_for_another_list_is_refused(
    author: Person, counting: Graph, other: dict[str, Any], said: str
) -> None:
    start_each(author, counting, texts(3), idempotencyKey="k")
    refused = start_each(author, counting, idempotencyKey="k", **other)
    assert (refused["__typename"], refused["problems"][0]["path"]) == ("Conflict", "/idempotencyKey")
    assert said in refused["problems"][0]["message"]
    assert Run.objects.count() == 3


def test_a_key_of_a_list_and_that_of_a_run_are_one(author: Person, counting: Graph) -> None:
    start_each(author, counting, texts(2), idempotencyKey="k")
    alone = author.do("startRun", graph=gid(counting), inputs=texts(1)[0], idempotencyKey="k")
    assert (alone["__typename"], alone["problems"][0]["code"]) == ("Conflict", "key_taken")
    author.do("startRun", graph=gid(counting), inputs=texts(1)[0], idempotencyKey="l")
    assert start_each(author, counting, texts(2), idempotencyKey="l")["__typename"] == "Conflict"
    assert Run.objects.count() == 3


def test_the_queue_has_room_for_the_whole_list_or_for_none(
    author: Person, counting: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.runs.starting.MAX_QUEUED", 5)
    key = {"idempotencyKey": "k"}
    first = keys_of(start_each(author, counting, texts(3), **key))
    for count in (3, 6):
        refused = start_each(author, counting, texts(count))
        assert (refused["__typename"], refused["problems"][0]["code"]) == ("Limited", "too_many_runs")
    assert Run.objects.count() == 3
    assert keys_of(start_each(author, counting, texts(3), **key)) == first
    assert len(keys_of(start_each(author, counting, texts(2)))) == 2


def test_the_answer_takes_the_same_number_of_queries_however_long(author: Person, counting: Graph) -> None:
    save_revision(author.viewer, counting.pk, message="First")
    given = {"graph": gid(counting), "revision": 1}
    query_count(author, ANSWER, input={**given, "each": texts(1)})
    few, many = (query_count(author, ANSWER, input={**given, "each": texts(count)}) for count in (2, 60))
    assert many == few


def test_each_run_names_the_artifacts_that_it_is_given(author: Person, graph: Graph) -> None:
    upload(author.client)
    other = upload(author.client, data=b"another").json()["artifact"]
    document = picture_graph(graph)
    document["nodes"]["text"] = {"kind": "input", "name": "text", "port": {**TEXT_PORT, "schema": True}}
    each = [{"picture": {"artifact": digest}, "text": "x"} for digest in (DIGEST, other, DIGEST)]
    each[2]["text"] = "x" * 70_000
    done = start_each(author, graph, each, document=document)
    assert done["__typename"] == "StartRunsDone", done
    uses = [
        set(run.artifact_uses.values_list("artifact_id", flat=True)) for run in Run.objects.order_by("id")
    ]
    assert uses[:2] == [{DIGEST}, {other}]
    (large,) = uses[2] - {DIGEST}
    assert Artifact.objects.get(pk=large).bytes == 70_002


def test_references_are_checked_for_all_at_once(author: Person, graph: Graph) -> None:
    upload(author.client)
    document = picture_graph(graph)
    _, few, many = (
        query_count(
            author,
            ANSWER,
            input={
                "graph": gid(graph),
                "document": document,
                "each": [{"picture": {"artifact": DIGEST}}] * n,
            },
        )
        for n in (1, 2, 30)
    )
    assert many == few
    unknown = "sha256:" + "0" * 64
    each = [{"picture": {"artifact": digest}} for digest in (DIGEST, unknown, unknown)]
    problems = start_each(author, graph, each, document=document)["problems"]
    assert [(problem["code"], problem["path"]) for problem in problems] == [
        ("no_such_artifact", "/each/1/picture"),
        ("no_such_artifact", "/each/2/picture"),
    ]


def test_an_artifact_that_many_runs_name_is_found_without_reading_them(
    author: Person, graph: Graph, django_assert_num_queries: Any
) -> None:
    upload(author.client)
    document = picture_graph(graph)
    start_each(author, graph, [{"picture": {"artifact": DIGEST}}] * 3, document=document)
    ArtifactUpload.objects.all().delete()
    port = input_ports(plan_of(Run.objects.first()))["picture"]  # type: ignore[arg-type]  # there are three
    given: Any = [{}, {("inputs", "picture"): (port, {"artifact": DIGEST})}]
    viewer = author.viewer
    assert viewer.teams
    with django_assert_num_queries(1) as asked:
        envelopes, problems = kept_values(viewer, author.team, given)
    assert (envelopes[1]["inputs", "picture"]["artifact"], problems) == (DIGEST, [[], []])
    assert "EXISTS" in asked.captured_queries[0]["sql"]


def test_the_place_of_few_runs_is_counted_and_is_that_which_they_have_among_all(
    author: Person, counting: Graph, django_assert_num_queries: Any
) -> None:
    start_each(author, counting, texts(6))
    start_each(author, counting, texts(3), concurrencyGroup={"key": "k", "limit": 1})
    Run.objects.filter(inputs__contains="text 4").update(priority=1)
    runs = list(Run.objects.order_by("id"))
    together = queue_positions(runs)
    assert [together[run.pk] for run in runs] == [2, 3, 4, 5, 1, 6, 1, 2, 3]
    assert {run.pk: queue_positions([run])[run.pk] for run in runs} == together
    with django_assert_num_queries(1) as asked:
        queue_positions(runs[5:])
    assert "ROW_NUMBER" not in asked.captured_queries[0]["sql"]


def test_a_graph_with_problems_is_not_started(author: Person, counting: Graph) -> None:
    done = start_each(author, counting, texts(2), document=counting_graph("^9.0.0"))
    assert done["__typename"] == "Invalid"
    assert "/nodes/count" in {problem["path"].removesuffix("/pin") for problem in done["problems"]}


def test_who_may_only_look_starts_nothing(watcher: Person, counting: Graph) -> None:
    assert start_each(watcher, counting, texts(2))["__typename"] == "Forbidden"


def test_the_outsider_may_not_start(outsider: Person, counting: Graph) -> None:
    assert start_each(outsider, counting, texts(2))["__typename"] == "NotFound"
    assert not Run.objects.exists()
