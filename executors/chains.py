"""A call and its followers, carried out one after the other in one hop.

Owns:      what is carried out next, and the outcome that says what became of all of them.
Promises:  a follower starts only on outputs that were judged; what failed, a missing input or a chain that has
           lasted long leaves those behind it alone: they are the engine's to send again.
Never:     runs anything. `take` is of the strategy's thread, `end` of the loop.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from executors.engine.turn import is_too_large
from executors.guards import Violation
from executors.protocol import Call, CallError, Failed, Follower, Outcome, Returned
from executors.strategies.registry import Answer, Job, PreparedVersion

log = logging.getLogger(__name__)
CHAIN_SECONDS: Final = 0.02
Judge = Callable[[Job, Answer], Outcome]
Prepared = Mapping[tuple[str, str], PreparedVersion]


class CallChain:
    """`prepared` has the versions that may follow by bundle and contract; others are left alone.

    `decodes_all`: as the guard's `inputs` has it.
    """

    __slots__ = (
        "_began_at",
        "_decodes_all",
        "_is_over",
        "_job",
        "_judge",
        "_lock",
        "_outcomes",
        "_place",
        "_prepared",
        "_running",
    )

    def __init__(self, job: Job, prepared: Prepared, judge: Judge, *, decodes_all: bool = True) -> None:
        self._job = job
        self._decodes_all = decodes_all
        self._prepared = prepared
        self._judge = judge
        self._outcomes: list[Outcome | None] = [None] * (1 + len(job.call.followers))
        self._place = 0
        self._running: Job | None = job
        self._began_at: float | None = None
        self._is_over = False
        self._lock = threading.Lock()

    def take(self, answer: Answer) -> Job | None:
        """Take the answer to the job in front; returns the next job, None when the chain has come to its end."""
        with self._lock:
            if self._is_over or self._running is None:
                return None
            return self._go_on(answer, self._running)

    def _go_on(self, answer: Answer, running: Job) -> Job | None:
        self._outcomes[self._place] = self._judge(running, answer)
        self._running = None
        if self._began_at is None:
            self._began_at = time.monotonic() - self._job.execute_us / 1e6
        followers = self._job.call.followers
        while self._place < len(followers) and time.monotonic() - self._began_at < CHAIN_SECONDS:
            self._place += 1
            self._running = self._following(followers[self._place - 1])
            if self._running is not None:
                break
        return self._running

    def _following(self, follower: Follower) -> Job | None:
        version = self._prepared.get((follower.version.bundle, follower.version.contract))
        values = self._values(follower)
        if version is None or values is None:
            return None
        call = call_of(follower, self._job.call)
        try:
            version.guard.check_config(call.config)
            inputs, encoded = version.guard.inputs(values, decodes_all=self._decodes_all)
        except Violation as violation:
            self._outcomes[self._place] = Failed(error=disagreement(call, violation))
            return None
        except Exception:
            log.exception("the inputs of %s could not be judged", call.name)
            self._outcomes[self._place] = Failed(error=own_fault(call))
            return None
        return Job(
            call=call, version=version, inputs=inputs, encoded=encoded, blobs={}, answer=self._job.answer
        )

    def _values(self, follower: Follower) -> dict[str, bytes] | None:
        """The inputs as bytes; None where one is missing, not at hand or larger than the engine lets through."""
        given = dict(follower.inputs)
        for port, place, source_port in follower.wires:
            outcome = self._outcomes[place]
            if not isinstance(outcome, Returned) or source_port not in outcome.outputs:
                return None
            given[port] = outcome.outputs[source_port]
        at_hand = ((port, value.data) for port, value in given.items() if not is_too_large(value))
        values = {port: data for port, data in at_hand if data is not None}
        return values if len(values) == len(given) else None

    def end(self, answer: Answer) -> Outcome:
        """The outcome of the call with those of its followers. Nothing is taken any more."""
        with self._lock:
            self._is_over = True
            if self._running is not None:
                self._outcomes[self._place] = self._judge(self._running, answer)
        first, *then = self._outcomes
        assert first is not None
        # It was judged when it came back; what it cost to get here is known only now.
        first = replace(first, cost=self._job.cost)
        if isinstance(first, Failed) or not any(then):
            return first
        return replace(first, then=tuple(then))


def call_of(follower: Follower, first: Call) -> Call:
    return Call(
        run=first.run,
        node=follower.node,
        index=first.index,
        name=follower.name,
        version=follower.version,
        contract=follower.contract,
        strategy=first.strategy,
        config=follower.config,
        inputs=follower.inputs,
        timeout_seconds=follower.timeout_seconds,
        key=follower.key,
        environment=first.environment,
        queue=first.queue,
    )


def own_fault(call: Call) -> CallError:
    """Of a call that was lost to a defect of ours: to try it again would meet the same."""
    message = (
        f"Lamina failed while it checked {call.name}; the module is not to blame. The server's log has more."
    )
    return CallError(name="system.crashed", message=message)


def disagreement(call: Call, violation: Violation) -> CallError:
    return CallError(name="system.contract", message=f"{call.name} and its contract disagree at {violation}")
