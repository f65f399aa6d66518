"""Answers of strategies, judged: what a module gave, raised or came to becomes the outcome of its call.

Owns:      the output guard, redaction of outputs, sizes, and which errors of the platform may pass.
Promises:  an answer always becomes an outcome, also where judging it fails; safe on any thread.
Never:     believes an answer.
"""

import logging
import time
from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from contracts.canonical import JSON
from executors.chains import disagreement, own_fault
from executors.guards import Violation
from executors.interchange import decode, shown
from executors.protocol import CallError, Failed, Outcome, Returned, Value
from executors.sandbox.codec import LARGE_BYTES
from executors.strategies.registry import Answer, Gave, Job, Raised, Stopped

log = logging.getLogger(__name__)
_RETRYABLE: Final = frozenset({"system.timeout", "system.crashed", "system.unavailable"})


def outcome_of(job: Job, answer: Answer) -> Outcome:
    try:
        return _outcome(job, answer)
    except Exception:
        log.exception("what %s gave could not be judged", job.call.name)
        return Failed(error=own_fault(job.call), cost=job.cost)


def _outcome(job: Job, answer: Answer) -> Outcome:
    began = time.perf_counter_ns()
    judged = _judged(job, answer)
    job.validate_us += (time.perf_counter_ns() - began) // 1000
    cost = job.cost
    if not isinstance(judged, CallError):
        return Returned(outputs=judged, cost=cost)
    judged = replace(judged, message=shown(judged.message))
    limit = answer.limit if isinstance(answer, Stopped) else None
    limit = "output" if isinstance(answer, Gave) and judged.name == "system.limit" else limit
    return Failed(error=judged, cost=cost, limit=limit)


def _judged(job: Job, answer: Answer) -> Mapping[str, Value] | CallError:
    if isinstance(answer, Gave):
        return _returned(job, answer)
    if isinstance(answer, Raised):
        return job.version.guard.error(answer.name, answer.message, answer.data)
    return CallError(name=answer.name, message=answer.message, retryable=answer.name in _RETRYABLE)


def _returned(job: Job, gave: Gave) -> Mapping[str, Value] | CallError:
    outputs, passed = gave.outputs, gave.passed
    if not job.redactor.is_idle:
        outputs = {**outputs, **{name: decode(job.encoded[source]) for name, source in passed.items()}}
        outputs = {name: job.redactor.value(value) for name, value in outputs.items()}
        passed = {}
    elif unchanged := _unchanged(job, outputs):
        outputs = {name: value for name, value in outputs.items() if name not in unchanged}
        passed = {**passed, **unchanged}
    by_bytes = {name: (source, job.encoded[source]) for name, source in passed.items()}
    try:
        values = job.version.guard.outputs(outputs, gave.blobs, by_bytes)
    except Violation as violation:
        return disagreement(job.call, violation)
    values.update(gave.blobs)
    size = 0
    for value in values.values():
        size += value.size
    allowed = job.call.version.limits.output_bytes
    if size > allowed:
        text = f"{job.call.name} returned {size} bytes where its limits allow {allowed}."
        return CallError(name="system.limit", message=text)
    return values


def _unchanged(job: Job, outputs: Mapping[str, JSON]) -> Mapping[str, str]:
    """Outputs that are an input: the same object, of a kind that cannot have been changed."""
    found: dict[str, str] = {}
    for source, data in job.encoded.items():
        if len(data) >= LARGE_BYTES and isinstance(known := job.inputs.get(source), str):
            found |= {name: source for name, value in outputs.items() if value is known}
    return found
