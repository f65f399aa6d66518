"""Facts: the events of a run as the engine holds them, and their journal text.

Owns:      `Fact`, and the translation of its data to and from the text of an event.
Promises:  json values keep their bytes both ways: they are spliced, never decoded.
Never:     judges a fact; `contracts/events.py` owns the types and the reading for everybody else.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from contracts.canonical import Digest
from contracts.events import CURRENT_V, EVENT_TYPES, EventType
from contracts.problems import Problem, ProblemsError
from contracts.values import Media
from executors.protocol import CallError, Value

Index = tuple[int, ...]
Place = tuple[str, Index]
Outputs = Mapping[str, Value]
_PORT_FIELDS: Final = ("outputs", "inputs")


class Fact(Struct, frozen=True):
    """One fact. `at` in milliseconds since 1970; `data` as its type says, with `Value`s for envelopes."""

    type: EventType
    at: int
    data: dict[str, Any]


class _Envelope(Struct, omit_defaults=True):
    media: Media
    bytes: int
    value: Raw | UnsetType = UNSET
    artifact: Digest | UnsetType = UNSET
    type: str | UnsetType = UNSET
    rows: int | UnsetType = UNSET


def envelope_of(value: Value) -> _Envelope:
    """The envelope of a value: inline when it is json whose bytes are at hand and no artifact is named."""
    if value.artifact is None:
        assert value.data is not None
        assert value.media == "json", "a table or binary is an artifact before it is journaled"
        return _Envelope(media="json", bytes=value.size, value=Raw(value.data))
    return _Envelope(
        media=value.media,
        bytes=value.size,
        artifact=value.artifact,
        type=UNSET if value.type is None else value.type,
        rows=UNSET if value.rows is None else value.rows,
    )


def value_of(envelope: _Envelope) -> Value:
    return Value(
        media=envelope.media,
        size=envelope.bytes,
        data=None if envelope.value is UNSET else bytes(envelope.value),
        artifact=None if envelope.artifact is UNSET else envelope.artifact,
        type=None if envelope.type is UNSET else envelope.type,
        rows=None if envelope.rows is UNSET else envelope.rows,
    )


def json_value(data: bytes) -> Value:
    return Value(media="json", size=len(data), data=data)


def encode_data(fact: Fact) -> bytes:
    """The journal text of a fact's data, UTF-8."""
    data = fact.data
    if "outputs" in data or "inputs" in data or "failed" in data or "options" in data:
        data = dict(data)
        for key in _PORT_FIELDS:
            if key in data:
                data[key] = _ports(data[key])
        if "failed" in data:
            data["failed"] = envelope_of(data["failed"])
        if "options" in data and (pins := data["options"].get("pins")):
            data["options"] = {
                **data["options"],
                "pins": {node: _ports(ports) for node, ports in pins.items()},
            }
    return _encode(data)


def _ports(values: Outputs) -> dict[str, _Envelope]:
    return {port: envelope_of(value) for port, value in values.items()}


_encode = msgspec.json.Encoder().encode
_decode_fields = msgspec.json.Decoder(dict[str, Raw]).decode
_decode_ports = msgspec.json.Decoder(dict[str, _Envelope]).decode
_decode_pins = msgspec.json.Decoder(dict[str, dict[str, _Envelope]]).decode
_decode_envelope = msgspec.json.Decoder(_Envelope).decode
_decode_index = msgspec.json.Decoder(tuple[int, ...]).decode


def decode_fact(kind: str, v: int, at: str, text: str | bytes) -> Fact:
    """Read a journal row. Raises `ProblemsError` with the name of an unknown type or version."""
    if kind not in EVENT_TYPES or v != CURRENT_V:
        message = f"Event type {kind!r} v{v} is not known to this version. Upgrade the reader."
        raise ProblemsError([Problem(code="unknown_event", path="/type", message=message)])
    read = _READERS.get(kind)
    if read is None:
        data = {key: _decode_field(key, raw) for key, raw in _decode_fields(text).items()}
    else:
        data = _present(read(text))
    return Fact(kind, milliseconds(at), data)  # type: ignore[arg-type]  # checked above


class _Outcome(Struct):
    """The data of the facts of which long histories are made, read in one go."""

    node: str
    index: tuple[int, ...] | UnsetType = UNSET
    key: str | UnsetType = UNSET
    attempt: int | UnsetType = UNSET
    outputs: dict[str, _Envelope] | UnsetType = UNSET
    inputs: dict[str, _Envelope] | UnsetType = UNSET
    permit_until: str | UnsetType = UNSET
    worker: str | UnsetType = UNSET
    reused: dict[str, Any] | UnsetType = UNSET
    last: bool | UnsetType = UNSET
    cost_us: list[int] | UnsetType = UNSET


_read_outcome = msgspec.json.Decoder(_Outcome).decode
_READERS: Final = dict.fromkeys(
    ("invocation_scheduled", "invocation_started", "invocation_completed"), _read_outcome
)
_PRESENT: Final = tuple(
    name for name in _Outcome.__struct_fields__ if name not in ("node", "outputs", "inputs")
)


def _present(read: _Outcome) -> dict[str, Any]:
    data: dict[str, Any] = {"node": read.node}
    for name in _PRESENT:
        value = getattr(read, name)
        if value is not UNSET:
            data[name] = value
    if read.outputs is not UNSET:
        data["outputs"] = {port: value_of(envelope) for port, envelope in read.outputs.items()}
    if read.inputs is not UNSET:
        data["inputs"] = {port: value_of(envelope) for port, envelope in read.inputs.items()}
    return data


def _decode_field(key: str, raw: Raw) -> Any:
    match key:
        case "outputs" | "inputs":
            return decode_ports(raw)
        case "failed":
            return value_of(_decode_envelope(raw))
        case "index":
            return _decode_index(raw)
        case "options":
            return decode_options(raw)
        case _:
            return msgspec.json.decode(raw)


def decode_ports(text: bytes | str | Raw) -> dict[str, Value]:
    """Envelopes by port or name, as values."""
    return {port: value_of(envelope) for port, envelope in _decode_ports(text).items()}


def decode_options(text: bytes | str | Raw) -> dict[str, Any]:
    """The options of run_created, with `pins` as values by node and port."""
    options: dict[str, Any] = msgspec.json.decode(text)
    if "pins" in options:
        pins = _decode_pins(_decode_fields(text)["pins"])
        options["pins"] = {
            node: {port: value_of(envelope) for port, envelope in ports.items()}
            for node, ports in pins.items()
        }
    return options


def error_document(error: CallError) -> dict[str, Any]:
    """An error as it stands in events; data that is no object is wrapped."""
    document: dict[str, Any] = {"name": error.name, "message": error.message}
    if isinstance(error.data, dict):
        document["data"] = error.data
    elif error.data is not None:
        document["data"] = {"value": error.data}
    if error.retryable:
        document["retryable"] = True
    return document


@lru_cache(maxsize=64)
def instant(at: int) -> str:
    """RFC 3339 in UTC with milliseconds."""
    seconds, rest = divmod(at, 1000)
    return f"{_second(seconds)}.{rest:03d}Z"


@lru_cache(maxsize=4)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def milliseconds(at: str) -> int:
    """The inverse of `instant`; of any RFC 3339 text."""
    if len(at) == INSTANT_LENGTH and at[-1] == "Z":
        return _seconds(at[:19]) * 1000 + int(at[20:23])
    moment = datetime.fromisoformat(at)
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000


INSTANT_LENGTH: Final = 24


@lru_cache(maxsize=1024)
def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(f"{text}Z").timestamp())
