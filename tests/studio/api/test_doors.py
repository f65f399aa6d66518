"""Every REST door: who is turned away, and with which problem. A door without a line here fails."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern

from contracts.problems import Problem
from studio import urls
from studio.api.rest.refusing import TITLES, problem_page, refusal_of
from studio.catalog.models import StoredBundle
from studio.graphs.actions.save_revision import save_revision
from studio.refusals import Limited, conflict
from studio.runs.models import Artifact
from tests.modules_catalog.hostile import nothing_happens
from tests.modules_catalog.test_hostile_bundles import HOSTILE
from tests.studio.api.world import new_run
from tests.studio.cast import Person, bearer

ZIP, JSON = "application/zip", "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """`watcher` and `outsider`: the statuses that a member who may only look and an outsider get."""

    method: str
    path: str
    content_type: str = ""
    limit: str = ""
    watcher: int
    outsider: int


DOORS: Final = {
    "bundles": Door(
        method="POST",
        path="/bundles",
        content_type=ZIP,
        limit="studio.api.rest.bundles.MAX_BUNDLE_BYTES",
        watcher=403,
        outsider=400,
    ),
    "modules/<slug:team>/<slug:name>/<str:version>/bundle": Door(
        method="GET", path="/modules/text/word-count/1.2.0/bundle", watcher=200, outsider=404
    ),
    "graphs": Door(
        method="POST",
        path="/graphs?team=text",
        content_type=JSON,
        limit="studio.api.rest.graphs.MAX_BYTES",
        watcher=403,
        outsider=404,
    ),
    "graphs/<str:graph>/revisions/<int:number>": Door(
        method="GET", path="/graphs/{graph}/revisions/1", watcher=200, outsider=404
    ),
    "artifacts": Door(
        method="POST",
        path="/artifacts?team=text",
        limit="studio.api.rest.artifacts.MAX_UPLOAD_BYTES",
        watcher=403,
        outsider=404,
    ),
    # A run that names no such artifact: there is none, whoever asks.
    "runs/<uuid:run>/artifacts/<str:digest>": Door(
        method="GET", path="/runs/{run}/artifacts/sha256:" + "0" * 64, watcher=404, outsider=404
    ),
    "runs/<uuid:run>/artifacts/<str:digest>/rows": Door(
        method="GET", path="/runs/{run}/artifacts/sha256:" + "0" * 64 + "/rows", watcher=404, outsider=404
    ),
    "tickets": Door(method="POST", path="/tickets", watcher=201, outsider=201),
}


def patterns() -> Iterator[str]:
    for pattern in urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        callback = pattern.callback
        is_rest = callback.__module__.startswith("studio.api.rest") and callback is not problem_page
        if is_rest or callback is urls.graphs_door:
            yield str(pattern.pattern)


def test_every_door_has_a_line() -> None:
    assert set(patterns()) == DOORS.keys()


@pytest.fixture
def paths(author: Person, counting: Any) -> dict[str, str]:
    save_revision(author.viewer, counting.pk, message="First")
    given = {"graph": str(counting.pk), "run": str(new_run(author).pk)}
    return {name: door.path.format(**given) for name, door in DOORS.items()}


def send(client: Client, door: Door, path: str, **changes: Any) -> Any:
    if door.method == "GET":
        return client.get(path)
    given = {"content_type": door.content_type or "application/octet-stream", "data": b"{}", **changes}
    return client.post(path, **given)


def status_of(response: Any) -> int:
    """The status; a refusal must be problem+json with a page, an id and no insides."""
    status: int = response.status_code
    if status >= 400:
        body = response.json()
        assert response.headers["Content-Type"] == "application/problem+json"
        assert body["status"] == status
        assert body["type"].rpartition("/")[2] in TITLES
        assert body["instance"].startswith("urn:uuid:")
    return status


@pytest.mark.parametrize("name", DOORS)
def test_who_may_enter(paths: dict[str, str], watcher: Person, outsider: Person, name: str) -> None:
    door = DOORS[name]
    assert status_of(send(Client(), door, paths[name])) == 401
    assert status_of(send(bearer("lam_x_y"), door, paths[name])) == 401
    assert status_of(send(watcher.client, door, paths[name])) == door.watcher
    assert status_of(send(bearer(watcher, "admin"), door, paths[name])) == door.watcher
    assert status_of(send(outsider.client, door, paths[name])) == door.outsider


@pytest.mark.parametrize("name", [name for name, door in DOORS.items() if door.method == "POST"])
def test_another_site_sends_nothing(paths: dict[str, str], author: Person, name: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(author.user)
    assert status_of(send(client, DOORS[name], paths[name])) == 403


@pytest.mark.parametrize("name", DOORS)
def test_another_method_is_refused(paths: dict[str, str], author: Person, name: str) -> None:
    response = author.client.delete(paths[name])
    # The address of graphs is also a page of the front end, for every method but POST.
    if name != "graphs":
        assert status_of(response) == 405
        assert response.headers["Allow"] == DOORS[name].method


@pytest.mark.parametrize("name", [name for name, door in DOORS.items() if door.content_type])
@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", "application/xml", ""])
def test_another_content_type_is_refused(paths: dict[str, str], author: Person, name: str, kind: str) -> None:
    assert status_of(send(author.client, DOORS[name], paths[name], content_type=kind)) == 415


@pytest.mark.parametrize("name", [name for name, door in DOORS.items() if door.limit])
def test_more_than_is_taken_is_refused(
    paths: dict[str, str], author: Person, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DOORS[name].limit, 1 << 20)
    before = (StoredBundle.objects.count(), Artifact.objects.count())
    assert status_of(send(author.client, DOORS[name], paths[name], data=bytes((1 << 20) + 1))) == 413
    assert (StoredBundle.objects.count(), Artifact.objects.count()) == before


@pytest.mark.parametrize("name", [name for name, (data, _) in HOSTILE.items() if data])
def test_a_hostile_bundle_is_refused_at_the_door(author: Person, name: str) -> None:
    client = author.client
    client.post("/bundles", b"no zip", content_type=ZIP)  # what a first request imports is no finding
    with nothing_happens():
        response = client.post("/bundles", HOSTILE[name][0], content_type=ZIP)
    assert status_of(response) in (400, 413)
    assert not StoredBundle.objects.exists()


def refusal(error: Exception) -> HttpResponse:
    request: HttpRequest = RequestFactory().get("/")
    return refusal_of(request, error)


def test_a_conflict_is_409() -> None:
    response = refusal(conflict("moved_on", "It moved on.", current="2"))
    assert response.status_code == 409
    assert b"moved_on" in response.content


def test_too_much_at_once_is_429_and_says_when() -> None:
    response = refusal(Limited([Problem(code="busy", path="", message="Wait.")], retry_after_seconds=7))
    assert (response.status_code, response.headers["Retry-After"]) == (429, "7")
