"""The one-process server, started as often as it is killed: `python -m tests.faults.embedded`, by LAMINA_DATA.

Owns:      a process that has everything loaded and forks servers: "busy" forks one that keeps on admitting runs,
           "last" one that only carries out what there is.
Promises:  a server is what `manage.py up` serves, with its lock, checkpoints, engine, sandbox and pages.
Never:     opens the database before it forks.
"""

import os
import sys
import threading
import time
from typing import Any, Final

import django

AT_ONCE: Final = 6
WORDS: Final = 20
TEXT: Final = {"media": "json", "schema": {"type": "string"}}
GRAPH: Final[dict[str, Any]] = {
    "format": "lamina/graph@1",
    "title": "Killed",
    "nodes": {
        "text": {"kind": "input", "name": "text", "port": TEXT},
        "split": {
            "kind": "module",
            "module": "lamina/split-text",
            "pin": "^1.0.0",
            "config": {"by": "words"},
        },
        "each": {
            "kind": "module",
            "module": "lamina/word-count",
            "pin": "^1.0.0",
            "map": {"over": "text", "concurrency": 4},
        },
        "pause": {"kind": "wait", "seconds": 0.4},
        "apart": {
            "kind": "module",
            "module": "lamina/word-count",
            "pin": "^1.0.0",
            "placement": {"strategy": "process"},
        },
        "totals": {"kind": "output", "name": "totals"},
        "total": {"kind": "output", "name": "total"},
    },
    "edges": {
        "text:value>split:text": {},
        "split:parts>each:text": {},
        "each:total>totals:value": {},
        "text:value>pause:value": {},
        "pause:value>apart:text": {},
        "apart:total>total:value": {},
    },
}


def words_of(number: int) -> int:
    """How many words the text of a run has."""
    return WORDS + number % 7


def tell(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def main() -> None:
    django.setup()
    # Loaded before the fork, so that a restart costs what the server does and not the interpreter.
    import studio.asgi  # noqa: F401
    from studio.web import server  # noqa: F401

    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            serve(is_last=line.strip() == "last")
            os._exit(0)
        tell(f"forked {process}")
        os.waitpid(process, 0)
        tell("over")


def serve(*, is_last: bool) -> None:
    from studio.deployment import deployment
    from studio.sqlite.writing import own_folder
    from studio.web.listener import bind_port
    from studio.web.server import serve as serve_all

    place = deployment()
    steer = threading.Thread(target=finish if is_last else admit, daemon=True)

    def ready() -> None:
        tell("ready")
        steer.start()

    with own_folder(place.data, str(os.getpid())):
        serve_all(place, bind_port(place.host, place.port), ready=ready)


def admit() -> None:
    """Keep some runs under way, for ever. A run has the number of runs before it for its key."""
    from studio.runs.actions.start_run import start_run
    from studio.runs.models import Run
    from studio.teams.models import User
    from studio.teams.viewer import viewer_for

    viewer, graph = viewer_for(User.objects.get()), _graph()
    while True:
        if _unfinished() < AT_ONCE:
            number = Run.objects.count()
            text = " ".join(f"w{place}" for place in range(words_of(number)))
            start_run(viewer, graph=graph, inputs={"text": text}, idempotency_key=str(number))
        time.sleep(0.02)


def _graph() -> Any:
    from studio.graphs.actions.create_graph import create_graph
    from studio.graphs.models import Graph
    from studio.teams.models import User
    from studio.teams.viewer import viewer_for

    known = Graph.objects.first()
    if known is None:
        viewer = viewer_for(User.objects.get())
        known = create_graph(viewer, team="home", title="Killed", document=GRAPH).graph
    return known.pk


def finish() -> None:
    """What did not get on through five lives is out of the way: an operator lets it go on."""
    from studio.runs.actions.continue_run import continue_run
    from studio.runs.models import Run
    from studio.teams.models import User
    from studio.teams.viewer import viewer_for

    viewer = viewer_for(User.objects.get())
    while Run.objects.filter(status="quarantined").exists() or _unfinished():
        for run in Run.objects.filter(status="quarantined", owner=None):
            continue_run(viewer, run=run.pk)
        time.sleep(0.1)
    tell("settled")


def _unfinished() -> int:
    from contracts.events import TERMINAL_STATUSES
    from studio.runs.models import Run

    return Run.objects.exclude(status__in=(*TERMINAL_STATUSES, "quarantined")).count()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    main()
