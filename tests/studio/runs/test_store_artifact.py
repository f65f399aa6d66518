"""Taking in a value that a run will be started with: `POST /artifacts`."""

import hashlib
from typing import Any

import pyarrow
import pytest
from django.test import Client

from studio.audit.models import AuditEntry
from studio.graphs.models import Graph
from studio.runs.artifacts import artifact_store
from studio.runs.models import Artifact, ArtifactUpload
from tests.studio.cast import Person, gid

DATA = b"a picture"
DIGEST = f"sha256:{hashlib.sha256(DATA).hexdigest()}"
BINARY = {"media": "binary", "type": "image/*"}


def upload(client: Client, team: str = "text", data: bytes = DATA) -> Any:
    return client.post(f"/artifacts?team={team}", data, content_type="image/png")


def picture_graph(graph: Graph) -> dict[str, Any]:
    return {
        "format": "lamina/graph@1",
        "title": "Picture",
        "nodes": {
            "in": {"kind": "input", "name": "picture", "port": BINARY},
            "out": {"kind": "output", "name": "same"},
        },
        "edges": {"in:value>out:value": {}},
    }


def test_a_value_is_kept_by_its_digest(author: Person) -> None:
    answer = upload(author.client)
    assert (answer.status_code, answer.json()) == (201, {"artifact": DIGEST, "bytes": len(DATA)})
    with artifact_store().open(DIGEST) as file:
        assert file.read() == DATA
    row = ArtifactUpload.objects.get()
    assert (row.team, row.actor, row.artifact.bytes) == (author.team, author.user.actor, len(DATA))
    entry = AuditEntry.objects.get(action="store_artifact")
    assert (entry.actor, entry.object, entry.after) == (author.user.actor, DIGEST, {"bytes": len(DATA)})


def test_the_same_value_twice_is_one(author: Person, outsider: Person) -> None:
    for _ in range(2):
        upload(author.client)
    upload(outsider.client, "elsewhere")
    assert Artifact.objects.count() == 1
    assert ArtifactUpload.objects.count() == 2


def test_a_run_is_started_with_it(author: Person, graph: Graph) -> None:
    upload(author.client)
    done = author.do(
        "startRun",
        "run { inputs }",
        graph=gid(graph),
        document=picture_graph(graph),
        inputs={"picture": {"artifact": DIGEST}},
    )
    assert done["run"]["inputs"]["picture"]["artifact"] == DIGEST


def test_a_digest_alone_opens_nothing(author: Person, outsider: Person, graph: Graph) -> None:
    upload(outsider.client, "elsewhere")
    done = author.do(
        "startRun", graph=gid(graph), document=picture_graph(graph), inputs={"picture": {"artifact": DIGEST}}
    )
    assert (done["__typename"], done["problems"][0]["code"]) == ("Invalid", "no_such_artifact")


def test_more_than_is_taken_is_refused(author: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.api.rest.artifacts.MAX_UPLOAD_BYTES", 3)
    assert upload(author.client).status_code == 413
    assert not Artifact.objects.exists()


def test_nobody_stores_nothing(team: object) -> None:
    assert upload(Client()).status_code == 401


def test_who_may_start_no_run_may_not(watcher: Person, reviewer: Person) -> None:
    for person in (watcher, reviewer):
        assert upload(person.client).status_code == 403
    assert not Artifact.objects.exists()


@pytest.mark.parametrize("slug", ["text", "nowhere", ""])
def test_the_outsider_may_not(author: Person, outsider: Person, slug: str) -> None:
    assert upload(outsider.client, slug).status_code == 404
    assert not Artifact.objects.exists()


def arrow(**columns: list[Any]) -> bytes:
    table = pyarrow.table(columns)
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_file(sink, table.schema) as file:
        file.write_table(table)
    return bytes(sink.getvalue())


@pytest.mark.parametrize(
    ("data", "rows", "refused"),
    [
        (arrow(a=[1, 2, 3]), 3, ""),
        (arrow(b=[1]), None, "its columns are b"),
        (arrow(a=["x"]), None, "column a is string"),
        (arrow(a=[1, None]), None, "column a holds 1 nulls"),
        (b"no table", None, "no readable Arrow file"),
    ],
)
def test_a_table_must_have_the_columns_of_its_input(
    author: Person, graph: Graph, data: bytes, rows: int | None, refused: str
) -> None:
    artifact = upload(author.client, data=data).json()["artifact"]
    document = picture_graph(graph)
    document["nodes"]["in"]["port"] = {"media": "table", "columns": [{"name": "a", "type": "int64"}]}
    inputs = {"picture": {"artifact": artifact}}
    done = author.do("startRun", "run { inputs }", graph=gid(graph), document=document, inputs=inputs)
    if rows is not None:
        assert done["run"]["inputs"]["picture"]["rows"] == rows
    else:
        (problem,) = done["problems"]
        assert (problem["code"], problem["path"]) == ("table_refused", "/inputs/picture")
        assert refused in problem["message"]


def test_a_table_that_fits_is_read_once_for_all_previews_of_a_start(author: Person, graph: Graph) -> None:
    artifact = upload(author.client, data=arrow(a=[4, 5])).json()["artifact"]
    document = picture_graph(graph)
    document["nodes"]["in"]["port"] = {"media": "table", "columns": [{"name": "a", "type": "int64"}]}
    order = {"graph": gid(graph), "document": document, "inputs": {"picture": {"artifact": artifact}}}
    assert previewed(author, order)["problems"] == []

    artifact_store().delete(artifact)
    assert previewed(author, order)["problems"] == []

    document["nodes"]["in"]["port"]["columns"][0]["name"] = "b"
    artifact_store().put(arrow(a=[4, 5]))
    assert previewed(author, order)["problems"][0]["code"] == "table_refused"


def previewed(person: Person, order: dict[str, Any]) -> Any:
    asked = "query($input: StartRunInput!) { previewRun(input: $input) { problems { code } } }"
    return person.ask(asked, input=order)["data"]["previewRun"]
