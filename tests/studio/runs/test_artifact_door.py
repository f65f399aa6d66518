"""Values out by digest: `GET /runs/{run}/artifacts/{digest}`."""

import hashlib
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient, Client

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
