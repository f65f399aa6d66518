"""A worker: takes batches that it is called to, carries them out behind its own choke point, reports.

Owns:      the permits that this process holds, and the loop on which its sandboxes live.
Promises:  a batch is carried out under a permit that is renewed while it lasts; work that is no longer wanted
           is stopped; a report that the database does not take is tried again while the permit may live.
Never:     believes a message: the row, the plan and the bundles decide what is executed.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from functools import lru_cache
from typing import Final
from uuid import UUID

import msgspec
import uvloop
from django.db import Error, connections
from msgspec.structs import replace

from contracts.canonical import Digest, digest_of
from contracts.module import ModuleContract, parse_contract
from contracts.plan import Plan, parse_plan
from executors.artifacts import ArtifactStore
from executors.execution import Execution
from executors.protocol import BundleStore, Call, CallError, Failed, Outcome
from executors.sandbox.ladder import Rung
from studio.runs.models import Document
from studio.runs.remote import rows
from studio.runs.remote.letters import NotInPlan, calls_in, report_of
from studio.runs.remote.rows import Permit
from studio.signatures import batch_of

log = logging.getLogger(__name__)
RENEW_SECONDS: Final = 1.0
REPORT_SECONDS: Final = 60.0
START_SECONDS: Final = 60


class Worker:
    """`start`, then `attend` from any number of threads, then `stop`."""

    def __init__(
        self,
        *,
        name: str,
        make_execution: Callable[[], Execution],
        store: ArtifactStore,
        bundles: BundleStore,
    ) -> None:
        self._name = name
        self._make_execution = make_execution
        self._store = store
        self._read_contract = lru_cache(maxsize=4096)(lambda digest: _contract(bundles, digest))
        self._held: dict[UUID, tuple[UUID, Future[list[Outcome]]]] = {}
        self._lock = threading.Lock()
        self._has_heard = False
        self._is_over = threading.Event()
        self._loop = uvloop.new_event_loop()
        self._loop_thread = threading.Thread(target=self._loop.run_forever, name="execution", daemon=True)
        self._renewer = threading.Thread(target=self._renew, name="permits", daemon=True)

    def start(self) -> Rung:
        """Returns how strong the sandbox is here, found by trying."""
        self._loop_thread.start()
        rung = asyncio.run_coroutine_threadsafe(self._begin(), self._loop).result(START_SECONDS)
        self._renewer.start()
        return rung

    async def _begin(self) -> Rung:
        self._execution = self._make_execution()
        return await self._execution.rung()

    def stop(self) -> None:
        """What still runs is stopped; its permits run out and others take it up."""
        self._is_over.set()
        self._renewer.join()
        for _, future in tuple(self._held.values()):
            future.cancel()
        asyncio.run_coroutine_threadsafe(self._execution.close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._loop_thread.join()
        self._loop.close()

    def attend(self, ticket: str) -> None:
        """A message has come. Doubled, late and forged ones end here without harm."""
        self._has_heard = True
        batch = batch_of(ticket)
        if batch is None:
            log.warning("A message without the signature of this installation was dropped.")
            return
        try:
            permit = rows.permit(batch, self._name)
        except Error:
            connections.close_all()
            log.warning("Batch %s could not be claimed: the database does not answer.", batch)
            return
        if permit is not None:
            self._carry_out(permit)

    def is_at_work(self) -> bool:
        """Whether it holds work, or has had a message since this was asked."""
        has_heard, self._has_heard = self._has_heard, False
        return has_heard or bool(self._held)

    def _carry_out(self, permit: Permit) -> None:
        try:
            calls = self._calls(permit)
        except Exception as error:
            log.exception("batch %s of run %s cannot be carried out", permit.batch, permit.run)
            self._refuse(permit, error)
            return
        future = asyncio.run_coroutine_threadsafe(self._execute(calls), self._loop)
        with self._lock:
            self._held[permit.token] = permit.batch, future
        try:
            outcomes = future.result()
        except CancelledError:
            return
        finally:
            with self._lock:
                del self._held[permit.token]
        self._report(permit, report_of(str(permit.token), _waited(outcomes, permit.waited_us), self._store))

    def _calls(self, permit: Permit) -> list[Call]:
        plan = _plan(permit.plan)
        return calls_in(permit.order, self._store, run=permit.run, plan=plan, read=self._read_contract)

    def _refuse(self, permit: Permit, error: Exception) -> None:
        """Every call fails with the same words; how many there are only the coordinator knows."""
        name = "system.capability" if isinstance(error, NotInPlan) else "system.unavailable"
        message = str(error) if isinstance(error, NotInPlan) else "The worker could not read its order."
        refusal = Failed(error=CallError(name=name, message=message))
        self._report(permit, report_of(str(permit.token), [refusal], self._store))

    async def _execute(self, calls: Sequence[Call]) -> list[Outcome]:
        outcomes: list[Outcome] = [_NO_OUTCOME] * len(calls)
        await self._execution.execute(calls, outcomes.__setitem__)
        return outcomes

    def _report(self, permit: Permit, report: str) -> None:
        deadline = time.monotonic() + REPORT_SECONDS
        while True:
            try:
                if not rows.finish(permit.batch, permit.token, report):
                    log.info("batch %s was taken back before it was reported", permit.batch)
                return
            except Error:
                connections.close_all()
                if time.monotonic() > deadline:
                    log.exception("the outcome of batch %s is given up", permit.batch)
                    return
                time.sleep(RENEW_SECONDS)

    def _renew(self) -> None:
        while not self._is_over.wait(RENEW_SECONDS):
            with self._lock:
                held = dict(self._held)
            try:
                lost = rows.renew([(batch, token) for token, (batch, _) in held.items()])
            except Error:
                connections.close_all()
                continue
            for token in lost:
                held[token][1].cancel()
        connections.close_all()


_NO_OUTCOME: Final = Failed(
    error=CallError(name="system.crashed", message="The executor ended without an outcome.", retryable=True)
)


def _waited(outcomes: Sequence[Outcome], waited_us: int) -> list[Outcome]:
    """The same, with the time that the batch lay in the queue."""
    return [
        replace(outcome, cost=replace(outcome.cost, queue=outcome.cost.queue + waited_us))
        for outcome in outcomes
    ]


def _contract(bundles: BundleStore, digest: Digest) -> ModuleContract:
    return parse_contract(msgspec.json.decode(bundles.contract(digest)))


@lru_cache(maxsize=256)
def _plan(digest: Digest) -> Plan:
    """A plan whose text is the one that was admitted. Raises `NotInPlan`."""
    document = Document.objects.get(pk=digest).data
    if digest_of(document) != digest:
        raise NotInPlan(f"The plan kept as {digest} is not that plan.")
    return parse_plan(document)
