"""What a run was told: from the journal's row to the engine's stimulus.

Promises:  values keep their bytes.
"""

import msgspec

from executors.engine.commands import Told
from executors.engine.facts import Outputs, json_value
from executors.journal import SignalRow
from executors.protocol import Value


def told_of(signal: SignalRow) -> Told:
    """A signal as the engine takes it."""
    fields = msgspec.json.decode(signal.data, type=dict[str, msgspec.Raw])
    outputs: Outputs | None = None
    if signal.kind == "signal":
        outputs = {"value": _value(fields.pop("value", msgspec.Raw(b"null")))}
    elif "outputs" in fields:
        named = msgspec.json.decode(fields.pop("outputs"), type=dict[str, msgspec.Raw])
        outputs = {port: _value(raw) for port, raw in named.items()}
    data = {name: msgspec.json.decode(raw) for name, raw in fields.items()}
    return Told(signal.id, signal.kind, signal.actor, data, outputs)


def _value(raw: msgspec.Raw) -> Value:
    return json_value(bytes(raw))
