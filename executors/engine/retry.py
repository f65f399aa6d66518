"""Retry or give up: by class of error, attempts, a budget of the run, and what the call does to the world.

Owns:      the rules of formats.md §d (`retry`) and engine.md §6.
Promises:  pure; randomness is given as a number in [0, 1).
Never:     retries an interrupted effect.
"""

from dataclasses import dataclass
from typing import Final

from contracts.graph.document import RetryModifier
from executors.engine.program import Callee
from executors.protocol import CallError, Failed

RETRYABLE: Final = frozenset(("system.timeout", "system.crashed", "system.unavailable"))
INTERRUPTED: Final = RETRYABLE | {"system.limit"}
CRASHES_ALLOWED: Final = 3
FREE_RETRIES: Final = 10
BUDGET_SHARE: Final = 0.2


@dataclass(frozen=True, slots=True)
class Again:
    """Try once more after a pause."""

    pause_ms: int


@dataclass(frozen=True, slots=True)
class GiveUp:
    pass


@dataclass(frozen=True, slots=True)
class Unknown:
    """Whether the effect took place is unknown: somebody must look."""


Verdict = Again | GiveUp | Unknown


def judge(
    failed: Failed,
    *,
    callee: Callee,
    retry: RetryModifier,
    attempt: int,
    crashes: int,
    has_budget: bool,
    is_key_alive: bool,
    dice: float,
) -> Verdict:
    """What follows from a failed attempt. `crashes` counts this one."""
    error = failed.error
    is_unsafe = callee.effect == "effectful" or (callee.effect == "keyed" and not is_key_alive)
    if is_unsafe and error.name in INTERRUPTED:
        return Unknown()
    if not is_retryable(error, callee) or attempt >= retry.attempts or not has_budget:
        return GiveUp()
    if error.name == "system.crashed" and crashes >= CRASHES_ALLOWED:
        return GiveUp()
    return Again(pause_ms(retry, attempt, dice))


def is_retryable(error: CallError, callee: Callee) -> bool:
    """System errors by name, declared ones by the contract, others as the call said."""
    if error.name.startswith("system."):
        return error.name in RETRYABLE
    declared = callee.contract.errors.get(error.name)
    return error.retryable if declared is None else declared.retryable


def pause_ms(retry: RetryModifier, attempt: int, dice: float) -> int:
    """Full jitter: random(0, min(cap, first × factor^(attempt - 1)))."""
    # The exponent is bounded because a float power of a large attempt number overflows.
    longest = min(retry.cap_seconds, retry.first_seconds * retry.factor ** min(attempt - 1, 64))
    return int(dice * longest * 1000)


def has_budget(*, calls: int, retries: int) -> bool:
    """Whether a run may retry once more: a fifth of its calls, and a few for free."""
    return retries < FREE_RETRIES + BUDGET_SHARE * calls
