"""The choke point: the only caller of strategies.

Owns:      digest check, trust and rung, input guard, call, output guard, and the measured cost of a boundary.
Promises:  each call has one outcome; what a module did never raises here.
Never:     runs anything that the host's policy does not allow, whatever a request says.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from contracts.canonical import Digest
from contracts.module import contract_digest
from executors.artifacts import ArtifactStore, FolderArtifacts
from executors.asking import Asking
from executors.bundles import BundleRefused, fetch_bundle
from executors.chains import call_of
from executors.delivery import Delivery
from executors.egress import Egress
from executors.environments import EnvironmentRefused, Environments
from executors.guards import ContractGuard
from executors.interchange import shown
from executors.protocol import (
    BundleStore,
    Call,
    CallError,
    Deliver,
    Failed,
    LogLine,
    LogSink,
    Outcome,
    Returned,
    SecretSource,
    calls_of_items,
)
from executors.sandbox.ladder import Rung, climb
from executors.strategies.http import HttpStrategy
from executors.strategies.inline import InlineStrategy
from executors.strategies.process import ProcessStrategy
from executors.strategies.registry import Job, PreparedVersion
from executors.strategies.registry import Strategy as Carrier
from executors.strategies.wasm import NotCompiled, WasmStrategy
from executors.trust import Trust, TrustPolicy, refusal, strategy_refusal
from executors.workers.pool import Ground, Pool
from executors.workers.stage import Stage
from executors.workers.zygotes import StartRefused

log = logging.getLogger(__name__)
_GUARDED_AT_ONCE: Final = 64


class Refused(Exception):
    """A version may not run here; the text says why and what to do."""

    def __init__(self, name: str, message: str, *, limit: str | None = None) -> None:
        super().__init__(message)
        self.name = name
        self.limit = limit


def _ignore(line: LogLine) -> None:
    """Where nobody listens."""


@dataclass(eq=False, kw_only=True)
class Execution:
    """Carries out calls. Lives on the event loop on which it is first used; `close` ends everything it started.

    `folder` is where sandboxes are staged; it may lie in a closed home. `highest_rung` keeps below a rung;
    `index_options` tell uv where packages come from.
    """

    bundles: BundleStore
    artifacts: ArtifactStore
    policy: TrustPolicy
    folder: Path
    logs: LogSink = _ignore
    secrets: SecretSource | None = None
    egress: Egress | None = None
    highest_rung: int | None = None
    index_options: tuple[str, ...] = ()
    _stage: Stage = field(init=False)
    _pool: Pool = field(init=False)
    _rung: "asyncio.Task[Rung] | None" = None
    _prepared: dict[tuple[Digest, Digest, Trust], "asyncio.Task[PreparedVersion]"] = field(
        default_factory=dict
    )
    _beforehand: "set[asyncio.Task[None]]" = field(default_factory=set)
    _guards: dict[Digest, ContractGuard] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._stage = Stage(self.folder)
        self._environments = Environments(
            self.folder / "environments", self.index_options, lambda: self._known_rung().number
        )
        self._pool = Pool(self._stage)
        asking = Asking(secrets=self.secrets, egress=self.egress)
        self._inline = InlineStrategy(self.logs, asking)
        self._process = ProcessStrategy(self._pool, self._known_rung, self.artifacts, self.logs, asking)
        self._http = HttpStrategy(self.egress)

    @cached_property
    def _wasm(self) -> WasmStrategy:
        compiled = FolderArtifacts(self.folder / "compiled")
        asking = Asking(secrets=None, egress=None)
        compiling = ProcessStrategy(self._pool, self._known_rung, compiled, _ignore, asking)
        return WasmStrategy(self._process, compiling, compiled)

    async def rung(self) -> Rung:
        """How strong the process sandbox is here; found by trying, once."""
        if self._rung is None:
            self._rung = asyncio.create_task(asyncio.to_thread(self._climb))
        return await asyncio.shield(self._rung)

    def _climb(self) -> Rung:
        return climb(self._try_rung, highest=self.highest_rung)

    def _try_rung(self, number: int) -> str | None:
        try:
            self._pool.try_ground(Ground(rung=number))
        except StartRefused as error:
            return str(error)
        return None

    def _known_rung(self) -> Rung:
        assert self._rung is not None
        return self._rung.result()

    async def execute(self, calls: Sequence[Call], deliver: Deliver) -> None:
        """Carry out calls of one version and hand each outcome over, as `Executor.invoke` says."""
        try:
            version = await self._prepare(calls[0])
            carrier = self._carrier(version, calls[0])
        except Refused as refused:
            error = CallError(name=refused.name, message=shown(str(refused)))
            for position in range(len(calls)):
                deliver(position, Failed(error=error, limit=refused.limit))
            return
        delivery = Delivery(version, deliver, self.artifacts, carrier.takes_bytes)
        # What should have been inline and is not would follow one by one where it could run side by side.
        if carrier is self._inline or (carrier is self._process and calls[0].strategy == "process"):
            delivery.following = self._following(calls, carrier)
        left = await self._deliver(delivery, calls, carrier)
        if left:
            # The inline thread was given up before they began: its version runs as a process now.
            await self._process.carry_out(version, left)

    invoke = execute

    async def _deliver(self, delivery: Delivery, calls: Sequence[Call], carrier: Carrier) -> list[Job]:
        """Carry out calls, and calls with items beside them; returns jobs that were not begun."""
        jobs: list[Job] = []
        mapped: list[tuple[int, Call]] = []
        for position, call in enumerate(calls):
            if position % _GUARDED_AT_ONCE == _GUARDED_AT_ONCE - 1:
                await asyncio.sleep(0)
            if call.items is not None:
                mapped.append((position, call))
                continue
            job = await delivery.guarded(position, call)
            if job is not None:
                jobs.append(job)
        if not mapped:
            if jobs:
                await carrier.carry_out(delivery.version, jobs)
        else:
            async with asyncio.TaskGroup() as group:
                for position, call in mapped:
                    group.create_task(self._deliver_items(delivery, position, call, carrier))
                if jobs:
                    await carrier.carry_out(delivery.version, jobs)
        return [job for job in jobs if id(job) in delivery.positions] if delivery.positions else []

    async def _deliver_items(self, delivery: Delivery, position: int, call: Call, carrier: Carrier) -> None:
        """A call for each item, no more of them at a time than the call allows; one outcome for all.

        Items that were not begun have none: they are the engine's to send again.
        """
        assert call.items is not None
        count = len(call.items.numbers)
        outcomes: list[Outcome | None] = [None] * count
        each = Delivery(delivery.version, outcomes.__setitem__, self.artifacts, delivery.takes_bytes)
        common = await each.in_common(call)
        calls = () if common is None else tuple(enumerate(calls_of_items(call)))
        step = count if carrier.at_once <= call.items.at_once else call.items.at_once
        for first in range(0, len(calls), step):
            assert common is not None
            jobs = each.jobs_of_items(calls[first : first + step], call.items, common)
            if jobs:
                await carrier.carry_out(delivery.version, jobs)
        delivery.deliver(position, Returned(outputs={}, then=tuple(outcomes)))

    def _following(
        self, calls: Sequence[Call], carrier: Carrier
    ) -> dict[tuple[Digest, Digest], PreparedVersion]:
        """The versions of followers that the same strategy carries out and that need not be waited for."""
        found: dict[tuple[Digest, Digest], PreparedVersion | None] = {}
        for call in calls:
            for follower in call.followers:
                key = (follower.version.bundle, follower.version.contract)
                if key not in found:
                    found[key] = self._follower_at_hand(call_of(follower, call), carrier)
        return {key: version for key, version in found.items() if version is not None}

    def _follower_at_hand(self, call: Call, carrier: Carrier) -> PreparedVersion | None:
        """None where it may not follow or is not prepared yet; then it is prepared for the next time."""
        trust = self.policy.trust_of(call.version.bundle)
        key = (call.version.bundle, call.version.contract, trust)
        task = self._prepared.get(key)
        if task is None:
            beforehand = asyncio.create_task(self._prepare_beforehand(call))
            self._beforehand.add(beforehand)
            beforehand.add_done_callback(self._beforehand.discard)
            return None
        if not task.done() or task.exception() is not None:
            return None
        try:
            self._require_rung(call, trust, self._known_rung())
        except Refused:
            return None
        version = task.result()
        if self._carrier(version, call) is not carrier:
            return None
        return version if carrier is self._inline or self._process.is_quick(version) else None

    async def _prepare_beforehand(self, call: Call) -> None:
        try:
            await self._prepare(call)
        except Refused as refused:
            log.debug("%s is not ready to follow; its own call will tell: %s", call.name, refused)

    async def make_ready(self, call: Call) -> None:
        """Do beforehand what the first call of a version would wait for. Raises `Refused`."""
        await self._prepare(call)

    async def _prepare(self, call: Call) -> PreparedVersion:
        trust = self.policy.trust_of(call.version.bundle)
        rung = self._rung.result() if self._rung is not None and self._rung.done() else await self.rung()
        self._require_rung(call, trust, rung)
        key = (call.version.bundle, call.version.contract, trust)
        task = self._prepared.get(key)
        if task is not None and task.done() and task.exception() is None:
            return task.result()
        if task is None:
            task = self._prepared[key] = asyncio.create_task(self._prepare_apart(call, trust))
        try:
            return await asyncio.shield(task)
        except (BundleRefused, EnvironmentRefused, OSError) as error:
            self._prepared.pop(key, None)
            raise Refused("system.unavailable", f"{call.name} cannot be prepared: {error}") from error
        except NotCompiled as error:
            raise Refused("system.contract", f"{call.name} cannot be prepared: {error}") from error
        except Exception as error:
            self._prepared.pop(key, None)
            log.exception("%s cannot be prepared", call.name)
            text = f"{call.name} cannot be prepared just now. The server's log has more."
            raise Refused("system.unavailable", text) from error

    def _require_rung(self, call: Call, trust: Trust, rung: Rung) -> None:
        version = call.version
        needed = self.policy.rung_for(trust, version.min_rung, runtime=version.runtime)
        if call.strategy in ("process", "wasm") and needed > rung.number:
            message = refusal(call.name, trust=trust, needed=needed, rung=rung)
            raise Refused("system.capability", message, limit="sandbox")
        if reason := strategy_refusal(call.name, call.strategy, trust=trust):
            raise Refused("system.capability", reason, limit="sandbox")
        if call.strategy not in version.strategies:
            message = f"{call.name} does not offer the strategy {call.strategy}."
            raise Refused("system.capability", message)

    async def _prepare_apart(self, call: Call, trust: Trust) -> PreparedVersion:
        with self._pool.nearness.apart():
            return await self._prepare_once(call, trust)

    async def _prepare_once(self, call: Call, trust: Trust) -> PreparedVersion:
        version = call.version
        bundle = await asyncio.to_thread(fetch_bundle, self.bundles, version.bundle, version.contract)
        folder = await asyncio.to_thread(self._stage.unpack, version.bundle, bundle.files)
        prepared = PreparedVersion(
            name=call.name,
            bundle=version.bundle,
            runtime=version.runtime,
            entry=bundle.entry,
            folder=folder,
            packages=() if bundle.lock is None else (str(await self._environments.packages(bundle.lock)),),
            guard=self._guard(call),
            trust=trust,
            rung=self._known_rung().number,
            is_one_file=sum(name.endswith(".py") for name in bundle.files) == 1,
        )
        if version.runtime == "wasm":
            return await self._wasm.make_ready(prepared)
        return prepared

    def _guard(self, call: Call) -> ContractGuard:
        digest = call.version.contract
        guard = self._guards.get(digest)
        if guard is None:
            if contract_digest(call.contract) != digest:
                raise BundleRefused(f"the contract handed over is not {digest}")
            guard = self._guards[digest] = ContractGuard(call.contract)
        return guard

    def _carrier(self, version: PreparedVersion, call: Call) -> Carrier:
        match call.strategy:
            case "inline" if self._fits_inline(version):
                return self._inline
            case "inline" | "process":
                return self._process
            case "wasm":
                return self._wasm
            case "http":
                return self._http

    def _fits_inline(self, version: PreparedVersion) -> bool:
        has_blobs = version.guard.blob_inputs or version.guard.blob_outputs
        return version.is_one_file and not has_blobs and not self._inline.is_too_slow(version.bundle)

    async def close(self) -> None:
        """End every process and thread that was started, and remove what was staged."""
        if self._rung is not None:
            await asyncio.wait([self._rung])
        for task in self._beforehand:
            task.cancel()
        await asyncio.gather(*self._beforehand, return_exceptions=True)
        await self._inline.close()
        await self._http.close()
        await self._process.close()
