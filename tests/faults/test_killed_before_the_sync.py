"""The engine's process is killed when an output has been told and read, and its file is not yet on the disk."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT

PROGRAM = """
import json, os, sys, threading, time
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from pathlib import Path
from executors import artifacts
from executors.artifacts import FolderArtifacts
from executors.protocol import Returned, Value
from executors.settling import SettlingArtifacts
from studio.runs.admission import Admission, admit_run, envelopes_of
from studio.runs.auditing import audit_runs
from studio.runs.engine_thread import EngineParts, EngineThread
from studio.runs.models import Run
from studio.teams.models import Team
from tests.executors.engine.test_a_graph import chain
from tests.support.artifacts import memory_of
from tests.support.ports import LocalPort

store = SettlingArtifacts(FolderArtifacts(Path(sys.argv[1]) / "artifacts"))

def tell(line):
    os.write(1, f"{line}\\n".encode())

def hang(file):
    tell("syncing")
    threading.Event().wait()

def doubled(call):
    tell(f"called {call.node}")
    given = call.inputs["value"]
    data = given.data
    if data is None:
        with store.open(given.artifact) as file:
            data = file.read()
    data = json.dumps(2 * json.loads(data)).encode()
    memory = memory_of(data)
    digest = store.put_sealed(memory, len(data))
    os.close(memory)
    return Returned(outputs={"value": Value(media="json", size=len(data), artifact=digest)})

maker = chain(2)
team, is_new = Team.objects.get_or_create(slug="demo", title="Demo")
if is_new:
    artifacts._sync = hang
    admit_run(Admission(team=team, plan=maker.plan(), title="Kill", actor="system:test", actor_name="Test",
                        inputs=envelopes_of({"number": 1}, store)))
engine = EngineThread(EngineParts(make_port=lambda: LocalPort({}, doubled), close_port=lambda port: None,
                                  artifacts=store, read_contract=maker.read_contract, is_alone=True))
engine.start()
while Run.objects.exclude(status="succeeded").exists():
    time.sleep(0.01)
engine.stop()
run = Run.objects.get()
with store.open(run.outputs["out"]["artifact"]) as file:
    value = json.load(file)
breaks = [each for _, found in audit_runs(Run.objects.all()) for each in found]
tell("done " + json.dumps({"value": value, "epoch": run.epoch, "breaks": breaks}))
"""


@pytest.mark.slow
def test_the_call_is_made_again_and_the_run_ends_well(tmp_path: Path) -> None:
    environment = {**os.environ, "LAMINA_DATA": str(tmp_path), "LAMINA_DATABASE": ""}
    environment |= {"DJANGO_SETTINGS_MODULE": "studio.settings", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, cwd=ROOT) as first:
        assert first.stdout is not None
        heard = {first.stdout.readline() for _ in range(3)}
        first.send_signal(signal.SIGKILL)
    assert heard == {"called n0\n", "syncing\n", "called n1\n"}, "what follows has begun"
    assert [path.name[:9] for path in (tmp_path / "artifacts").iterdir()] == ["incoming-"]
    with sqlite3.connect(tmp_path / "lamina.sqlite3") as database:
        events = database.execute("SELECT type FROM runs_event ORDER BY seq").fetchall()
    database.close()
    assert ("invocation_completed",) not in events

    second = subprocess.run(
        command, env=environment, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )
    *called, last = second.stdout.splitlines()
    assert called == ["called n0", "called n1"], second.stderr[-2000:]
    assert json.loads(last.removeprefix("done ")) == {"value": 4, "epoch": 2, "breaks": []}
