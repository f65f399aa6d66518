"""Runs on the real database, with an engine in its own thread."""

import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from executors.artifacts import FolderArtifacts
from studio.graphs.models import Graph
from studio.runs.actions.start_run import start_run
from studio.runs.admission import Admission, admit_run, envelopes_of
from studio.runs.engine_thread import EngineParts, EngineThread
from studio.runs.models import Run
from studio.teams.models import Team
from tests.studio.cast import Person
from tests.studio.runs.asking import asking_graph
from tests.support.engine import doubling
from tests.support.plans import PlanMaker
from tests.support.ports import LocalPort

# SQLite has no roles, and no server: what is tested of them is collected where the database is PostgreSQL.
collect_ignore = [] if connection.vendor == "postgresql" else ["test_grants.py", "test_lost_connections.py"]


class Studio:
    """A team, an engine, and what a test does with runs."""

    def __init__(self, folder) -> None:
        self.artifacts = FolderArtifacts(folder / "artifacts")
        self.team = Team.objects.create(slug="demo", title="Demo")
        self.engine: EngineThread | None = None

    def start(self, maker: PlanMaker, port=None, **parts) -> EngineThread:
        port = port or LocalPort({}, doubling)
        self.engine = EngineThread(
            EngineParts(
                make_port=lambda: port,
                close_port=lambda _: None,
                artifacts=self.artifacts,
                read_contract=maker.read_contract,
                rung=0,
                is_alone=True,
                **parts,
            )
        )
        self.engine.start()
        return self.engine

    def stop(self) -> None:
        if self.engine is not None:
            self.engine.stop()
            self.engine = None

    def admit(self, maker: PlanMaker, inputs=None, **fields) -> Run:
        admission = Admission(
            team=self.team,
            plan=maker.plan(),
            title="Test",
            actor="system:test",
            actor_name="Test",
            inputs=envelopes_of(inputs or {}, self.artifacts),
            **fields,
        )
        return admit_run(admission)[0]

    def wait(self, run: Run, until: Callable[[Run], bool] = lambda run: run.is_finished, seconds=15.0) -> Run:
        deadline = time.monotonic() + seconds
        while True:
            run.refresh_from_db()
            if until(run):
                return run
            assert time.monotonic() < deadline, f"{run.status} {list(run.events.values_list('type', 'data'))}"
            time.sleep(0.005)


@pytest.fixture
def studio(transactional_db, tmp_path) -> Iterator[Studio]:
    studio = Studio(tmp_path)
    yield studio
    studio.stop()


@pytest.fixture
def asking(author: Person) -> Graph:
    """A graph that asks for a decision and a signal."""
    return asking_graph(author)


@pytest.fixture
def asked(author: Person, asking: Graph) -> Run:
    """A run of that graph, started by the author; no engine is running."""
    return start_run(author.viewer, graph=asking.pk, inputs={"n": 1})


def is_waiting(run: Run) -> bool:
    return run.status == "waiting"
