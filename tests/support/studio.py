"""The engine of the installation, started for a test: real sandbox, real journal."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from studio.deployment import deployment
from studio.runs.engine_thread import EngineThread
from studio.runs.models import Run
from studio.runs.parts import engine_parts


@contextmanager
def running_engine(**settings: Any) -> Iterator[None]:
    """`settings` replace those of the deployment."""
    engine = EngineThread(engine_parts(replace(deployment(), **settings), is_alone=True))
    engine.start()
    try:
        yield
    finally:
        engine.stop()


def settled(run: Run, until: Callable[[Run], bool] = lambda run: run.is_finished, seconds: float = 20) -> Run:
    """The run once `until` holds."""
    deadline = time.monotonic() + seconds
    while True:
        run.refresh_from_db()
        if until(run):
            return run
        assert time.monotonic() < deadline, f"{run.status} {list(run.events.values_list('type', 'data'))}"
        time.sleep(0.01)
