"""The process strategy: calls go to sandboxed workers, pipelined.

Owns:      the documents of calls and results, and what a worker's death means.
Promises:  a call ends within its wall limit and two ticks of the watch, whatever the module does.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import orjson
from msgspec import Struct, field

from contracts.canonical import JSON
from executors.artifacts import ArtifactStore
from executors.asking import Asking
from executors.interchange import NotInterchangeable, decode_foreign
from executors.protocol import LogSink
from executors.sandbox import frames
from executors.sandbox.codec import LARGE_BYTES
from executors.sandbox.ladder import Rung
from executors.strategies.registry import Answer, Gave, Job, PreparedVersion, Stopped
from executors.strategies.telling import MESSAGE_LENGTH, raised, said
from executors.trust import stays_warm
from executors.workers.blobs import Outgoing, store_outputs
from executors.workers.boxes import NAMES, Boxes
from executors.workers.lane import WORKERS_A_LANE, Lane
from executors.workers.pool import Ground, Pool
from executors.workers.tickets import Broken, Cause, Ticket
from executors.workers.zygotes import StartRefused

log = logging.getLogger(__name__)
_RESULT_SLACK: Final = 64 << 10
_CALL_SLACK: Final = 1 << 20
_SECOND_US: Final = 1_000_000
_DAY_SECONDS: Final = 86_400
# Results may be held back for a moment where losing them with a crash costs no more than doing it again.
_REPEATABLE: Final = ("pure", "idempotent")
_WASM_ENGINE_BYTES: Final = 192 << 20
# Addresses alone: 4 GiB for each of the memories that a store may have.
_WASM_RESERVED_BYTES: Final = 64 << 30

_MEANINGS: Final[dict[Cause, tuple[str, str | None]]] = {
    "wall": ("system.timeout", "wall"),
    "cpu": ("system.limit", "cpu"),
    "memory": ("system.limit", "memory"),
    "scratch": ("system.limit", "scratch"),
    "output": ("system.limit", "output"),
    "log": ("system.limit", "log"),
    "crashed": ("system.crashed", None),
    "protocol": ("system.crashed", None),
    "walls": ("system.capability", None),
    "cancelled": ("system.crashed", None),
    "input": ("system.unavailable", None),
}


class _Batch(Struct, eq=False):
    """The jobs of one `carry_out` that have not been answered."""

    left: int
    done: "asyncio.Future[None]"
    tickets: list[Ticket] = field(default_factory=list)
    following: dict[int, tuple[Lane, Ticket]] = field(default_factory=dict)  # by the job in front
    storing: set["asyncio.Task[None]"] = field(default_factory=set)

    def answered(self, job: Job, answer: Answer) -> None:
        self.following.pop(id(job), None)
        job.answer(job, answer)
        self.left -= 1
        if self.left == 0 and not self.done.done():
            self.done.set_result(None)


class ProcessStrategy:
    """`loader` (`module:function`) replaces the loading of Python files, as wasm does."""

    at_once = WORKERS_A_LANE
    takes_bytes = True

    def __init__(
        self, pool: Pool, rung: Callable[[], Rung], artifacts: ArtifactStore, logs: LogSink, asking: Asking
    ) -> None:
        self._pool = pool
        self._rung = rung
        self._artifacts = artifacts
        self._logs = logs
        self._asking = asking
        self._questions: set[asyncio.Task[None]] = set()

    async def carry_out(self, version: PreparedVersion, jobs: Sequence[Job], *, loader: str = "") -> None:
        try:
            lane = self._known_lane(version, loader) or await self._pool.lane(
                _key(version, loader), self._ground(version, jobs[0]), _order(version, jobs[0], loader)
            )
        except StartRefused as error:
            for job in jobs:
                job.answer(job, Stopped(name="system.unavailable", message=f"No sandbox: {error}."))
            return
        batch = _Batch(len(jobs), asyncio.get_running_loop().create_future())
        batch.tickets = [self._ticket(job, version, job, batch, lane) for job in jobs]
        try:
            lane.submit(batch.tickets)
            await batch.done
        except BaseException:
            lane.abandon(batch.tickets)
            for other, ticket in batch.following.values():
                other.abandon([ticket])
            for task in batch.storing:
                task.cancel()
            raise
        finally:
            # The tickets hold the batch, and the batch the tickets: they need not wait for the collector.
            batch.tickets = []
            batch.following = {}

    def is_quick(self, version: PreparedVersion) -> bool:
        """Whether its calls have turned out to take less than the way to them."""
        lane = self._known_lane(version)
        return lane is not None and lane.is_quick

    def _known_lane(self, version: PreparedVersion, loader: str = "") -> Lane | None:
        return self._pool.known_lane(_key(version, loader))

    def _go_on(self, lead: Job, batch: _Batch, answer: Answer) -> None:
        """What follows a job in its chain; the job in front is answered when nothing does."""
        job = None if lead.chain is None else lead.chain.take(answer)
        if job is None:
            batch.answered(lead, answer)
            return
        lane = self._known_lane(job.version)
        if lane is None:
            gone = Stopped(name="system.unavailable", message="The sandbox has ended.")
            self._go_on(lead, batch, gone)
            return
        ticket = self._ticket(lead, job.version, job, batch, lane)
        batch.following[id(lead)] = (lane, ticket)
        lane.submit([ticket])

    def _ground(self, version: PreparedVersion, job: Job) -> Ground:
        capabilities = job.call.version.capabilities
        return Ground(
            rung=self._rung().number,
            packages=version.packages,
            scratch_bytes=capabilities.scratch_bytes if capabilities else 0,
        )

    def _ticket(self, lead: Job, version: PreparedVersion, job: Job, batch: _Batch, lane: Lane) -> Ticket:
        """`lead`: the job in front of the chain, often the job itself."""
        began = time.perf_counter_ns()
        outgoing = None
        if _has_blobs(version, job):
            outgoing = Outgoing(job.call, job.blobs, version.guard, self._artifacts)
        boxed = _boxed(job, lane.order["inbox_bytes"])
        payload = _call_document(job, outgoing, boxed)
        job.serialise_us = (time.perf_counter_ns() - began) // 1000
        return Ticket(
            payload=payload,
            seconds=job.seconds,
            cpu_seconds=job.call.version.limits.cpu_seconds,
            finish=partial(self._finish, lead, job, batch, outgoing, lane.note_seconds),
            tell=partial(self._tell, job),
            ask=partial(self._ask, job),
            descriptors=None if outgoing is None else outgoing.descriptors,
            large=tuple(boxed.values()),
        )

    def _finish(
        self,
        lead: Job,
        job: Job,
        batch: _Batch,
        outgoing: Outgoing | None,
        note: Callable[[float], None],
        ticket: Ticket,
        result: bytes | Broken,
    ) -> None:
        elapsed = time.monotonic() - ticket.began_at if ticket.began_at else 0.0
        job.queue_us = int(max(0.0, ticket.began_at - ticket.submitted_at) * _SECOND_US)
        if isinstance(result, Broken):
            answer: Answer = _meaning(result)
        else:
            answer, blobs = _answer(job, result, ticket.boxes, elapsed)
            if blobs and outgoing is not None and isinstance(answer, Gave):
                task = asyncio.create_task(self._store(lead, job, batch, outgoing, answer, blobs))
                batch.storing.add(task)
                return
        note(job.execute_us / _SECOND_US or elapsed)
        if outgoing is not None:
            outgoing.close()
        self._go_on(lead, batch, answer)

    async def _store(
        self, lead: Job, job: Job, batch: _Batch, outgoing: Outgoing, gave: Gave, blobs: dict[str, Any]
    ) -> None:
        try:
            stored = await store_outputs(outgoing, blobs, self._artifacts)
            answer: Answer = Gave(outputs=gave.outputs, blobs=stored, passed=gave.passed)
        except NotInterchangeable as error:
            answer = Stopped(name="system.contract", message=str(error))
        except Exception as error:
            log.exception("the outputs of %s could not be kept", job.call.name)
            reason = error.strerror if isinstance(error, OSError) else None
            message = f"The outputs could not be stored: {reason or type(error).__name__}."
            answer = Stopped(name="system.unavailable", message=message)
        finally:
            outgoing.close()
        self._go_on(lead, batch, answer)

    def _tell(self, job: Job, ticket: Ticket, kind: int, line: dict[str, Any]) -> None:
        if kind == frames.PROGRESS:
            self._logs(said(job, str(line.get("note", "")), "progress", line))
        else:
            self._logs(said(job, str(line["message"]), str(line["level"]), dict(line["fields"])))

    def _ask(
        self, job: Job, ticket: Ticket, question: dict[str, Any], reply: Callable[[bytes], None]
    ) -> None:
        async def answer() -> None:
            try:
                reply(orjson.dumps(await self._asking.answer(job.call, question, job.redactor)))
            except (KeyError, TypeError, ValueError, AttributeError):
                reply(b'{"refused":"the question is malformed"}')
            except Exception:
                log.exception("a question of %s could not be answered", job.call.name)
                reply(b'{"unavailable":"the host failed to answer"}')

        task = asyncio.create_task(answer())
        self._questions.add(task)
        task.add_done_callback(self._questions.discard)

    async def close(self) -> None:
        for task in list(self._questions):
            task.cancel()
        await self._pool.close()


def _key(version: PreparedVersion, loader: str) -> object:
    return (version.bundle, loader, version.packages, stays_warm(version.trust))


def _order(version: PreparedVersion, job: Job, loader: str) -> dict[str, Any]:
    """What the zygote is told of a worker of this version."""
    limits = job.call.version.limits
    capabilities = job.call.version.capabilities
    scratch_bytes = capabilities.scratch_bytes if capabilities else 0
    contract = version.guard.contract
    is_one_shot = not loader and not stays_warm(version.trust)
    blob_out = [min(port.bytes_allowed, limits.output_bytes) for port in version.guard.blob_outputs.values()]
    blob_in = [port.bytes_allowed for port in version.guard.blob_inputs.values()]
    json_in = [port.bytes_allowed for port in contract.ports.inputs.values() if port.media == "json"]
    has_memory = not is_one_shot and hasattr(os, "memfd_create")
    shared = ["marker"] if has_memory and job.call.version.effects.kind in _REPEATABLE else []
    shared += NAMES if has_memory else ()
    inbox, outbox = (sum(json_in), limits.output_bytes) if has_memory else (0, 0)
    return {
        "folder": str(version.folder),
        "entry": version.entry,
        "loader": loader,
        "packages": list(version.packages),
        "is_one_shot": is_one_shot,
        "shared": shared,
        "inbox_bytes": inbox,
        "outbox_bytes": outbox,
        "wants_scratch": scratch_bytes > 0,
        "memory_bytes": limits.memory_bytes,
        "engine_bytes": _WASM_ENGINE_BYTES if loader else 0,
        "reserved_bytes": _WASM_RESERVED_BYTES if loader else 0,
        "blob_bytes": sum(blob_in) + sum(blob_out) + inbox + outbox,
        "cpu_seconds": int(min(limits.cpu_seconds, _DAY_SECONDS)) + 1 if is_one_shot else 0,
        "file_bytes": max([scratch_bytes, *blob_out]),
        "payload_bytes": sum(json_in) + _CALL_SLACK + len(job.call.config),
        "result_bytes": limits.output_bytes + _RESULT_SLACK,
    }


def _has_blobs(version: PreparedVersion, job: Job) -> bool:
    return bool(job.blobs or version.guard.blob_outputs)


def _boxed(job: Job, room: int) -> dict[str, bytes]:
    """The inputs that go into the inbox."""
    boxed: dict[str, bytes] = {}
    for name, data in job.encoded.items():
        if LARGE_BYTES <= len(data) <= room:
            boxed[name] = data
            room -= len(data)
    return boxed


def _call_document(job: Job, outgoing: Outgoing | None, boxed: Mapping[str, bytes]) -> bytes:
    """Put together from bytes that are JSON already."""
    small = [b'"%b":%b' % (name.encode(), data) for name, data in job.encoded.items() if name not in boxed]
    document = b'{"config":%b,"inputs":{%b},"seconds":%.3f,"key":%b}' % (
        job.call.config or b"{}",
        small[0] if len(small) == 1 else b",".join(small),
        job.seconds,
        orjson.dumps(job.call.key),
    )
    if not boxed and outgoing is None:
        return document
    more: dict[str, Any] = {}
    if boxed:
        more["large"] = {name: len(data) for name, data in boxed.items()}
    if outgoing is not None:
        more |= {"blobs": outgoing.described, "writers": outgoing.writers}
    return document[:-1] + b"," + orjson.dumps(more)[1:]


def _answer(job: Job, result: bytes, boxes: Boxes | None, elapsed: float) -> tuple[Answer, dict[str, Any]]:
    """A worker's result document, believed in nothing but its form."""
    try:
        document = decode_foreign(result)
        job.execute_us = min(max(0, int(document["us"])), int(job.seconds * _SECOND_US))
        job.transport_us = max(0, int(elapsed * _SECOND_US) - job.execute_us)
        if "outputs" in document:
            outputs = dict(document["outputs"])
            passed: dict[str, str] = {}
            if "large" in document and boxes is not None:
                outputs, passed = _unboxed(job, outputs, dict(document["large"]), boxes)
            return Gave(outputs=outputs, passed=passed), dict(document.get("blobs", {}))
        if "error" in document:
            return _raised(job, document["error"]), {}
        return _fault(job, str(document["fault"]), str(document["message"])), {}
    except (NotInterchangeable, KeyError, TypeError, ValueError, OverflowError) as error:
        message = f"The sandbox sent an unreadable result: {type(error).__name__}."
        return Stopped(name="system.crashed", message=message), {}


