"""Work placed with workers, through its rows: a coordinator, a worker, and a bell that can be deaf or stutter."""

import json
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import InterfaceError, connections

from contracts.module import parse_contract
from executors.engine.program import callee_of
from executors.protocol import Call, Returned, Value
from executors.sandbox.ladder import Rung
from executors.settling import SettlingArtifacts
from studio.ids import uuid7
from studio.runs.engine_thread import EngineParts, EngineThread, engine_host
from studio.runs.models import EngineProcess, RemoteBatch, Run
from studio.runs.remote import collecting, rows
from studio.runs.remote.letters import ROW_BYTES, NotInPlan, calls_in, order_of
from studio.runs.remote.port import RemotePort
from studio.runs.remote.worker import Worker
from studio.runs.signals import send_signal
from studio.signatures import ticket_of
from tests.support.artifacts import SlowFolder, memory_of
from tests.support.engine import doubling, encoded, returned
from tests.support.plans import PlanMaker
from tests.support.ports import LocalPort, SlowPort
from tests.support.waiting import until

SHARED = {"strategy": "inline", "queue": "shared"}
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def remote_chain(effect: str = "pure", *, nodes: int = 1) -> PlanMaker:
    """number → n0 → n1 …, each placed with the workers."""
    maker = PlanMaker()
    maker.module("double", effect=effect)
    maker.input("number")
    for place in range(nodes):
        source = f"n{place - 1}:value" if place else "number:value"
        maker.call(f"n{place}", "double", {"value": source}, placement=SHARED)
    maker.output("out", f"n{nodes - 1}:value")
    return maker


class Ground:
    """What a worker executes with, from a port of the tests."""

    def __init__(self, port) -> None:
        self.execute = port.execute

    async def rung(self) -> Rung:
        return Rung(number=0, name="a test")

    async def close(self) -> None:
        pass


class Routed:
    """What is not placed with workers is carried out by a port of the tests."""

    def __init__(self, remote: RemotePort, local) -> None:
        self.remote, self.local = remote, local
        self.close = remote.close

    async def execute(self, calls, deliver) -> None:
        port = self.remote if calls[0].queue == "shared" else self.local
        await port.execute(calls, deliver)


class Workshop:
    """One engine and one worker; `hears` says whether bells reach the worker, `echo` how often each does."""

    def __init__(self, studio, maker: PlanMaker, port=None, *, store=None, local=None) -> None:
        self.studio, self.maker = studio, maker
        store = store or studio.artifacts

        def make_port() -> Routed:
            return Routed(RemotePort(host=engine_host(), store=store, ring=self._ring), local)

        self.port = port or LocalPort({}, doubling)
        self.hears, self.echo = True, 1
        self.rung: list[UUID] = []
        self._threads = ThreadPoolExecutor(4)
        self.worker = Worker(
            name="worker",
            make_execution=lambda: Ground(self.port),
            store=studio.artifacts,
            bundles=self,
        )
        self.worker.start()
        self.engine = EngineThread(
            EngineParts(
                make_port=make_port,
                close_port=lambda port: port.close(),
                artifacts=store,
                read_contract=maker.read_contract,
                is_alone=True,
            )
        )
        self.engine.start()

    def contract(self, digest: str) -> bytes:
        return self.maker.read_contract(digest)

    def _ring(self, queue: str, batch: UUID) -> None:
        assert queue == "shared"
        self.rung.append(batch)
        for _ in range(self.echo if self.hears else 0):
            self.call(batch)

    def call(self, batch: UUID) -> None:
        self._threads.submit(self._carry_out, batch)

    def _carry_out(self, batch: UUID) -> None:
        try:
            self.worker.attend(ticket_of(batch))
        finally:
            connections.close_all()

    def close(self) -> None:
        self.engine.stop()
        self._threads.shutdown()
        self.worker.stop()


@pytest.fixture
def open_workshop(studio, monkeypatch) -> Iterator:
    monkeypatch.setattr(collecting, "SWEEP_SECONDS", 0.05)
    monkeypatch.setattr(collecting, "LOOK_SECONDS", 0.02)
    opened: list[Workshop] = []

    def open_workshop(maker: PlanMaker, port=None, **parts) -> Workshop:
        opened.append(Workshop(studio, maker, port, **parts))
        return opened[0]

    yield open_workshop
    for workshop in opened:
        workshop.close()


