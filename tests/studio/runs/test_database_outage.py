"""While the database is away, what was done is kept, nothing new begins, and all goes on by itself."""

import io
from contextlib import contextmanager
from itertools import count

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from executors.journal import JournalUnavailable
from studio.runs import journal
from tests.conformance.conftest import SqlWorld, join
from tests.conformance.test_journals import append
from tests.support.engine import doubling
from tests.support.plans import PlanMaker
from tests.support.ports import SlowPort


def paying() -> PlanMaker:
    """An effect between two pure calls."""
    maker = PlanMaker()
    maker.module("double")
    maker.module("pay", effect="effectful")
    maker.input("number")
    maker.call("a", "double", {"value": "number:value"})
    maker.call("p", "pay", {"value": "a:value"})
    maker.call("b", "double", {"value": "p:value"})
    maker.output("out", "b:value")
    return maker


@pytest.mark.parametrize(
    "kind", [OperationalError, connection.Database.OperationalError], ids=["django", "driver"]
)
@pytest.mark.parametrize("good", [0, 1, 2, 3, 4])
def test_results_wait_for_the_database(studio, monkeypatch, kind: type[Exception], good: int) -> None:
    """The `good` first appends succeed, then three fail: each place of a run is met by the outage once."""
    write, number = journal.write_events, count()

    def failing(*args):
        if good <= next(number) < good + 3:
            raise kind("the database system is shutting down")
        return write(*args)

    monkeypatch.setattr(journal, "write_events", failing)
    maker, port = paying(), SlowPort(doubling, 0.0)
    studio.start(maker, port)
    run = studio.wait(studio.admit(maker, {"number": 3}))
    assert (run.status, run.outputs["out"]["value"]) == ("succeeded", 24)
    assert port.started == ["a", "p", "b"]
    assert run.claim_streak == 0
    call_command("audit_journal", stdout=io.StringIO())


@pytest.mark.parametrize("good", [0, 1, 2, 3, 4])
def test_what_came_through_unheard_is_not_done_again(studio, monkeypatch, good: int) -> None:
    """The connection is lost three times just after a commit, at each place of a run once."""
    losing, number = LosingConnection(monkeypatch), count()
    losing.is_due = lambda: good <= next(number) < good + 3
    maker, port = paying(), SlowPort(doubling, 0.0)
    studio.start(maker, port)
    run = studio.wait(studio.admit(maker, {"number": 3}))
    assert (run.status, run.outputs["out"]["value"]) == ("succeeded", 24)
    assert port.started == ["a", "p", "b"]
    assert run.claim_streak == 0
    call_command("audit_journal", stdout=io.StringIO())


def test_what_another_wrote_meanwhile_is_not_taken_for_ones_own(transactional_db, monkeypatch) -> None:
    world = SqlWorld()
    first, second = join(world), join(world)
    run, other = world.admit(), world.admit()
    world.journal.claim(first, 2)
    losing = LosingConnection(monkeypatch)
    losing.is_due = lambda: True
    appends = [append(run, first), append(other, first, epoch=9)]
    with pytest.raises(JournalUnavailable):
        world.journal.append(appends)
    losing.is_due = lambda: False
    assert world.journal.append(appends) == [True, False]
    world.kill(first)
    assert [claimed.epoch for claimed in world.journal.claim(second, 1)] == [2]
    losing.is_due = lambda: True
    with pytest.raises(JournalUnavailable):
        world.journal.append([append(run, second, after=1, epoch=2)])
    losing.is_due = lambda: False
    assert world.journal.append([append(run, first, after=1)]) == [False]
    # It is known again only by who asks next: after an append that was heard nothing is in doubt.
    assert world.journal.append([append(run, second, after=1, epoch=2)]) == [False]


class LosingConnection:
    """Appends come through, and their answers are lost while `is_due()`."""

    def __init__(self, monkeypatch) -> None:
        self.is_due = lambda: False
        self.is_lost = False
        kind = type(journal.dialect())
        write, begin = journal.write_events, kind.transaction

        def written(sql, appends):
            held = write(sql, appends)
            self.is_lost = self.is_due()
            if self.is_lost and journal.is_one_statement(sql, appends):
                self.lose()
            return held

        @contextmanager
        def transaction(sql):
            with begin(sql):
                yield
            if self.is_lost:
                self.lose()

        monkeypatch.setattr(journal, "write_events", written)
        monkeypatch.setattr(kind, "transaction", transaction)

    def lose(self) -> None:
        self.is_lost = False
        raise OperationalError("the connection was lost")
