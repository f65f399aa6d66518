"""While the database is away, what was done is kept, nothing new begins, and all goes on by itself."""

import io
from itertools import count

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from studio.runs import journal
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