def batch_of(run: Run, *states: str) -> RemoteBatch:
    """The batch of a run, once it is in one of the states."""
    deadline = time.monotonic() + 10
    while (row := RemoteBatch.objects.filter(run=run, state__in=states or ("queued",)).first()) is None:
        assert time.monotonic() < deadline, list(RemoteBatch.objects.values("state"))
        time.sleep(0.005)
    return row


def no_batches_are_left() -> bool:
    deadline = time.monotonic() + 10
    while RemoteBatch.objects.exists() and time.monotonic() < deadline:
        time.sleep(0.005)
    return not RemoteBatch.objects.exists()


def test_a_worker_carries_out_what_is_placed_with_it(studio, open_workshop):
    workshop = open_workshop(remote_chain(nodes=3))
    run = studio.wait(studio.admit(workshop.maker, {"number": 3}))
    assert (run.status, run.outputs["out"]["value"]) == ("succeeded", 24)
    assert [node for node, _, _ in workshop.port.calls] == ["n0", "n1", "n2"]
    assert no_batches_are_left()


def test_a_message_that_comes_five_times_is_carried_out_once(studio, open_workshop):
    workshop = open_workshop(remote_chain("effectful"))
    workshop.echo = 5
    assert studio.wait(studio.admit(workshop.maker, {"number": 3})).status == "succeeded"
    assert len(workshop.port.calls) == 1


def test_a_lost_message_is_sent_again(studio, open_workshop, monkeypatch):
    monkeypatch.setattr(rows, "RING_SECONDS", 0.2)
    workshop = open_workshop(remote_chain())
    workshop.hears = False
    run = studio.admit(workshop.maker, {"number": 3})
    batch_of(run)
    while not workshop.rung:
        time.sleep(0.005)
    workshop.hears = True
    assert studio.wait(run).status == "succeeded"
    assert len(workshop.rung) >= 2


def test_a_silent_worker_loses_pure_work_to_another(studio, open_workshop):
    workshop = open_workshop(remote_chain())
    workshop.hears = False
    run = studio.admit(workshop.maker, {"number": 3})
    batch = batch_of(run)
    silent = rows.permit(batch.pk, "silent")
    assert silent is not None
    workshop.hears = True
    RemoteBatch.objects.update(permit_until=LONG_AGO)
    assert studio.wait(run).status == "succeeded"
    assert not rows.finish(batch.pk, silent.token, "{}")


def test_work_that_kills_every_worker_counts_as_crashed(studio, open_workshop):
    maker = remote_chain()
    maker.nodes[1]["retry"] = {"attempts": 1, "first_seconds": 0, "factor": 1, "cap_seconds": 0}
    workshop = open_workshop(maker)
    workshop.hears = False
    run = studio.admit(maker, {"number": 3})
    for claims in range(1, rows.CLAIMS_ALLOWED + 1):
        batch = batch_of(run)
        assert batch.claims == claims - 1
        assert rows.permit(batch.pk, "doomed") is not None
        RemoteBatch.objects.update(permit_until=LONG_AGO)
    run = studio.wait(run)
    assert (run.status, run.error["name"]) == ("failed", "system.crashed")


def test_a_report_that_cannot_be_read_counts_as_none(studio, open_workshop):
    workshop = open_workshop(remote_chain())
    workshop.hears = False
    run = studio.admit(workshop.maker, {"number": 3})
    permit = rows.permit(batch_of(run).pk, "confused")
    too_deep = "[" * 100_000 + "]" * 100_000
    outcome = f'{{"cost": [0, 0, 0, 0, 0], "error": "broken", "data": {too_deep}}}'
    workshop.hears = True
    assert rows.finish(permit.batch, permit.token, f'{{"token": "", "outcomes": [{outcome}]}}')
    assert studio.wait(run).status == "succeeded"


