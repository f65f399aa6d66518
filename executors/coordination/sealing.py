"""Facts → event rows that fit: values that are too large for an event become artifacts first.

Owns:      the bound of 64 KiB on an event, and what a run's row says beside its events.
Promises:  an artifact is durable before the event that names it is written.
Never:     drops or shortens a value. Runs on the writer's thread.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from contracts.canonical import Digest
from contracts.events import CURRENT_V, MAX_EVENT_BYTES
from executors.artifacts import ArtifactStore
from executors.engine.facts import Fact, encode_data, instant
from executors.journal import EventRow
from executors.protocol import Value

REMEMBERED: Final = 2
FREE_BYTES: Final = 4 << 10
_SEALABLE: Final = ("outputs", "inputs")
MESSAGE_CHARACTERS: Final = 4_000
_NOTHING: Final[Mapping[str, Value]] = {}


class Sealer:
    """Seals facts for one journal; remembers the largest values that it has just stored, which often come again."""

    def __init__(self, store: ArtifactStore) -> None:
        self._store = store
        self._stored: deque[tuple[bytes, Digest]] = deque(maxlen=REMEMBERED)

    def seal(
        self, facts: Sequence[Fact], *, epoch: int, last_seq: int
    ) -> tuple[list[EventRow], list[tuple[Digest, int]]]:
        """Event rows for `facts`, numbered after `last_seq`, and the artifacts they name."""
        rows = []
        artifacts: list[tuple[Digest, int]] = []
        for seq, fact in enumerate(facts, start=last_seq + 1):
            text = self._text(fact, artifacts)
            rows.append(EventRow(seq, epoch, fact.type, CURRENT_V, instant(fact.at), text.decode()))
        return rows, artifacts

    def _text(self, fact: Fact, artifacts: list[tuple[Digest, int]]) -> bytes:
        data = fact.data
        inline = 0
        for value in values_of(data):
            if value.artifact is None:
                inline += value.size
            else:
                artifacts.append((value.artifact, value.size))
        if inline <= MAX_EVENT_BYTES:
            text = encode_data(fact)
            if len(text) <= MAX_EVENT_BYTES:
                return text
        return encode_data(Fact(fact.type, fact.at, self._lightened(data, artifacts)))

    def _lightened(self, data: dict[str, Any], artifacts: list[tuple[Digest, int]]) -> dict[str, Any]:
        """The same data with its largest values as artifacts, and texts cut, until it fits."""
        data = _bounded_error(data)
        spots: list[tuple[dict[str, Any], str]] = []
        for key in _SEALABLE:
            if key in data:
                data = {**data, key: dict(data[key])}
                spots.extend((data[key], port) for port in data[key])
        if "failed" in data:
            data = dict(data)
            spots.append((data, "failed"))
        inline = _inline_bytes([holder[name] for holder, name in spots])
        for holder, name in sorted(spots, key=lambda spot: -_inline_bytes([spot[0][spot[1]]])):
            if inline <= MAX_EVENT_BYTES - FREE_BYTES - 200 * len(spots):
                break
            value: Value = holder[name]
            if value.artifact is None and value.data is not None:
                inline -= value.size
                holder[name] = self.store(value)
                artifacts.append((holder[name].artifact, value.size))
        return data

    def store(self, value: Value) -> Value:
        """The value as an artifact; its bytes stay at hand."""
        assert value.data is not None
        for data, digest in self._stored:
            if data is value.data:
                return replace(value, artifact=digest)
        artifact, _ = self._store.put(value.data)
        self._stored.append((value.data, artifact))
        return replace(value, artifact=artifact)


def values_of(data: Mapping[str, Any]) -> Iterable[Value]:
    """The values that an event carries; what it names as artifacts is among them."""
    outputs, inputs = data.get("outputs", _NOTHING), data.get("inputs", _NOTHING)
    if inputs or "failed" in data:
        return [*outputs.values(), *inputs.values(), *((data["failed"],) if "failed" in data else ())]
    values: Iterable[Value] = outputs.values()
    return values


def _inline_bytes(values: Sequence[Value]) -> int:
    return sum(value.size for value in values if value.artifact is None)


def _bounded_error(data: dict[str, Any]) -> dict[str, Any]:
    """An error's texts must leave room: a message is cut, data that cannot stay is said to be left out."""
    error = data.get("error")
    if error is None:
        return data
    bounded = {**error, "message": error["message"][:MESSAGE_CHARACTERS]}
    if "data" in bounded and len(msgspec.json.encode(bounded["data"])) > MAX_EVENT_BYTES // 2:
        bounded["data"] = {"left_out": "larger than half an event"}
    return {**data, "error": bounded}
