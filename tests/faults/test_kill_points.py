"""The process dies at each boundary of a run, for each class of effect, on the real database."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from executors.artifacts import FolderArtifacts
from executors.coordination.restoring import Restorer
from executors.coordination.sealing import Sealer
from studio.runs.admission import Admission, admit_run, envelopes_of
from studio.runs.invariants import check_journal
from studio.runs.journal import SqlJournal
from studio.runs.models import Run
from studio.runs.signals import send_signal
from studio.runs.views import read_view
from studio.teams.models import Team
from tests.faults.clerk import Clerk, Killed
from tests.support.engine import doubling
from tests.support.plans import PlanMaker

ROOT = Path(__file__).parents[2]
EFFECTS = ("pure", "idempotent", "keyed", "effectful")


def plan_of(effect: str) -> PlanMaker:
    """Two calls of the class between pure ones, and a map."""
    maker = PlanMaker()
    maker.module("double")
    maker.module("effect", effect=effect)
    maker.input("number")
    maker.call("a", "double", {"value": "number:value"})
    maker.call("b", "effect", {"value": "a:value"})
    maker.call("c", "effect", {"value": "b:value"})
    maker.call("d", "double", {"value": {"from": "c:value", "select": "[value, 1]"}}, map={"over": "value"})
    maker.output("out", "d:value")
    return maker


class Outside:
    """What was called, with which key."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []

    def __call__(self, call):
        self.calls.append((call.node, call.key))
        return doubling(call)


def history(maker: PlanMaker, team: Team, folder: Path, dies_at: int) -> tuple[Run, Outside, int]:
    """One run whose first process dies at a boundary; others follow until it has settled."""
    artifacts = FolderArtifacts(folder)
    admission = Admission(
        team=team,
        plan=maker.plan(),
        title="Kill",
        actor="system:test",
        actor_name="Test",
        inputs=envelopes_of({"number": 1}, artifacts),
    )
    run, _ = admit_run(admission)
    journal, outside = SqlJournal(), Outside()
    restorer, sealer = Restorer(journal, maker.read_contract, artifacts), Sealer(artifacts)
    first = Clerk(journal, restorer, sealer, outside, dies_at)
    try:
        first.work()
    except Killed:
        Clerk(journal, restorer, sealer, outside, 0).work()
    run.refresh_from_db()
    while run.status == "attention":
        for doubt in read_view(run.id)["nodes"].items():
            if doubt[1]["state"] == "uncertain":
                value = {"b": 4, "c": 8}[doubt[0]]
                data = {
                    "node": doubt[0],
                    "decision": "done",
                    "reason": "Looked.",
                    "outputs": {"value": value},
                }
                send_signal(run, kind="resolve", actor="system:test", data=data)
        Clerk(journal, restorer, sealer, outside, 0).work()
        run.refresh_from_db()
    return run, outside, first.boundaries


@pytest.mark.parametrize("effect", EFFECTS)
def test_a_run_survives_the_death_of_its_process_at_every_boundary(transactional_db, tmp_path, effect):
    team = Team.objects.create(slug="demo", title="Demo")
    maker = plan_of(effect)
    _, _, boundaries = history(maker, team, tmp_path, 0)
    assert boundaries >= 20
    for dies_at in range(1, boundaries + 1):
        run, outside, _ = history(maker, team, tmp_path, dies_at)
        where = f"death at boundary {dies_at}"
        assert run.status == "succeeded", where
        assert run.outputs["out"]["value"] == [16, 2], where
        rows = run.events.order_by("seq").values_list("seq", "epoch", "type", "v", "at", "data")
        assert check_journal(rows) == [], where
        for node in ("b", "c"):
            keys = [key for called, key in outside.calls if called == node]
            assert len(set(keys)) <= 1, where
            if effect == "effectful":
                assert len(keys) <= 1, where


PROGRAM = """
import sys, time
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from pathlib import Path
from executors.artifacts import FolderArtifacts
from studio.runs.admission import Admission, admit_run, envelopes_of
from studio.runs.engine_thread import EngineParts, EngineThread
from studio.runs.models import Run
from studio.teams.models import Team
from tests.executors.engine.test_a_graph import chain
from tests.support.engine import doubling
from tests.support.ports import SlowPort

folder = Path(sys.argv[1])
artifacts = FolderArtifacts(folder / "artifacts")
maker = chain(20)
parts = EngineParts(make_port=lambda: SlowPort(doubling, 0.02), close_port=lambda port: None,
                    artifacts=artifacts, read_contract=maker.read_contract, is_alone=True)
engine = EngineThread(parts)
engine.start()
team, is_new = Team.objects.get_or_create(slug="demo", title="Demo")
if is_new:
    inputs = envelopes_of({"number": 1}, artifacts)
    for number in range(5):
        admit_run(Admission(team=team, plan=maker.plan(), title="Kill", actor="system:test",
                            actor_name="Test", inputs=inputs))
print("ready", flush=True)
while Run.objects.exclude(status="succeeded").exists():
    time.sleep(0.01)
print("done", Run.objects.count(), flush=True)
"""


@pytest.mark.slow
def test_a_killed_process_is_followed_by_one_that_finishes_its_runs(tmp_path):
    environment = {**os.environ, "LAMINA_DATA": str(tmp_path), "LAMINA_DATABASE": ""}
    environment |= {"DJANGO_SETTINGS_MODULE": "studio.settings", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, cwd=ROOT) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "ready\n"
        time.sleep(0.25)
        first.send_signal(signal.SIGKILL)
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )
    assert done.stdout.splitlines()[-1:] == ["done 5"], done.stderr[-2000:]
    import sqlite3

    with sqlite3.connect(tmp_path / "lamina.sqlite3") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        rows = database.execute(
            "SELECT run_id, count(*), max(seq) FROM runs_event GROUP BY run_id"
        ).fetchall()
        assert all(count == last for _, count, last in rows)
    database.close()
