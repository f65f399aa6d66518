"""Outputs that are written behind their calls: what follows begins at once, the journal waits for the disk."""

import errno
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction

from executors.artifacts import FolderArtifacts
from executors.protocol import Call, Returned, Value
from executors.settling import SettlingArtifacts
from studio.runs.admission import Admission, admit_run
from studio.runs.auditing import audit_runs
from studio.runs.models import Run, Wakeup
from studio.runs.signals import send_signal
from tests.executors.engine.test_a_graph import chain
from tests.support.artifacts import SlowFolder, memory_of
from tests.support.engine import doubling
from tests.support.plans import PlanMaker
from tests.support.ports import LocalPort
from tests.support.waiting import until


@pytest.fixture
def folder(studio, tmp_path) -> Iterator[SlowFolder]:
    folder = SlowFolder(tmp_path / "artifacts")
    studio.artifacts = SettlingArtifacts(folder)
    yield folder
    folder.go.set()


def doubled_as_artifact(studio) -> Callable[[Call], Any]:
    """As `doubling`, and what is even more than 100 is given as an artifact."""

    def work(call: Call) -> Any:
        given = call.inputs["value"]
        if given.data is None:
            with studio.artifacts.open(given.artifact) as file:
                number = json.load(file)
        else:
            number = json.loads(given.data)
        if number < 100:
            return doubling(call)
        data = json.dumps(2 * number).encode()
        memory = memory_of(data)
        digest = studio.artifacts.put_sealed(memory, len(data))
        os.close(memory)
        return Returned(outputs={"value": Value(media="json", size=len(data), artifact=digest)})

    return work


def value_of(studio, run: Run) -> Any:
    with studio.artifacts.open(run.outputs["out"]["artifact"]) as file:
        return json.load(file)


def journals_hold() -> bool:
    return all(breaks == [] for _, breaks in audit_runs(Run.objects.all()))


def test_what_follows_begins_at_once_and_is_written_when_the_artifact_is_durable(studio, folder):
    maker, port = chain(3), LocalPort({}, doubled_as_artifact(studio))
    studio.start(maker, port)
    run = studio.admit(maker, {"number": 100})
    until(lambda: len(port.calls) == 3)
    other = studio.wait(studio.admit(maker, {"number": 3}))
    assert other.outputs["out"]["value"] == 24
    run.refresh_from_db()
    assert (run.status, run.last_seq) == ("running", 2), "nothing that names an artifact is written"

    folder.go.set()
    run = studio.wait(run)
    assert run.status == "succeeded"
    assert value_of(studio, run) == 800
    assert run.artifact_uses.count() == 3
    assert len(port.calls) == 6
    assert journals_hold()


def test_an_effect_waits_for_what_it_is_given(studio, folder):
    maker = PlanMaker()
    maker.module("double")
    maker.module("pay", effect="keyed")
    maker.input("number")
    maker.call("n", "double", {"value": "number:value"})
    maker.call("p", "pay", {"value": "n:value"})
    port = LocalPort({}, doubled_as_artifact(studio))
    studio.start(maker, port)
    run = studio.admit(maker, {"number": 100})
    until(lambda: bool(studio.artifacts.unsettled))
    time.sleep(0.05)
    assert [node for node, _, _ in port.calls] == ["n"]
    folder.go.set()
    assert studio.wait(run).status == "succeeded"
    assert [node for node, _, _ in port.calls] == ["n", "p"]


def test_what_could_not_be_stored_is_made_again(studio, folder, caplog):
    folder.failure = OSError(errno.ENOSPC, "No space left on device")
    folder.go.set()
    maker, port = chain(2), LocalPort({}, doubled_as_artifact(studio))
    studio.start(maker, port)
    run = studio.wait(studio.admit(maker, {"number": 100}))
    assert run.status == "succeeded"
    assert value_of(studio, run) == 400
    assert run.epoch in (2, 3), "each of the two outputs is lost once at the most"
    assert [node for node, _, _ in port.calls].count("n0") == 2
    assert run.events.filter(type="invocation_completed").count() == 2
    assert "what it made could not be stored: [Errno 28] No space left on device" in caplog.text
    assert journals_hold()


@pytest.mark.parametrize(
    ("kind", "data", "status"),
    [("cancel", {"reason": "x"}, "cancelled"), ("signal", {"name": "go", "value": 21}, "succeeded")],
)
def test_what_a_run_is_told_on_its_way_out_is_heard(studio, folder, kind, data, status):
    maker = PlanMaker()
    maker.module("double")
    maker.input("number")
    maker.call("n", "double", {"value": "number:value"})
    maker.node("w", "signal", wires={"value": "n:value"}, name="go", schema=True, deadline_seconds=600)
    maker.call("m", "double", {"value": "w:value"})
    maker.output("out", "m:value")
    studio.start(maker, LocalPort({}, doubled_as_artifact(studio)))
    run = studio.admit(maker, {"number": 100})
    until(lambda: bool(studio.artifacts.unsettled))
    with transaction.atomic():
        send_signal(run, kind=kind, actor="system:test", data=data)
    until(lambda: not Wakeup.objects.exists())  # somebody has read it: the run, which only waits for the disk
    folder.go.set()
    assert studio.wait(run).status == status
    assert journals_hold()


def test_a_run_is_written_that_is_given_what_another_store_has_stored_since(studio, folder):
    folder.failure = OSError(errno.ENOSPC, "No space left on device")
    folder.go.set()
    data = json.dumps(100).encode()
    memory = memory_of(data)
    digest = studio.artifacts.put_sealed(memory, len(data))
    os.close(memory)
    until(lambda: studio.artifacts.unsettled[digest].done())
    assert FolderArtifacts(folder.folder).put(data)[0] == digest
    folder.failure = None

    maker = chain(1)
    studio.start(maker, LocalPort({}, doubled_as_artifact(studio)))
    given = {"media": "json", "bytes": len(data), "artifact": digest}
    who = {"team": studio.team, "actor": "system:test", "actor_name": "Test"}
    run, _ = admit_run(Admission(plan=maker.plan(), title="Test", inputs={"number": given}, **who))
    run = studio.wait(run)
    assert (run.status, run.epoch) == ("succeeded", 1)
    assert value_of(studio, run) == 200
    assert journals_hold()


def test_an_engine_that_stops_writes_what_was_on_its_way(studio, folder):
    maker, port = chain(2), LocalPort({}, doubled_as_artifact(studio))
    studio.start(maker, port)
    run = studio.admit(maker, {"number": 100})
    until(lambda: len(port.calls) == 2)
    stopping = threading.Thread(target=studio.stop)
    stopping.start()
    stopping.join(0.1)
    assert stopping.is_alive()
    folder.go.set()
    stopping.join()
    run.refresh_from_db()
    assert run.status == "succeeded"
    assert journals_hold()
