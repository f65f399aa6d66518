"""What tests ask of a cluster, answered in a process of that installation: one JSON line for each."""

import json
import os
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
django.setup()

from studio.catalog.actions.publish_version import publish_version  # noqa: E402 - apps are loaded now
from studio.catalog.actions.store_bundle import store_bundle  # noqa: E402
from studio.celery import app, call_worker, declare_queues, queue_name  # noqa: E402
from studio.graphs.actions.create_graph import create_graph  # noqa: E402
from studio.graphs.models import Graph  # noqa: E402
from studio.runs.actions.cancel_run import cancel_run  # noqa: E402
from studio.runs.actions.start_run import start_run  # noqa: E402
from studio.runs.models import RemoteBatch, Run  # noqa: E402
from studio.teams.models import User  # noqa: E402
from studio.teams.viewer import Viewer, viewer_for  # noqa: E402
from tests.support.sleeper import sleeper, sleeping_graph  # noqa: E402


def owner() -> Viewer:
    return viewer_for(User.objects.get(email="owner@lamina.local"))


def start(title: str, queue: str = "") -> str:
    """Start a run of a graph; with `queue` all of its modules are placed there."""
    graph = Graph.objects.get(title=title)
    document = None
    if queue:
        document = graph.draft.document
        for node in document["nodes"].values():
            if node["kind"] in ("module", "graph"):
                node["placement"] = {"queue": queue}
    return str(start_run(owner(), graph=graph.pk, document=document, inputs={}).pk)


def add_sleeper(effect: str, seconds: float) -> str:
    """Publish a module that sleeps and notes its calls in a file; returns the title of a graph with it."""
    digest = store_bundle(owner(), sleeper(effect, seconds)).candidate.bundle.digest
    publish_version(owner(), digest=digest)
    document = sleeping_graph(effect, digest)
    create_graph(owner(), team="demo", title=document["title"], document=document)
    return str(document["title"])


def run(id: str) -> dict[str, Any]:
    found = Run.objects.get(pk=id)
    events = found.events.order_by("seq")
    return {
        "status": found.status,
        "outputs": found.outputs,
        "error": found.error,
        "attempts": [e.as_document()["data"].get("attempt", 1) for e in events if "completed" in e.type],
        "types": [event.type for event in events],
        "calls": found.log_lines.filter(message="called").count(),
    }


def cancel(id: str) -> None:
    cancel_run(owner(), run=UUID(id))


def purge(queue: str) -> int:
    """Lose every message that lies in a queue; returns how many there were."""
    declare_queues()
    with app.connection_for_write() as connection:
        return int(connection.default_channel.queue_purge(queue_name(queue)) or 0)


def batches() -> list[dict[str, Any]]:
    return [
        {"id": str(row.pk), "state": row.state, "worker": row.worker, "claims": row.claims}
        for row in RemoteBatch.objects.order_by("pk")
    ]


def ring(queue: str, count: int) -> int:
    """Call workers for every batch, `count` times."""
    for row in RemoteBatch.objects.all():
        for _ in range(count):
            call_worker(queue, row.pk)
    return RemoteBatch.objects.count()


def main() -> None:
    answers = {f.__name__: f for f in (start, add_sleeper, run, cancel, purge, batches, ring)}
    for line in sys.stdin:
        what, given = json.loads(line)
        print(json.dumps(answers[what](**given)), flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent.parent))
    main()
