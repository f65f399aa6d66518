"""Making versions ready before anybody runs them: wasm compiled, packages installed.

Owns:      hearing of a published version in this process, and having its sandbox prepared.
Promises:  the first run of such a version does not wait; wasm that cannot be compiled is told to its publisher;
           what fails otherwise is tried again, and told, at that run.
Never:     holds up a publisher for anything else, or prepares what needs no preparation.
"""

import asyncio
import logging
from typing import Final
from uuid import UUID

from django.db import connections

from contracts.module import ModuleContract, parse_contract
from contracts.plan import PlanVersion
from executors.execution import Execution, Refused
from executors.protocol import Call
from modules_catalog.candidate import Candidate
from studio import announcements
from studio.catalog import compiling
from studio.catalog.models import ModuleVersion

log = logging.getLogger(__name__)
_PREPARED: Final = "wasm"
_PATIENCE_SECONDS: Final = 30.0


class Readying:
    """Lives on the loop of an execution, from which it must be made; `close` before the execution."""

    def __init__(self, execution: Execution) -> None:
        self._execution = execution
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        announcements.listeners.append(self._hear)
        compiling.judges.append(self._why_not_compiled)

    def _why_not_compiled(self, candidate: Candidate) -> str | None:
        """On the publisher's thread."""
        making = self._execution.make_ready(_call_of_candidate(candidate))
        try:
            asyncio.run_coroutine_threadsafe(making, self._loop).result(_PATIENCE_SECONDS)
        except Refused as refused:
            return str(refused) if refused.name == "system.contract" else None
        except TimeoutError:
            return None  # it goes on, and the first run waits for it
        return None

    def _hear(self, kind: str, id: UUID | None, _team: UUID | None) -> None:
        if kind == "version" and id is not None:
            self._loop.call_soon_threadsafe(self._begin, id)

    def _begin(self, id: UUID) -> None:
        task = self._loop.create_task(self._make_ready(id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _make_ready(self, id: UUID) -> None:
        call = await asyncio.to_thread(_call_of, id)
        if call is None:
            return
        try:
            await self._execution.make_ready(call)
        except Refused as refused:
            log.warning("%s is published and cannot be made ready: %s", call.name, refused)

    async def close(self) -> None:
        announcements.listeners.remove(self._hear)
        compiling.judges.remove(self._why_not_compiled)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _call_of(id: UUID) -> Call | None:
    """What a call of this version would name, or None where there is nothing to prepare."""
    try:
        row = ModuleVersion.objects.select_related("module", "contract").filter(pk=id).first()
    finally:
        connections.close_all()
    if row is None or not (row.runtime == _PREPARED or row.dependencies):
        return None
    contract = parse_contract(row.contract.document)
    version = PlanVersion(
        bundle=row.bundle_id,
        contract=row.contract_id,
        runtime=row.runtime,
        strategies=tuple(row.strategies),
        min_rung=row.min_rung,
        effects=contract.effects,
        limits=contract.limits,
        capabilities=contract.capabilities,
    )
    return _call(str(row), version, contract)


def _call_of_candidate(candidate: Candidate) -> Call:
    manifest, contract = candidate.manifest, candidate.contract
    version = PlanVersion(
        bundle=candidate.bundle.digest,
        contract=candidate.contract_digest,
        runtime=manifest.runtime,
        strategies=tuple(manifest.strategies),
        min_rung=manifest.min_rung,
        effects=contract.effects,
        limits=contract.limits,
        capabilities=contract.capabilities,
    )
    return _call(f"{manifest.name}@{manifest.version}", version, contract)


def _call(name: str, version: PlanVersion, contract: ModuleContract) -> Call:
    return Call(
        run="ready",
        node="module",
        name=name,
        version=version,
        contract=contract,
        strategy=version.strategies[0],
        config=b"{}",
        inputs={},
        timeout_seconds=contract.limits.wall_seconds,
    )
