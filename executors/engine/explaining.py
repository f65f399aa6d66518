"""Why a call is carried out, or was: what its outputs are made from, against what an earlier run made them from.

Owns:      `Made`, `Reason`, and the order in which reasons are given.
Promises:  one reason, the first that suffices; names versions, settings and ports.
Never:     changes a state or looks anything up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import msgspec
from msgspec import DecodeError, Raw

from contracts.canonical import JSON, Digest
from executors.engine.facts import json_value
from executors.engine.program import CHUNK_ITEMS, Node
from executors.engine.reuse import digest_of_value, is_cached
from executors.engine.state import Frame, RunState
from executors.engine.turn import Absent, Faulty, Turn

Code = Literal[
    "reused",
    "pinned",
    "afresh",
    "effect",
    "not_deterministic",
    "switched_off",
    "not_asked",
    "uncertain",
    "not_done",
    "version",
    "config",
    "inputs",
    "not_kept",
    "not_offered",
    "unknown",
]
_decode_list = msgspec.json.Decoder(list[Raw]).decode
_WHAT: Final = {"idempotent": "Idempotent", "keyed": "Keyed", "effectful": "Effectful", "pure": "Pure"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """`names`: settings or input ports that differ, where the code is config or inputs."""

    code: Code
    message: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What the outputs of a call, or of a chunk of a map, are made from."""

    version: str
    bundle: Digest
    config: Mapping[str, JSON]
    inputs: Mapping[str, Digest]


def made_of(state: RunState, frame: Frame, node: Node, item: int | None = None) -> Made | None:
    """For an item of a map: the chunk that it belongs to. None where the inputs cannot be told."""
    if node.callee is None:
        return None
    turn = Turn(state, state.at, lambda: 0.0)
    try:
        inputs = turn.gather(frame, node)
        if inputs is None:
            return None
        if node.map is not None and item is not None:
            items = _decode_list(turn.bytes_of(inputs[node.map.over]))
            first = item - item % CHUNK_ITEMS if node.is_chunked else item
            part = items[first : first + (CHUNK_ITEMS if node.is_chunked else 1)]
            listed = b"[" + b",".join(bytes(raw) for raw in part) + b"]"
            inputs = {**inputs, node.map.over: json_value(listed)}
        config = msgspec.json.decode(turn.config(frame, node))
    except (Absent, Faulty, DecodeError, KeyError):
        return None
    return Made(
        version=node.callee.name,
        bundle=node.callee.version.bundle,
        config=config,
        inputs={port: digest_of_value(value) for port, value in inputs.items()},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What an earlier run says of the same address; `is_resumed`: it is taken over from."""

    is_resumed: bool
    is_done: bool = False
    is_uncertain: bool = False
    made: Made | None = None


def why_carried_out(state: RunState, node: Node, now: Made | None, before: Before | None) -> Reason:
    """The reason why a module node's outputs are, or were, not taken over."""
    assert node.callee is not None
    if before is not None and before.is_uncertain and before.is_resumed:
        message = "Nobody knows whether the earlier run applied this effect. It may be applied twice."
        return Reason(code="uncertain", message=message)
    if node.path in state.afresh:
        message = "The run was asked to carry out this node, or one before it, anew."
        return Reason(code="afresh", message=message)
    is_resumed = before is not None and before.is_resumed
    if not is_resumed and not is_cached(state, node):
        return _never(node)
    if before is None:
        return Reason(code="not_done", message="No earlier run of this graph has ended.")
    if not before.is_done:
        return Reason(code="not_done", message="The earlier run did not complete it.")
    if now is None or before.made is None:
        return Reason(code="unknown", message="What it was made from can no longer be told.")
    return _difference(now, before.made) or _not_offered(before)


def _not_offered(before: Before) -> Reason:
    if before.is_resumed:
        message = "The earlier run made it from the same, but what it made is no longer kept."
        return Reason(code="not_kept", message=message)
    message = "The earlier run made it from the same, but offers nothing: it was started without reuse."
    return Reason(code="not_offered", message=message)


def _never(node: Node) -> Reason:
    assert node.callee is not None
    effects = node.callee.version.effects
    if effects.kind != "pure":
        message = f"{_WHAT[effects.kind]} work is taken over by resuming a run alone."
        return Reason(code="effect", message=message)
    if not effects.deterministic:
        message = f"{node.callee.name} may give other outputs for the same inputs: it is not deterministic."
        return Reason(code="not_deterministic", message=message)
    if node.cache is False:
        return Reason(code="switched_off", message="Reuse is switched off at this node.")
    message = "The run was started without reuse, and the node does not ask for it."
    return Reason(code="not_asked", message=message)


def _difference(now: Made, before: Made) -> Reason | None:
    if now.bundle != before.bundle:
        change = f"{before.version} → {now.version}"
        return Reason(code="version", message=f"The version is another than in the earlier run: {change}.")
    settings = _differing(now.config, before.config)
    if settings:
        message = f"Settings differ from the earlier run: {', '.join(settings)}."
        return Reason(code="config", message=message, names=settings)
    ports = _differing(now.inputs, before.inputs)
    if ports:
        message = f"Inputs differ from the earlier run: {', '.join(ports)}."
        return Reason(code="inputs", message=message, names=ports)
    return None


def _differing(now: Mapping[str, JSON], before: Mapping[str, JSON]) -> tuple[str, ...]:
    return tuple(sorted(name for name in now.keys() | before.keys() if now.get(name) != before.get(name)))
