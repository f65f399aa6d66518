"""One run in memory: what it is told goes into `decide`, what was decided goes out.

Owns:      the state of the run, and how far its journal has come.
Promises:  an entry for the writer carries all facts of one decision; effects wait for it.
Never:     talks to the journal or the executors itself.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from executors.coordination.entries import Entry
from executors.engine.commands import Absorb, Command, Execute, Release, Remember, Stimulus
from executors.engine.decide import decide
from executors.engine.facts import Fact
from executors.engine.state import RunState
from executors.journal import ClaimedRun, Schedule, Standing

log = logging.getLogger(__name__)
# Work for another place is given out by who owns the run; here a run may be begun before that is written.
LOCAL_QUEUE: Final = "local"


@dataclass(slots=True, eq=False)
class Drive:
    """A run that this process owns. `is_over`: nothing more may come of it here.

    `is_unclaimed`: a queued run that its first entry is to make ours.
    """

    claimed: ClaimedRun
    state: RunState
    owner: str
    rung: int
    stimuli: list[Stimulus] = field(default_factory=list)
    due_at: int | None = None
    started_at: int | None = None
    is_over: bool = False
    is_unclaimed: bool = False

    @property
    def run(self) -> str:
        return self.claimed.run

    def step(
        self,
        now: int,
        dice: Callable[[], float],
        when_over: Callable[[Entry, bool], None],
        token: Callable[[], str],
    ) -> tuple[Entry | None, list[Command]]:
        """Decide on what has come in. Returns what to write, and the commands that are not part of it."""
        stimuli, self.stimuli = self.stimuli, []
        before = self.state.seq
        decision = decide(self.state, stimuli, now=now, dice=dice)
        if self.started_at is None:
            self.started_at = now
        beside: list[Command] = []
        entry = Entry(
            run=self.run,
            owner=self.owner,
            epoch=self.claimed.epoch,
            last_seq=before,
            facts=decision.facts,
            standing=self._standing(None),
            when_over=when_over,
            claimed=self.claimed,
        )
        has_more = self._sort(decision.commands, entry, beside, before)
        if not decision.facts and not has_more:
            return None, beside
        if self.state.program.effects:
            entry.absorbed_invocations = _absorbed(decision.facts, self.state.program.effects)
        effects = [item for item in entry.held_calls if item.permit_until is not None]
        entry.schedules = [self._schedule(item, token()) for item in effects]
        entry.is_claim, self.is_unclaimed = self.is_unclaimed, False
        return entry, beside

    def _sort(self, commands: list[Command], entry: Entry, beside: list[Command], before: int) -> bool:
        """Commands that are written with the facts, and those that are carried out at once."""
        has_more = False
        for command in commands:
            match command:
                case Execute(permit_until=permit_until, queue=queue) if permit_until is not None or (
                    self.is_unclaimed and queue != LOCAL_QUEUE
                ):
                    entry.held_calls.append(command)
                case Absorb(signals=signals):
                    entry.absorbed_signals = [*entry.absorbed_signals, *signals]
                    has_more = True
                case Remember(position=position, key=key):
                    entry.remembered = [*entry.remembered, (key, before + position + 1)]
                case Release(wake_at=wake_at):
                    entry.standing = self._standing(wake_at, is_released=True)
                    entry.kept_signals = tuple(self.state.signals)
                    self.is_over = has_more = True
                case _:
                    beside.append(command)
        return has_more

    def _standing(self, wake_at: int | None, *, is_released: bool = False) -> Standing:
        state = self.state
        counters, waiting = state.counters.copy(), len(state.waits)
        if state.active > waiting:
            counters["running"] = state.active - waiting
        if waiting:
            counters["waiting"] = waiting
        return Standing(
            status=state.status,
            counters=counters,
            started_at=self.started_at,
            finished_at=state.at if state.is_finished else None,
            wake_at=wake_at,
            rung=self.rung,
            is_released=is_released,
        )

    def _schedule(self, item: Execute, token: str) -> Schedule:
        call = item.call
        assert item.permit_until is not None
        return Schedule(
            node=call.node,
            index=call.index,
            kind=call.version.effects.kind,
            key=call.key,
            attempt=call.attempt,
            queue=item.queue,
            token=token,
            permit_until=item.permit_until,
            inputs="",
        )


def _absorbed(facts: list[Fact], effects: frozenset[str]) -> list[tuple[str, tuple[int, ...]]]:
    """Rows of effects that these facts make history."""
    settled = ("invocation_completed", "invocation_exhausted", "invocation_attempt_failed")
    return [
        (fact.data["node"], tuple(fact.data.get("index", ())))
        for fact in facts
        if fact.type in settled and fact.data["node"] in effects
    ]