def _unboxed(
    job: Job, outputs: dict[str, JSON], sizes: Mapping[str, object], boxes: Boxes
) -> tuple[dict[str, JSON], dict[str, str]]:
    """The outputs with those that lie in the outbox; what has the bytes of an input is that input."""
    passed: dict[str, str] = {}
    large = [(source, data) for source, data in job.encoded.items() if len(data) >= LARGE_BYTES]
    for name, data in zip(sizes, boxes.take(sizes.values()), strict=True):
        same = next((source for source, known in large if known == data), None)
        if same is None:
            outputs[name] = decode_foreign(data)
        else:
            outputs.pop(name, None)
            passed[name] = same
    return outputs, passed


def _raised(job: Job, error: JSON) -> Answer:
    name, message, data = str(error["name"]), str(error["message"]), error.get("data")
    if name == "system.limit" and data == {"limit": "output"}:
        return Stopped(name=name, message=job.redactor.text(message[:MESSAGE_LENGTH]), limit="output")
    return raised(job, name, message, data)


def _fault(job: Job, fault: str, message: str) -> Stopped:
    text = job.redactor.text(message[:MESSAGE_LENGTH])
    if fault == "contract":
        return Stopped(name="system.contract", message=text)
    if fault == "wall":
        message = f"The call took longer than {job.seconds:g} s."
        return Stopped(name="system.timeout", message=message, limit="wall")
    if fault == "memory":
        message = "The module needed more memory than its limit."
        return Stopped(name="system.limit", message=message, limit="memory")
    if fault == "output":
        return Stopped(name="system.limit", message=f"The outputs are too large: {text}.", limit="output")
    return Stopped(name="system.crashed", message=text)


def _meaning(broken: Broken) -> Stopped:
    name, limit = _MEANINGS[broken.cause]
    if broken.cause == "walls":
        return Stopped(name=name, message=f"A wall of the sandbox did not hold: {broken.message}.")
    if broken.cause == "output":
        return Stopped(name=name, message="The outputs are larger than the limit.", limit=limit)
    if broken.cause == "protocol":
        return Stopped(name=name, message=f"The module disturbed its sandbox: {broken.message}.")
    return Stopped(name=name, message=broken.message, limit=limit)