def test_an_effect_of_a_silent_worker_waits_for_a_person(studio, open_workshop):
    workshop = open_workshop(remote_chain("effectful"))
    workshop.hears = False
    run = studio.admit(workshop.maker, {"number": 3})
    assert rows.permit(batch_of(run).pk, "silent") is not None
    RemoteBatch.objects.update(permit_until=LONG_AGO)
    run = studio.wait(run, lambda run: run.status == "attention")
    assert run.events.filter(type="invocation_uncertain").count() == 1
    assert workshop.port.calls == []


def test_a_keyed_effect_of_a_silent_worker_is_called_again_with_its_key(studio, open_workshop):
    workshop = open_workshop(remote_chain("keyed"))
    workshop.hears = False
    run = studio.admit(workshop.maker, {"number": 3})
    batch = batch_of(run)
    key = json.loads(batch.order)["calls"][0]["key"]
    assert rows.permit(batch.pk, "silent") is not None
    workshop.hears = True
    RemoteBatch.objects.update(permit_until=LONG_AGO)
    assert studio.wait(run).status == "succeeded"
    assert key == f"{run.id}/n0"
    assert workshop.port.calls == [("n0", (), 2)]


def test_a_cancelled_run_withdraws_what_nobody_has_taken(studio, open_workshop):
    workshop = open_workshop(remote_chain())
    workshop.hears = False
    run = studio.admit(workshop.maker, {"number": 3})
    batch = batch_of(run)
    send_signal(run, kind="cancel", actor="system:test")
    assert studio.wait(run).status == "cancelled"
    assert no_batches_are_left()
    assert rows.permit(batch.pk, "late") is None


def test_a_cancelled_run_stops_the_worker(studio, open_workshop):
    port = SlowPort(doubling, 25)
    workshop = open_workshop(remote_chain(), port)
    run = studio.wait(studio.admit(workshop.maker, {"number": 3}), lambda run: bool(port.started))
    send_signal(run, kind="cancel", actor="system:test")
    assert studio.wait(run).status == "cancelled"
    deadline = time.monotonic() + 10
    while not port.stopped and time.monotonic() < deadline:
        time.sleep(0.01)
    assert port.stopped == ["n0"]


def test_large_values_travel_beside_the_row_and_leave_nothing(studio, open_workshop):
    workshop = open_workshop(remote_chain(), LocalPort({}, lambda call: returned(value="x" * ROW_BYTES)))
    run = studio.wait(studio.admit(workshop.maker, {"number": "y" * ROW_BYTES}))
    assert run.outputs["out"]["bytes"] == ROW_BYTES + 2
    assert no_batches_are_left()
    kept = [path for path in (studio.artifacts.path("sha256:00").parent.parent).rglob("*") if path.is_file()]
    assert len(kept) == 2


def queued(studio, maker: PlanMaker) -> tuple[Run, Call]:
    """A run that an engine of this process owns, and its first call."""
    run = studio.admit(maker, {"number": 1})
    engine = EngineProcess.objects.create(
        host=engine_host(), version="1", rung=0, started_at=LONG_AGO, lease_until=LONG_AGO
    )
    Run.objects.filter(pk=run.pk).update(owner=engine, epoch=3)
    plan = maker.plan()
    node = next(node for node in plan.nodes if node.path == "n0")
    callee = callee_of(node, plan, maker.contracts)
    return run, Call(
        run=str(run.pk),
        node="n0",
        name=callee.name,
        version=callee.version,
        contract=callee.contract,
        strategy="inline",
        config=b"{}",
        inputs={"value": encoded(1)},
        timeout_seconds=1,
        queue="shared",
    )


def enqueued(studio, run: Run, call: Call, host: str) -> tuple[UUID, bool]:
    batch = uuid7()
    order = order_of(str(batch), [call], studio.artifacts)
    fields = {"run": str(run.pk), "queue": "shared", "is_repeatable": True, "order": order}
    return batch, rows.enqueue(batch, host=host, **fields)


