"""`manage.py doctor`: what this machine and installation have, and what to do about what they lack."""

import asyncio
import shutil
import socket
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection

from executors.artifacts import FolderArtifacts
from executors.execution import Execution
from executors.sandbox.ladder import Rung
from executors.trial import MemoryBundles
from executors.trust import TrustPolicy
from studio.deployment import Deployment, deployment
from studio.sqlite.checkpoints import SAFE_VERSION, has_wal_reset_bug
from studio.version import VERSION

LOW_DISK_BYTES = 1 << 30
REACH_SECONDS = 3.0
PORTS = {"redis": 6379, "rediss": 6379, "amqp": 5672, "amqps": 5671, "postgres": 5432, "postgresql": 5432}
MARKS = {"ok": "✓", "note": "!", "wrong": "✗"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`advice` says what to do, where there is something to do."""

    level: Literal["ok", "note", "wrong"]
    subject: str
    text: str
    advice: str = ""


class Command(BaseCommand):
    help = "Check sandbox, database, broker and disk. Exits 1 where something is wrong."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        place = deployment()
        self.stdout.write(f"Lamina {VERSION}, {place.mode}, data in {place.data}")
        findings = list(examine(place))
        for finding in findings:
            self.stdout.write(f"{MARKS[finding.level]} {finding.subject:10} {finding.text}")
            if finding.advice:
                self.stdout.write(f"  {'':10} → {finding.advice}")
        if any(finding.level == "wrong" for finding in findings):
            raise SystemExit(1)


def examine(place: Deployment) -> Iterator[Finding]:
    yield from _sandbox()
    yield _database()
    for name, url in (("redis", place.redis_url), ("broker", place.broker_url)):
        if url:
            yield _reachable(name, url)
    yield _disk(place.data)


def _sandbox() -> Iterator[Finding]:
    rung = asyncio.run(_rung())
    level: Literal["ok", "note"] = "ok" if rung.number >= 2 else "note"
    text = f"rung {rung.number}: {rung.name}"
    yield Finding(level=level, subject="sandbox", text=text, advice=rung.how_to_improve)
    bubblewrap = shutil.which("bwrap")
    if bubblewrap is None and rung.number < 3:
        advice = "Install bubblewrap (apt install bubblewrap) where user namespaces are restricted."
        yield Finding(level="note", subject="bubblewrap", text="not found", advice=advice)


async def _rung() -> Rung:
    """Tried with real sandboxes, as the engine does when it starts."""
    with tempfile.TemporaryDirectory(prefix="lamina-doctor-") as folder:
        execution = Execution(
            bundles=MemoryBundles(),
            artifacts=FolderArtifacts(Path(folder) / "artifacts"),
            policy=TrustPolicy(trust_of=lambda _: "unreviewed"),
            folder=Path(folder) / "sandbox",
        )
        try:
            return await execution.rung()
        finally:
            await execution.close()


def _database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Finding(
            level="wrong", subject="database", text=str(error).strip(), advice="Check LAMINA_DATABASE."
        )
    if connection.vendor != "sqlite":
        return Finding(level="ok", subject="database", text=f"{connection.vendor} answers")
    text = f"SQLite {sqlite3.sqlite_version}"
    if has_wal_reset_bug():
        safe = ".".join(map(str, SAFE_VERSION))
        advice = (
            f"Versions below {safe} need one writing process at a time. Lamina sees to that; so must you."
        )
        return Finding(level="note", subject="database", text=text, advice=advice)
    return Finding(level="ok", subject="database", text=text)


def _reachable(name: str, url: str) -> Finding:
    parts = urlsplit(url)
    host, port = parts.hostname or "localhost", parts.port or PORTS.get(parts.scheme, 0)
    try:
        socket.create_connection((host, port), REACH_SECONDS).close()
    except OSError as error:
        advice = f"Start it, or correct LAMINA_{name.upper()}."
        text = f"{host}:{port} does not answer: {error.strerror or error}"
        return Finding(level="wrong", subject=name, text=text, advice=advice)
    return Finding(level="ok", subject=name, text=f"{host}:{port} answers")


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    text = f"{free / (1 << 30):.1f} GiB free"
    if free < LOW_DISK_BYTES:
        advice = "Make room, or move LAMINA_DATA: runs fail when their values cannot be written."
        return Finding(level="wrong", subject="disk", text=text, advice=advice)
    return Finding(level="ok", subject="disk", text=text)
