"""The http strategy: a remote service that fulfils a contract.

Owns:      the request (inputs, config, idempotency key, contract digest) and what each status means.
Promises:  what the service answers is judged like any module's; nothing is sent but through the egress client.
Never:     retries or opens a breaker: the engine does.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from msgspec import UNSET

from contracts.module import Capabilities
from executors.egress import Egress, EgressRefused, EgressUnavailable, Request, Response
from executors.interchange import NotInterchangeable, decode_foreign
from executors.strategies.registry import Answer, Gave, Job, PreparedVersion, Raised, Stopped

_AT_ONCE: Final = 16


class HttpStrategy:
    """`egress` is the host's; without one every call is refused."""

    at_once = _AT_ONCE

    def __init__(self, egress: Egress | None) -> None:
        self._egress = egress
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def carry_out(self, version: PreparedVersion, jobs: Sequence[Job]) -> None:
        async with asyncio.TaskGroup() as group:
            for job in jobs:
                group.create_task(self._one(version, job))

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
        declared = job.call.version.capabilities
        capabilities = Capabilities() if declared is UNSET else declared
        try:
            response = await self._egress.send(
                _request(version, job), allowed=capabilities.network, seconds=job.seconds
            )
        except EgressRefused as error:
            return Stopped(name="system.capability", message=f"{version.entry} may not be called: {error}.")
        except EgressUnavailable as error:
            return Stopped(name="system.unavailable", message=f"{version.entry}: {error}.")
        return _meaning(version, job, response)

    async def close(self) -> None:
        """Nothing is kept open."""


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
