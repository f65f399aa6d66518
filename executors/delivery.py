"""One batch of calls of one version: from calls to jobs, from answers to outcomes.

Owns:      the input guard, the items of a map as calls of their own, and whom each outcome belongs to.
Promises:  what all items have in common is gathered and checked once; each item's inputs and outputs are judged.
Never:     decides whether a version may run: `execution` has.
"""

import time
from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from contracts.canonical import JSON, Digest
from executors.artifacts import ArtifactStore
from executors.chains import CallChain, disagreement
from executors.gathering import Lost, check_blobs, gathered
from executors.guards import Violation
from executors.judging import outcome_of
from executors.protocol import Call, CallError, Deliver, Failed, Items, Value
from executors.strategies.registry import Answer, Job, PreparedVersion

Gathered = tuple[dict[str, bytes], dict[str, Value]]


class Delivery(Struct, eq=False):
    """One `execute`: from calls to jobs, from answers to outcomes."""

    version: PreparedVersion
    deliver: Deliver
    artifacts: ArtifactStore
    takes_bytes: bool
    following: dict[tuple[Digest, Digest], PreparedVersion] = field(default_factory=dict)
    positions: dict[int, int] = field(default_factory=dict)

    async def in_common(self, call: Call) -> Gathered | None:
        """What all items of a call are given, gathered and checked once; None when that fails each of them."""
        assert call.items is not None
        try:
            return await self._gathered(call)
        except (Violation, Lost) as refused:
            failed = Failed(error=_unfit(call, refused))
            for place in range(len(call.items.numbers)):
                self.deliver(place, failed)
            return None

    def jobs_of_items(
        self,
        calls: Sequence[tuple[int, Call]],
        items: Items,
        common: Gathered,
    ) -> list[Job]:
        """`common`: what `in_common` gave."""
        jobs: list[Job] = []
        shared, blobs = common
        guard, over, decodes_all = self.version.guard, items.over, not self.takes_bytes
        ended = time.perf_counter_ns()
        for place, call in calls:
            began = ended
            try:
                given = {**shared, over: items.values[place]}
                decoded, encoded = guard.inputs(given, decodes_all=decodes_all)
            except Violation as violation:
                self.deliver(place, Failed(error=disagreement(call, violation)))
                continue
            job = self._job(place, call, decoded, encoded, blobs)
            ended = time.perf_counter_ns()
            job.validate_us = (ended - began) // 1000
            jobs.append(job)
        return jobs

    async def guarded(self, position: int, call: Call) -> Job | None:
        began = time.perf_counter_ns()
        try:
            values, blobs = await self._gathered(call)
            decoded, encoded = self.version.guard.inputs(values, decodes_all=not self.takes_bytes)
        except (Violation, Lost) as refused:
            self.deliver(position, Failed(error=_unfit(call, refused)))
            return None
        job = self._job(position, call, decoded, encoded, blobs)
        if self.following and call.followers:
            job.chain = CallChain(job, self.following, outcome_of, decodes_all=not self.takes_bytes)
        job.validate_us = (time.perf_counter_ns() - began) // 1000
        return job

    async def _gathered(self, call: Call) -> Gathered:
        """Inputs as they are kept, settings and blobs checked. Raises `Violation`, `Lost`."""
        if call.config:
            self.version.guard.check_config(call.config)
        values, blobs = await gathered(call.inputs, self.artifacts)
        check_blobs(self.version.guard, blobs)
        return values, blobs

    def _job(
        self,
        position: int,
        call: Call,
        decoded: dict[str, JSON],
        encoded: dict[str, bytes],
        blobs: Mapping[str, Value],
    ) -> Job:
        job = Job(
            call=call,
            version=self.version,
            inputs=decoded,
            encoded=encoded,
            blobs=blobs,
            answer=self._answered,
        )
        self.positions[id(job)] = position
        return job

    def _answered(self, job: Job, answer: Answer) -> None:
        outcome = outcome_of(job, answer) if job.chain is None else job.chain.end(answer)
        self.deliver(self.positions.pop(id(job)), outcome)


def _unfit(call: Call, refused: Violation | Lost) -> CallError:
    if isinstance(refused, Lost):
        return CallError(name="system.unavailable", message=str(refused))
    return disagreement(call, refused)
