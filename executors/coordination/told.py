"""What a run was told or asked for: from the journal's row to the engine's stimulus.

Promises:  values keep their bytes; who asks for earlier outputs is answered, whatever fails.
"""

import logging
from collections.abc import Callable

import msgspec

from contracts.canonical import Digest
from executors.artifacts import ArtifactStore
from executors.engine.commands import Found, LookUp, Told
from executors.engine.earlier import are_kept
from executors.engine.facts import Outputs, decode_fact, json_value
from executors.journal import Journal, Reusable, SignalRow
from executors.protocol import Value

log = logging.getLogger(__name__)


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


def earlier_of(journal: Journal, artifacts: ArtifactStore, run: str, wanted: LookUp) -> Found:
    """The earlier outputs that a run asks for, if any. Reads the journal."""
    try:
        return found_of(journal.find_reusable(run, wanted.key), wanted, artifacts.has)
    except Exception:
        log.exception("earlier outputs could not be looked up; run %s computes them", run)
        return Found(wanted.place, wanted.key)


def found_of(known: Reusable | None, wanted: LookUp, has: Callable[[Digest], bool]) -> Found:
    """Earlier outputs as the engine takes them; none where a value of theirs is no longer kept (`has`)."""
    if known is None:
        return Found(wanted.place, wanted.key)
    fact = decode_fact("invocation_completed", 1, "2000-01-01T00:00:00.000Z", known.data)
    outputs = fact.data["outputs"] if are_kept(fact.data["outputs"], has) else None
    return Found(wanted.place, wanted.key, outputs, known.run, known.seq)


def _value(raw: msgspec.Raw) -> Value:
    return json_value(bytes(raw))
