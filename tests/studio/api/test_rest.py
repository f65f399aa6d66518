"""The doors that carry files: bundles and exports."""

import json

import pytest
from django.test import Client

from modules_catalog.bundle import read_bundle
from studio.api.rest.refusing import EXPLAINED, TITLES
from studio.graphs.actions.save_revision import save_revision
from studio.graphs.models import Graph, Revision
from tests.studio.cast import counting_graph, gid, word_count

ZIP = "application/zip"


def upload(client, data, content_type=ZIP):
    return client.post("/bundles", data, content_type=content_type)


def problem(response, status, slug):
    body = response.json()
    assert response.status_code == status == body["status"]
    assert response.headers["Content-Type"] == "application/problem+json"
    assert body["type"] == f"http://testserver/problems/{slug}"
    assert body["instance"].startswith("urn:uuid:")
    return body


def test_a_bundle_goes_in_and_its_version_comes_out(author):
    first = upload(author.client, word_count())
    bundle = read_bundle(word_count())
    assert first.status_code == 201
    assert first.json()["bundle"] == bundle.digest
    assert (first.json()["name"], first.json()["version"]) == ("text/word-count", "1.2.0")
    assert upload(author.client, word_count()).status_code == 200
    author.do("publishVersion", digest=bundle.digest)
    answer = author.client.get("/modules/text/word-count/1.2.0/bundle")
    assert read_bundle(answer.content).digest == bundle.digest
    again = author.client.get(
        "/modules/text/word-count/1.2.0/bundle", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_a_bad_bundle_is_answered_with_files_and_places(author):
    contract = json.dumps({"format": "lamina/contract@1", "ports": {"in": {}, "out": {}}, "colour": 1})
    body = problem(
        upload(author.client, word_count(contract__json=contract, README__md=None)), 400, "bundle_invalid"
    )
    paths = {entry["path"].partition("#")[0] for entry in body["problems"]}
    assert {"contract.json", "README.md"} <= paths
    assert body["title"] == "The bundle cannot be published"


@pytest.mark.parametrize("data", [b" ", b"no zip", b"PK\x03\x04" + b"\0" * 40])
def test_what_is_no_zip_is_a_bad_request(author, data):
    problem(upload(author.client, data), 400, "bundle_invalid")


def test_other_content_types_and_sizes_are_refused(author, monkeypatch):
    problem(upload(author.client, word_count(), "application/json"), 415, "media_type")
    monkeypatch.setattr("studio.api.rest.bundles.MAX_BUNDLE_BYTES", 100)
    problem(upload(author.client, word_count()), 413, "too_large")


def test_who_is_not_signed_in_is_told_so(db):
    response = upload(Client(), word_count())
    problem(response, 401, "unauthenticated")
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_session_needs_a_csrf_token(author):
    client = Client(enforce_csrf_checks=True)
    client.force_login(author.user)
    problem(upload(client, word_count()), 403, "csrf")


def test_a_watcher_may_not_upload(watcher):
    problem(upload(watcher.client, word_count()), 403, "forbidden")


def test_the_outsider_does_not_get_a_bundle(outsider, draft):
    problem(outsider.client.get("/modules/text/word-count/1.2.0/bundle"), 404, "not_found")


def test_another_method_is_named(author):
    response = author.client.get("/bundles")
    problem(response, 405, "method")
    assert response.headers["Allow"] == "POST"


def export_of(person, graph, number=1) -> bytes:
    response = person.client.get(f"/graphs/{gid(graph)}/revisions/{number}")
    assert response.status_code == 200
    return response.content


def test_an_export_comes_back_byte_for_byte(author, counting):
    save_revision(author.viewer, counting.pk, message="First")
    exported = export_of(author, counting)
    answer = author.client.post("/graphs?team=text", exported, content_type="application/json")
    assert answer.status_code == 201
    assert answer.json()["problems"] == []
    imported = Graph.objects.exclude(pk=counting.pk).get()
    assert answer.json()["graph"] == gid(imported)
    assert export_of(author, imported) == exported
    assert author.client.get(f"/graphs/{imported.pk}/revisions/1").content == exported


def test_a_missing_module_is_kept_as_a_placeholder_with_its_lock(author, outsider, counting):
    save_revision(author.viewer, counting.pk, message="First")
    exported = export_of(author, counting)
    answer = outsider.client.post("/graphs?team=elsewhere", exported, content_type="application/json").json()
    assert [entry["path"] for entry in answer["problems"]] == ["/nodes/count/module"]
    revision = Revision.objects.get(graph__team=outsider.team)
    assert revision.lock is not None
    assert export_of(outsider, revision.graph) == exported


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (7, "/format"),
        ({"format": "lamina/export@2"}, "/format"),
        ({"format": "lamina/export@1", "graph": {}}, "/graph"),
        ({"format": "lamina/export@1", "graph": counting_graph(), "lock": {}}, "/lock"),
        ({"format": "lamina/export@1", "graph": counting_graph(), "colour": 1}, "/colour"),
    ],
)
def test_what_is_no_export_is_refused_with_its_place(author, document, path):
    response = author.client.post("/graphs?team=text", json.dumps(document), content_type="application/json")
    assert problem(response, 400, "invalid")["problems"][0]["path"].startswith(path)
    assert not Graph.objects.exists()


def test_a_lock_of_another_graph_is_refused(author, counting):
    save_revision(author.viewer, counting.pk, message="First")
    export = json.loads(export_of(author, counting))
    export["graph"]["title"] = "Other"
    response = author.client.post("/graphs?team=text", json.dumps(export), content_type="application/json")
    assert problem(response, 400, "invalid")["problems"][0]["path"] == "/lock/graph"


def test_who_may_not_neither_imports_nor_exports(watcher, author, outsider, counting):
    save_revision(author.viewer, counting.pk, message="First")
    exported = export_of(author, counting)
    json_type = "application/json"
    problem(watcher.client.post("/graphs?team=text", exported, content_type=json_type), 403, "forbidden")
    problem(outsider.client.post("/graphs?team=text", exported, content_type=json_type), 404, "not_found")
    problem(outsider.client.get(f"/graphs/{gid(counting)}/revisions/1"), 404, "not_found")
    problem(author.client.get(f"/graphs/{gid(counting)}/revisions/2"), 404, "not_found")
    problem(author.client.get("/graphs/nonsense/revisions/1"), 404, "not_found")
    problem(author.client.post("/graphs", exported, content_type=json_type), 400, "invalid")


def test_every_type_of_problem_has_a_page(client):
    assert TITLES.keys() == EXPLAINED.keys()
    for slug in TITLES:
        assert "<h1>" in client.get(f"/problems/{slug}").content.decode()


def test_a_failure_is_masked(author, monkeypatch, caplog):
    def explode(*_):
        raise RuntimeError("hunter2")

    monkeypatch.setattr("studio.api.rest.bundles.store_bundle", explode)
    body = problem(upload(author.client, b" "), 500, "internal")
    assert "hunter2" not in json.dumps(body)
    assert body["instance"].removeprefix("urn:uuid:") in caplog.text
