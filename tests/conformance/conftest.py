"""The journals that must behave alike, each with the same small set of levers."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from executors.journal import ClaimedRun, Process
from executors.memory_journal import MemoryJournal
from studio.ids import uuid7
from tests.executors.engine.test_a_graph import chain

LEASE = 30.0


def now() -> int:
    return time.time_ns() // 1_000_000


class MemoryWorld:
    """A journal in memory."""

    def __init__(self) -> None:
        self.journal = MemoryJournal(now)

    def admit(
        self,
        *,
        team: str = "a",
        priority: int = 0,
        resumed_from: str | None = None,
        group: tuple[str, int] | None = None,
    ) -> str:
        run = str(uuid7())
        self.journal.admit(
            ClaimedRun(
                run=run,
                epoch=0,
                last_seq=0,
                streak=0,
                status="queued",
                plan="sha256:" + "0" * 64,
                plan_text="{}",
                inputs="{}",
                parameters={},
                options="{}",
                environment="test",
                actor="system:test",
                admitted_at=now(),
                resumed_from=resumed_from,
            ),
            team=team,
            priority=priority,
            group=group,
        )
        return run

    def tell(self, run: str, kind: str = "cancel") -> None:
        self.journal.tell(run, kind)

    def kill(self, process: str) -> None:
        self.journal.leases[process] = now()

    def schedule(self, run: str, node: str) -> None:
        from executors.journal import InvocationRow

        row = InvocationRow(
            run=run, node=node, index=(), state="scheduled", attempt=1, token=None, result=None
        )
        self.journal.runs[run].invocations[node, ()] = row

    def row(self, run: str) -> dict:
        found = self.journal.runs[run]
        return {
            "status": found.standing.status,
            "last_seq": found.last_seq,
            "streak": found.streak,
            "epoch": found.epoch,
            "is_owned": found.owner is not None,
            "counters": dict(found.standing.counters),
        }


class SqlWorld:
    """The journal in the default database."""

    def __init__(self) -> None:
        from studio.runs.journal import SqlJournal
        from studio.teams.models import Team

        self.journal = SqlJournal()
        self.teams = {slug: Team.objects.create(slug=slug, title=slug) for slug in ("a", "b")}
        self.plan = chain().plan()

    def admit(
        self,
        *,
        team: str = "a",
        priority: int = 0,
        resumed_from: str | None = None,
        group: tuple[str, int] | None = None,
    ) -> str:
        from studio.runs.admission import Admission, Group, admit_run
        from studio.runs.models import Run

        run, _ = admit_run(
            Admission(
                team=self.teams[team],
                plan=self.plan,
                title="Test",
                actor="system:test",
                actor_name="Test",
                priority=priority,
                group=None if group is None else Group(*group),
                resumed_from=None if resumed_from is None else Run.objects.get(pk=resumed_from),
            )
        )
        return str(run.id)

    def tell(self, run: str, kind: str = "cancel") -> None:
        from studio.runs.models import Run
        from studio.runs.signals import send_signal

        assert send_signal(Run.objects.get(pk=run), kind=kind, actor="system:test")

    def kill(self, process: str) -> None:
        from studio.runs.models import EngineProcess

        past = datetime.now(UTC) - timedelta(seconds=1)
        EngineProcess.objects.filter(pk=process).update(lease_until=past)

    def schedule(self, run: str, node: str) -> None:
        from studio.runs.models import Invocation

        Invocation.objects.create(
            run_id=run,
            node=node,
            kind="keyed",
            key="k",
            attempt=1,
            state="scheduled",
            queue="far",
            inputs="{}",
            changed_at=datetime.now(UTC),
        )

    def row(self, run: str) -> dict:
        from studio.runs.models import Run

        found = Run.objects.get(pk=run)
        return {
            "status": found.status,
            "last_seq": found.last_seq,
            "streak": found.claim_streak,
            "epoch": found.epoch,
            "is_owned": found.owner_id is not None,
            "counters": found.counters,
        }


@pytest.fixture(params=["memory", "sql"])
def world(request, transactional_db):
    return MemoryWorld() if request.param == "memory" else SqlWorld()


@pytest.fixture
def process(world) -> str:
    return join(world)


def join(world, *, is_alone: bool = False) -> str:
    id_ = str(uuid7())
    world.journal.join(
        Process(id=id_, host="test", version="1.0.0", rung=0, is_alone=is_alone), lease_seconds=LEASE
    )
    return id_