def test_a_worker_is_called_when_the_file_of_its_input_is_there(studio, open_workshop, tmp_path):
    folder = SlowFolder(tmp_path / "artifacts")
    store = SettlingArtifacts(folder)

    def give_an_artifact(call: Call):
        memory = memory_of(b"21")
        digest = store.put_sealed(memory, 2)
        os.close(memory)
        return Returned(outputs={"value": Value(media="json", size=2, artifact=digest)})

    def read_and_double(call: Call):
        with studio.artifacts.open(call.inputs["value"].artifact) as file:
            return returned(value=2 * json.load(file))

    maker = PlanMaker()
    maker.module("double")
    maker.input("number")
    maker.call("here", "double", {"value": "number:value"})
    maker.call("there", "double", {"value": "here:value"}, placement=SHARED)
    maker.output("out", "there:value")
    port, local = LocalPort({}, read_and_double), LocalPort({}, give_an_artifact)
    workshop = open_workshop(maker, port, store=store, local=local)
    run = studio.admit(maker, {"number": 1})
    studio.wait(run, lambda run: bool(store.unsettled))
    time.sleep(0.2)
    assert not RemoteBatch.objects.exists()
    folder.go.set()
    assert studio.wait(run).outputs["out"]["value"] == 42
    assert len(workshop.rung) == 1


def test_only_the_owner_of_a_run_may_queue_its_work(studio):
    run, call = queued(studio, remote_chain())
    assert not enqueued(studio, run, call, "another:1")[1]
    assert enqueued(studio, run, call, engine_host())[1]


def test_work_of_a_run_that_another_engine_has_claimed_is_never_begun(studio):
    run, call = queued(studio, remote_chain())
    batch, _ = enqueued(studio, run, call, engine_host())
    Run.objects.filter(pk=run.pk).update(epoch=4)
    assert rows.permit(batch, "late") is None
    assert [row.pk for row in rows.orphans()] == [batch]


def test_of_many_that_take_a_batch_one_gets_it(studio):
    run, call = queued(studio, remote_chain())
    batch, _ = enqueued(studio, run, call, engine_host())
    found, gate = [], threading.Barrier(4)

    def take(name: str) -> None:
        gate.wait()
        found.append(rows.permit(batch, name))
        connections.close_all()

    threads = [threading.Thread(target=take, args=(str(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([permit for permit in found if permit is not None]) == 1


def test_permits_are_renewed_again_after_the_connection_was_lost(open_workshop, monkeypatch):
    asked = []

    def renew(held):
        asked.append(held)
        if len(asked) == 1:
            raise InterfaceError("the connection is closed")
        return []

    monkeypatch.setattr("studio.runs.remote.worker.RENEW_SECONDS", 0.01)
    monkeypatch.setattr(rows, "renew", renew)
    open_workshop(remote_chain())
    until(lambda: len(asked) > 2)


def test_a_permit_that_was_taken_away_is_told_when_it_is_renewed(studio):
    run, call = queued(studio, remote_chain())
    batch, _ = enqueued(studio, run, call, engine_host())
    permit = rows.permit(batch, "one")
    assert permit is not None
    assert rows.renew([(batch, permit.token)]) == []
    rows.remove(batch)
    assert rows.renew([(batch, permit.token)]) == [permit.token]


@pytest.mark.parametrize(
    ("found", "put"),
    [
        ('"node":"n0"', '"node":"n7"'),
        ("t/double@1.0.0", "t/other@1.0.0"),
        ('"bundle":"sha256:', '"bundle":"sha256:0'),
    ],
)
def test_an_order_that_the_plan_does_not_have_is_refused(studio, found, put):
    maker = remote_chain()
    _, call = queued(studio, maker)
    order = order_of("b", [call], studio.artifacts)
    assert found in order
    with pytest.raises(NotInPlan):
        calls_in(
            order.replace(found, put),
            studio.artifacts,
            run=call.run,
            plan=maker.plan(),
            read=lambda digest: parse_contract(json.loads(maker.read_contract(digest))),
        )


def test_a_message_that_this_installation_did_not_sign_is_dropped(studio, open_workshop, caplog):
    workshop = open_workshop(remote_chain())
    workshop.worker.attend(f"{uuid7().hex}:forged")
    assert "without the signature" in caplog.text


def test_a_message_is_an_id_in_less_than_a_kibibyte_of_json():
    from studio.celery import TASK, app

    message = app.amqp.create_task_message(str(uuid7()), TASK, args=[ticket_of(uuid7())])
    assert len(json.dumps([message.headers, message.properties, message.body])) < 1024
