"""The http strategy: a remote service that fulfils a contract.

Owns:      the request (inputs, config, idempotency key, contract digest), what each status means, and looking
           at the service's OpenAPI document for drift.
Promises:  what the service answers is judged like any module's; nothing is sent but through the egress client.
Never:     retries or opens a breaker: the engine does.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from msgspec import UNSET

from contracts.canonical import Digest
from executors.drift import check_description
from executors.egress import Egress, EgressRefused, EgressTooLarge, EgressUnavailable, Request, Response
from executors.interchange import NotInterchangeable, decode_foreign
from executors.strategies.registry import Answer, Gave, Job, PreparedVersion, Raised, Stopped

_AT_ONCE: Final = 16
_LOOK_AGAIN_SECONDS: Final = 300.0
_LOOK_SECONDS: Final = 5.0


class HttpStrategy:
    """`egress` is the host's; without one every call is refused."""

    at_once = _AT_ONCE
    takes_bytes = True

    def __init__(self, egress: Egress | None) -> None:
        self._egress = egress
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._looks: dict[tuple[str, Digest], asyncio.Task[str | None]] = {}
        self._looked_at: dict[tuple[str, Digest], float] = {}

    async def carry_out(self, version: PreparedVersion, jobs: Sequence[Job]) -> None:
        async with asyncio.TaskGroup() as group:
            for job in jobs:
                group.create_task(self._one(version, job))

    async def _drift(self, version: PreparedVersion, job: Job) -> str | None:
        """How the service differs from its contract, looked up now and then; None where nothing is proven.

        Of the time of a call half is left for the call: to describe itself is no duty of a service.
        """
        key = (version.entry, job.call.version.contract)
        is_old = time.monotonic() - self._looked_at.get(key, 0.0) > _LOOK_AGAIN_SECONDS
        if key not in self._looks or is_old:
            self._looked_at[key] = time.monotonic()
            self._looks[key] = asyncio.create_task(self._look(version, job))
        look = self._looks[key]
        await asyncio.wait([look], timeout=job.seconds / 2)
        return look.result() if look.done() else None

    async def _look(self, version: PreparedVersion, job: Job) -> str | None:
        assert self._egress is not None
        request = Request(method="GET", url=f"{version.entry}/openapi.json", headers={})
        try:
            response = await self._egress.send(request, allowed=_network(job), seconds=_LOOK_SECONDS)
            document = decode_foreign(response.body) if response.status == 200 else None
        except (EgressRefused, EgressUnavailable, NotInterchangeable):
            return None  # a service need not describe itself, and the call itself will tell
        if document is None:
            return None
        contract, path = version.guard.contract, urlsplit(version.entry).path
        digest = job.call.version.contract
        problems = await asyncio.to_thread(check_description, contract, digest, document, path)
        if not problems:
            return None
        first = problems[0]
        return f"{version.entry} has drifted from its contract (openapi.json#{first.path}). {first.message}"

    async def _one(self, version: PreparedVersion, job: Job) -> None:
        loop = asyncio.get_running_loop()
        submitted = loop.time()
        async with self._slots:
            began = loop.time()
            job.queue_us = int((began - submitted) * 1e6)
            try:
                async with asyncio.timeout(job.seconds):
                    answer = await self._exchange(version, job)
            except TimeoutError:
                text = f"The service took longer than {job.seconds:g} s."
                answer = Stopped(name="system.timeout", message=text, limit="wall")
            job.execute_us = int((loop.time() - began) * 1e6)
        job.answer(job, answer)

    async def _exchange(self, version: PreparedVersion, job: Job) -> Answer:
        if self._egress is None:
            return Stopped(name="system.capability", message="This host lets nothing out.")
        drift = await self._drift(version, job)
        if drift is not None:
            return Stopped(name="system.contract", message=drift)
        began = time.perf_counter_ns()
        request = _request(version, job)
        job.serialise_us = (time.perf_counter_ns() - began) // 1000
        try:
            response = await self._egress.send(request, allowed=_network(job), seconds=job.seconds)
        except EgressRefused as error:
            return Stopped(name="system.capability", message=f"{version.entry} may not be called: {error}.")
        except EgressTooLarge as error:
            return Stopped(name="system.limit", message=f"{version.entry}: {error}.", limit="output")
        except EgressUnavailable as error:
            return Stopped(name="system.unavailable", message=f"{version.entry}: {error}.")
        began = time.perf_counter_ns()
        answer = _meaning(version, job, response)
        job.serialise_us += (time.perf_counter_ns() - began) // 1000
        return answer

    async def close(self) -> None:
        for look in self._looks.values():
            look.cancel()
        await asyncio.gather(*self._looks.values(), return_exceptions=True)


def _network(job: Job) -> tuple[str, ...]:
    declared = job.call.version.capabilities
    return () if declared is UNSET else declared.network


def _request(version: PreparedVersion, job: Job) -> Request:
    inputs = b",".join(b'"%b":%b' % (name.encode(), data) for name, data in job.encoded.items())
    call = job.call
    return Request(
        method="POST",
        url=version.entry,
        headers={
            "content-type": "application/json",
            "accept": "application/json",
            "idempotency-key": call.key,
            "lamina-contract": call.version.contract,
            "traceparent": _trace_parent(call.run),
        },
        body=b'{"inputs":{%b},"config":%b}' % (inputs, call.config or b"{}"),
    )


def _trace_parent(run: str) -> str:
    """The run is the trace: its id has the 32 hexadecimal digits that a trace id needs."""
    digits = run.replace("-", "").lower()
    is_id = len(digits) == 32 and all(digit in "0123456789abcdef" for digit in digits)
    trace = digits if is_id else run.encode().hex()[:32].ljust(32, "0")
    return f"00-{trace}-{trace[:16]}-01"


def _meaning(version: PreparedVersion, job: Job, response: Response) -> Answer:
    status = response.status
    if status == 409:
        message = f"{version.entry} serves another contract than {job.call.version.contract}."
        return Stopped(name="system.contract", message=message)
    if status == 429 or status >= 500:
        return Stopped(name="system.unavailable", message=f"{version.entry} answered with {status}.")
    if status not in (200, 422):
        message = f"{version.entry} answered with {status}; a module answers with 200 or 422."
        return Stopped(name="system.contract", message=message)
    if len(response.body) > job.call.version.limits.output_bytes:
        text = f"{version.entry} answered with {len(response.body)} bytes."
        return Stopped(name="system.limit", message=text, limit="output")
    try:
        document = decode_foreign(response.body)
    except NotInterchangeable as error:
        return Stopped(name="system.contract", message=f"{version.entry} answered with no JSON: {error}")
    if not isinstance(document, dict):
        return Stopped(name="system.contract", message=f"{version.entry} answered with no object.")
    if status == 200:
        return Gave(outputs=document)
    return Raised(
        name=str(document.get("name", "error")),
        message=str(document.get("message", ""))[:2_000],
        data=document.get("data"),
    )
