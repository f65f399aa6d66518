"""Calls that change the world: their keys, permits, and what becomes of one that was interrupted.

Owns:      the rule by effect class of engine.md §4 and §5.
Promises:  a keyed call keeps its key for ever; an unkeyed one is never repeated by itself.
Never:     repeats an effect whose key may have died at the receiver.
"""

from typing import Any, Final

import msgspec
from msgspec import UNSET

from contracts.events import address
from executors.engine.facts import Index
from executors.engine.program import Callee
from executors.engine.state import Attempts, RunState
from executors.protocol import Value

PERMIT_GRACE_MS: Final = 10_000
KEY_LENGTH: Final = 400


def key_of(
    state: RunState, callee: Callee, node: str, index: Index, inputs: dict[str, Value], config: bytes
) -> str:
    """The idempotency key: what the contract points at, else `<first run of the chain>/<address>`.

    A pointer that finds nothing, or no scalar, falls back to the address.
    """
    if callee.effect == "keyed" and (pointed := _pointed(callee, inputs, config)):
        return pointed
    if not index:
        return f"{state.key_run}/{node}"
    if len(index) == 1 and "/" not in node:
        # The item of a map at the top; what `address` says too, at a fifth of its cost.
        return f"{state.key_run}/{node}[{index[0]}]"
    return f"{state.key_run}/{address(node, index)}"


def _pointed(callee: Callee, inputs: dict[str, Value], config: bytes) -> str:
    pointer = callee.version.effects.key
    if pointer is UNSET:
        return ""
    target: Any = {"inputs": inputs, "config": msgspec.json.decode(config)}
    for part in pointer.split("/")[1:]:
        if isinstance(target, Value):
            target = msgspec.json.decode(target.data) if target.data is not None else None
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(target, dict):
            target = target.get(name)
        elif isinstance(target, list) and name.isdigit() and int(name) < len(target):
            target = target[int(name)]
        else:
            return ""
    if isinstance(target, Value):
        target = msgspec.json.decode(target.data) if target.data is not None else None
    if isinstance(target, bool) or not isinstance(target, str | int | float):
        return ""
    return str(target)[:KEY_LENGTH]


def is_key_alive(callee: Callee, attempts: Attempts, now: int) -> bool:
    """Whether the receiver still knows the key of a keyed call."""
    lifetime = callee.version.effects.key_seconds
    if callee.effect != "keyed" or lifetime is UNSET or attempts.scheduled_at is None:
        return callee.effect == "keyed"
    return now < attempts.scheduled_at + lifetime * 1000


def permit_until(callee: Callee, now: int) -> int:
    """How long a started effect may go unheard before it counts as interrupted."""
    return now + int(callee.timeout_seconds * 1000) + PERMIT_GRACE_MS
