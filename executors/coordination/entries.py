"""Entries: what decisions write, and the appends that they become.

Owns:      the facts of a decision with all that is written beside them, and one append for those of a run.
Promises:  an append numbers its events as its entries come, in their order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
from msgspec import Raw
from msgspec.structs import replace

from executors.coordination.sealing import Sealer
from executors.engine.commands import Execute
from executors.engine.facts import Fact
from executors.journal import Append, ClaimedRun, EventRow, Schedule, Standing

_decode_fields = msgspec.json.Decoder(dict[str, Raw]).decode
Part = TypeVar("Part")


@dataclass(slots=True, eq=False)
class Entry:
    """Facts of one decision on their way into the journal. `when_over(held)` is called on the loop.

    `claimed`: the claim under which it was decided. `kept_signals` as of `Append`.
    """

    run: str
    owner: str
    epoch: int
    last_seq: int
    facts: Sequence[Fact]
    standing: Standing
    when_over: Callable[["Entry", bool], None]
    absorbed_signals: Sequence[int] = ()
    kept_signals: Sequence[int] | None = None
    remembered: Sequence[tuple[str, int]] = ()
    schedules: Sequence[Schedule] = ()
    absorbed_invocations: Sequence[tuple[str, tuple[int, ...]]] = ()
    held_calls: list[Execute] = field(default_factory=list)
    is_claim: bool = False
    claimed: ClaimedRun | None = None

    @property
    def key(self) -> tuple[str, int]:
        """The run under one claim: what its appends have in common."""
        return self.run, self.epoch

    @property
    def is_urgent(self) -> bool:
        """Whether something waits for it: an effect, whoever told the run something, or the run's end."""
        standing = self.standing
        is_settled = standing.is_released or standing.finished_at is not None
        return bool(is_settled or self.held_calls or self.absorbed_signals)


def sealed(sealer: Sealer, entries: Sequence[Entry]) -> list[Append]:
    """One append per run: facts as rows that fit, and what the run's row says after the last of them."""
    by_run: dict[tuple[str, int], list[Entry]] = {}
    for entry in entries:
        by_run.setdefault(entry.key, []).append(entry)
    return [_append_of(sealer, together) for together in by_run.values()]


def _append_of(sealer: Sealer, entries: list[Entry]) -> Append:
    first, last = entries[0], entries[-1]
    facts = first.facts if first is last else [fact for entry in entries for fact in entry.facts]
    events, artifacts = sealer.seal(facts, epoch=first.epoch, last_seq=first.last_seq)
    standing = last.standing
    if standing.finished_at is not None and events:
        ending = _decode_fields(events[-1].data)
        standing = replace(standing, outputs=_text(ending, "outputs"), error=_text(ending, "error"))
    return Append(
        run=first.run,
        owner=first.owner,
        epoch=first.epoch,
        last_seq=first.last_seq,
        events=events,
        standing=standing,
        artifacts=artifacts,
        absorbed_signals=_together([entry.absorbed_signals for entry in entries]),
        kept_signals=last.kept_signals,
        remembered=_together([entry.remembered for entry in entries]),
        schedules=_schedules(_together([entry.schedules for entry in entries]), events),
        absorbed_invocations=_together([entry.absorbed_invocations for entry in entries]),
        is_claim=first.is_claim,
    )


def _together(parts: list[Sequence[Part]]) -> Sequence[Part]:
    return parts[0] if len(parts) == 1 else [item for part in parts for item in part]


def _schedules(schedules: Sequence[Schedule], events: Sequence[EventRow]) -> Sequence[Schedule]:
    """The rows of effects, with the inputs as their events carry them."""
    if not schedules:
        return schedules
    texts = [_decode_fields(row.data) for row in events if row.type == "invocation_scheduled"]
    pairs = zip(schedules, texts, strict=True)
    return [replace(item, inputs=_text(fields, "inputs") or "{}") for item, fields in pairs]


def _text(fields: dict[str, Raw], name: str) -> str | None:
    return bytes(fields[name]).decode() if name in fields else None
