"""Values out by digest: `GET /runs/{run}/artifacts/{digest}`."""

import hashlib
import math
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient, Client

from contracts.module import Column
from modules_catalog import arrow_pages
from modules_catalog.arrow_rows import write_arrow
from studio.runs.artifacts import artifact_store
from studio.runs.models import ArtifactUse
from tests.studio.cast import Person
from tests.studio.runs.asking import asking_graph, started

DATA = b"0123456789"
DIGEST = "sha256:" + hashlib.sha256(DATA).hexdigest()


def put(client: Client, team: str = "text", data: bytes = DATA) -> Any:
    return client.post(f"/artifacts?team={team}", data, content_type="application/octet-stream")


async def _got(person: Person, run: str, digest: str = DIGEST, **headers: str) -> Any:
    client = AsyncClient()
    await client.aforce_login(person.user)
    return await client.get(f"/runs/{run}/artifacts/{digest}", headers=headers)


async def _body(answer: Any) -> bytes:
    return b"".join([chunk async for chunk in answer.streaming_content])


async def test_only_a_run_that_names_it_opens_a_value(
    transactional_db: None, author: Person, outsider: Person
) -> None:
    def prepared() -> str:
        run = started(author, asking_graph(author))
        put(author.client)
        return str(run.pk)

    run = await sync_to_async(prepared)()
    assert (await _got(author, run)).status_code == 404
    await sync_to_async(ArtifactUse.objects.create)(artifact_id=DIGEST, run_id=run)
    whole = await _got(author, run)
    assert (whole.status_code, await _body(whole)) == (200, DATA)
    assert whole.headers["Content-Type"] == "application/octet-stream"
    assert whole.headers["Content-Disposition"].startswith("attachment")
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    part = await _got(author, run, range="bytes=2-4")
    assert (part.status_code, part.headers["Content-Range"], await _body(part)) == (
        206,
        "bytes 2-4/10",
        b"234",
    )
    tail = await _got(author, run, range="bytes=-3")
    assert await _body(tail) == b"789"
    assert (await _got(author, run, range="bytes=10-")).status_code == 416
    assert (await _got(author, run, **{"if-none-match": f'"{DIGEST}"'})).status_code == 304
    assert (await _got(author, run, "sha256:zz")).status_code == 404
    assert (await _got(outsider, run)).status_code == 404
    await sync_to_async(artifact_store().delete)(DIGEST)
    assert (await _got(author, run)).status_code == 410
    await sync_to_async(connections.close_all)()


def _table(person: Person) -> tuple[str, str]:
    """A run that names a table of three rows."""
    run = started(person, asking_graph(person))
    columns = [Column(name="name", type="utf8", nullable=True), Column(name="sum", type="float64")]
    rows = [{"name": "a" * 600, "sum": 1}, {"name": None, "sum": 2.5}, {"name": "c", "sum": math.nan}]
    data = write_arrow(columns, rows)
    put(person.client, data=data)
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    ArtifactUse.objects.create(artifact_id=digest, run_id=run.pk)
    return str(run.pk), digest


def test_a_table_is_read_by_the_page(author: Person, outsider: Person) -> None:
    run, digest = _table(author)
    address = f"/runs/{run}/artifacts/{digest}/rows"
    whole = author.client.get(address).json()
    assert whole["columns"] == [{"name": "name", "type": "string"}, {"name": "sum", "type": "double"}]
    assert (whole["total"], whole["offset"]) == (3, 0)
    assert whole["rows"][0] == ["a" * 499 + "…", 1.0]
    assert whole["rows"][1:] == [[None, 2.5], ["c", None]]
    page = author.client.get(address + "?offset=1&first=1").json()
    assert (page["rows"], page["total"], page["offset"]) == ([[None, 2.5]], 3, 1)
    assert author.client.get(address + "?offset=9").json()["rows"] == []
    assert author.client.get(address + "?first=-1").status_code == 400
    assert outsider.client.get(address).status_code == 404


def test_a_table_that_would_fill_the_memory_is_refused(
    author: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, digest = _table(author)
    monkeypatch.setattr(arrow_pages, "MAX_BATCH_BYTES", 100)
    answer = author.client.get(f"/runs/{run}/artifacts/{digest}/rows")
    assert answer.status_code == 422
    assert "smaller record batches" in answer.json()["detail"]


def test_a_value_that_is_no_table_has_no_rows(author: Person) -> None:
    run = started(author, asking_graph(author))
    put(author.client)
    ArtifactUse.objects.create(artifact_id=DIGEST, run_id=run.pk)
    answer = author.client.get(f"/runs/{run.pk}/artifacts/{DIGEST}/rows")
    assert (answer.status_code, answer.json()["detail"]) == (400, "This value is no table.")
