"""All workers of this process: zygotes by environment, lanes by version, one watch.

Owns:      starting and ending zygotes and workers, the cap on their number, and recycling.
Promises:  after `close` no process, folder or mount of it is left.
Never:     decides who may run: it is told the rung and the order.
"""

import asyncio
import contextlib
import importlib.util
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

from executors.workers import bubblewrap
from executors.workers.lane import CORES, Lane
from executors.workers.nearness import Nearness
from executors.workers.stage import Stage
from executors.workers.watch import Allowance, Watch, cpu_seconds
from executors.workers.worker import Worker
from executors.workers.zygotes import (
    Started,
    StartRefused,
    Zygote,
    await_end,
    next_user,
    start_zygote,
    try_walls,
)

_IDLE_SECONDS: Final = 300.0
_SWEEP_SECONDS: Final = 30.0
_IDLE_SHARE: Final = 0.05
_WORKER_CAP: Final = max(8, CORES * 4)
_SCRATCH_FOLDERS: Final = 8
_NAMESPACES_RUNG: Final = 3
_BASE_MEMORY_BYTES: Final = 48 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a zygote is built for: its rung, the packages its modules may import, the size of their scratch."""

    rung: int
    packages: tuple[str, ...] = ()
    scratch_bytes: int = 0


@dataclass(eq=False)
class Pool:
    """Lives on the event loop on which it is first used."""

    stage: Stage
    _zygotes: dict[Ground, asyncio.Task[Zygote]] = field(default_factory=dict)
    _lanes: dict[object, Lane] = field(default_factory=dict)
    _hungry: list[Lane] = field(default_factory=list)
    _worker_count: int = 0
    _leaving: int = 0
    nearness: Nearness = field(default_factory=Nearness)
    _bwrap: str = ""
    _watch: Watch | None = None
    _sweeper: asyncio.TimerHandle | None = None
    _starter: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(max_workers=1, thread_name_prefix="zygotes")
    )

    async def zygote(self, ground: Ground) -> Zygote:
        """The zygote for a ground, started if need be. Raises `StartRefused`."""
        task = self._zygotes.get(ground)
        if task is None:
            task = asyncio.create_task(self._start(ground))
            self._zygotes[ground] = task
        try:
            return await asyncio.shield(task)
        except StartRefused:
            self._zygotes.pop(ground, None)
            raise

    async def _start(self, ground: Ground) -> Zygote:
        loop = asyncio.get_running_loop()
        with self.nearness.apart():
            started = await loop.run_in_executor(
                self._starter, start_zygote, self._start_order(ground), self.stage.runtime
            )
        if self._watch is None:
            self._watch = Watch(loop, self._running)
            self._sweeper = loop.call_later(_SWEEP_SECONDS, self._sweep)
        return Zygote(started, loop, self._on_zygote_lost)

    def try_ground(self, ground: Ground) -> None:
        """Start a zygote and a worker that tries its walls, then end both. Blocks. Raises `StartRefused`."""
        try:
            self._try(ground)
        except StartRefused:
            self._bwrap = bubblewrap.find() or "" if ground.rung >= _NAMESPACES_RUNG else ""
            if not self._bwrap:
                raise
            try:
                self._try(ground)
            except StartRefused:
                self._bwrap = ""
                raise

    def _try(self, ground: Ground) -> None:
        started = self._starter.submit(start_zygote, self._start_order(ground), self.stage.runtime).result()
        try:
            try_walls(started, self._trial_order(started))
        finally:
            started.control.close()
            await_end(started.process)

    def _start_order(self, ground: Ground) -> dict[str, Any]:
        scratch: list[str] = []
        if ground.scratch_bytes:
            place = (
                "/scratch" if ground.rung >= _NAMESPACES_RUNG else self.stage.new_scratch(_SCRATCH_FOLDERS)
            )
            scratch = [f"{place}/{number}" for number in range(_SCRATCH_FOLDERS)]
        readable = [*self.stage.readable(), *ground.packages]
        bound = [*readable, str(self.stage.bundles)]
        return {
            "rung": ground.rung,
            "bwrap": self._bwrap if ground.rung >= _NAMESPACES_RUNG else "",
            "runtime": str(self.stage.runtime),
            "codec": _codec(),
            "stage": str(self.stage.root),
            "readable": readable,
            "bound": bound,
            "hidden": self.stage.hidden(),
            "scratch": scratch,
            "scratch_bytes": ground.scratch_bytes,
        }

    def _trial_order(self, started: Started) -> dict[str, Any]:
        return {
            "folder": str(self.stage.runtime),
            "entry": "",
            "loader": "",
            "packages": [],
            "is_one_shot": True,
            "shared": [],
            "wants_scratch": False,
            "cpu_seconds": 2,
            "file_bytes": 0,
            "payload_bytes": 4096,
            "result_bytes": 4096,
            "user": next_user(),
            "data_bytes": started.data_bytes + (64 << 20),
            "address_bytes": started.address_bytes + (1 << 30),
        }

    def _on_zygote_lost(self, zygote: Zygote) -> None:
        self._starter.submit(zygote.wait)
        for ground, task in list(self._zygotes.items()):
            if task.done() and not task.cancelled() and task.exception() is None and task.result() is zygote:
                del self._zygotes[ground]
        for key, lane in list(self._lanes.items()):
            if lane.zygote is zygote:
                del self._lanes[key]

    def known_lane(self, key: object) -> Lane | None:
        return self._lanes.get(key)

    async def lane(self, key: object, ground: Ground, order: dict[str, Any]) -> Lane:
        """The lane of a version. Raises `StartRefused`."""
        lane = self._lanes.get(key)
        if lane is not None:
            return lane
        zygote = await self.zygote(ground)
        lane = self._lanes.get(key)
        if lane is None:
            lane = Lane(zygote, self._completed(order, zygote, ground), self, zygote.loop, self.nearness)
            self._lanes[key] = lane
        return lane

    def _completed(self, order: dict[str, Any], zygote: Zygote, ground: Ground) -> dict[str, Any]:
        memory, blobs = order["memory_bytes"] + order["engine_bytes"], order["blob_bytes"]
        return {
            **order,
            "has_own_user": ground.rung >= 1,
            # Where there is no file system of its own, nobody but the watch adds up what is written.
            "watched_scratch_bytes": ground.scratch_bytes if ground.rung < _NAMESPACES_RUNG else 0,
            "data_bytes": zygote.started.data_bytes + memory,
            "address_bytes": zygote.started.address_bytes
            + 2 * memory
            + blobs
            + order["reserved_bytes"]
            + (512 << 20),
        }

    def take(self, lane: Lane) -> bool:
        has_scratch = not lane.order["wants_scratch"] or lane.zygote.worker_count < _SCRATCH_FOLDERS
        if self._worker_count < _WORKER_CAP and has_scratch:
            self._worker_count += 1
            return True
        if lane not in self._hungry:
            self._hungry.append(lane)
        if self._leaving < len(self._hungry):
            self._evict(None if has_scratch else lane.zygote)
        return False

    def give_back(self, lane: Lane) -> None:
        self._worker_count -= 1
        self._leaving = max(0, self._leaving - 1)
        self._feed()

    def offer(self) -> None:
        if self._leaving < len(self._hungry):
            self._feed()

    def _feed(self) -> None:
        waiting, self._hungry = self._hungry, []
        for hungry in waiting:
            hungry.pump()

    def ring(self) -> None:
        if self._watch is not None:
            self._watch.ring()

    def _evict(self, zygote: Zygote | None) -> None:
        """Retire the worker (of a zygote) that has been idle longest; there is room once it has gone."""
        idle = [
            (worker.idle_since, id(worker), lane, worker)
            for lane, worker in self._idle_workers()
            if zygote is None or lane.zygote is zygote
        ]
        if idle:
            _, _, lane, worker = min(idle, key=lambda entry: entry[:2])
            lane.workers.discard(worker)
            self._leaving += 1
            worker.retire()

    def _idle_workers(self) -> Iterator[tuple[Lane, Worker]]:
        for lane in self._lanes.values():
            for worker in lane.workers:
                if not worker.pending:
                    yield lane, worker

    def _running(self) -> Iterator[tuple[Worker, Allowance]]:
        for lane in list(self._lanes.values()):
            order = lane.order
            allowed = order["memory_bytes"] + order["engine_bytes"] + order["blob_bytes"] + _BASE_MEMORY_BYTES
            allowance = Allowance(memory_bytes=allowed, scratch_bytes=order["watched_scratch_bytes"])
            for worker in lane.workers:
                yield worker, allowance

    def _sweep(self) -> None:
        """End what has been idle for long."""
        loop = asyncio.get_running_loop()
        oldest = time.monotonic() - _IDLE_SECONDS
        for lane, worker in list(self._idle_workers()):
            if worker.idle_since < oldest or self._is_busy_by_itself(worker):
                lane.workers.discard(worker)
                worker.retire()
            elif worker.boxes is not None and worker.idle_since < time.monotonic() - _SWEEP_SECONDS:
                worker.boxes.empty()
        for ground, task in list(self._zygotes.items()):
            if task.done() and not task.exception():
                zygote = task.result()
                if not zygote.worker_count and zygote.idle_since < oldest:
                    self._on_zygote_lost(zygote)
                    zygote.shut()
                    self._zygotes.pop(ground, None)
        self._sweeper = loop.call_later(_SWEEP_SECONDS, self._sweep)

    def _is_busy_by_itself(self, worker: Worker) -> bool:
        """Whether an idle worker burns processor time: a module left a thread behind that never ends."""
        pid = worker.zygote.pid_of(worker.fork_number)
        used = 0.0 if pid is None else cpu_seconds(pid)
        before, worker.cpu_when_swept = worker.cpu_when_swept, used
        was_idle_all_the_time = worker.idle_since < time.monotonic() - _SWEEP_SECONDS
        return was_idle_all_the_time and before > 0 and used - before > _SWEEP_SECONDS * _IDLE_SHARE

    async def close(self) -> None:
        for timer in (self._watch, self._sweeper):
            if isinstance(timer, Watch):
                timer.close()
            elif timer is not None:
                timer.cancel()
        loop = asyncio.get_running_loop()
        self.nearness.part()
        for lane in self._lanes.values():
            lane.close()
        for task in list(self._zygotes.values()):
            with contextlib.suppress(StartRefused):
                zygote = await task
                zygote.shut()
                await loop.run_in_executor(self._starter, zygote.wait)
        self._zygotes.clear()
        self._lanes.clear()
        await asyncio.to_thread(self._starter.shutdown)
        await asyncio.to_thread(self.stage.close)


def _codec() -> str:
    """The file of the library that reads and writes JSON inside the sandbox too."""
    spec = importlib.util.find_spec("orjson.orjson")
    assert spec is not None
    assert spec.origin is not None
    return spec.origin
