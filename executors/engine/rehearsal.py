"""What a run would do first: the real decisions, with nothing carried out.

Owns:      `rehearse`, and the answers that a rehearsal gives itself.
Promises:  what is decided here is what a claim of the same run decides.
Never:     carries out a call or writes a fact; what depends on an outcome stays undecided.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from contracts.canonical import Digest
from executors.engine.commands import Claimed, Execute, Fetch, Found, LookUp, Stimulus, Supplied
from executors.engine.decide import decide
from executors.engine.facts import Fact, Outputs
from executors.engine.state import Flight, RunState

LookUpOutputs = Callable[[Digest], tuple[Outputs, str, int] | None]


@dataclass(slots=True)
class Rehearsal:
    """`facts` that would be written at once, `flights` of the calls that would be started."""

    facts: list[Fact] = field(default_factory=list)
    flights: list[Flight] = field(default_factory=list)


def rehearse(
    state: RunState, *, look_up: LookUpOutputs, read: Callable[[Digest], bytes | None], now: int
) -> Rehearsal:
    """`state` is fresh. `look_up` finds outputs by reuse key, `read` the bytes of an artifact."""
    found = Rehearsal()
    stimuli: list[Stimulus] = [Claimed({}, "", "", 0, 1)]
    while stimuli:
        decision = decide(state, stimuli, now=now, dice=lambda: 0.5)
        found.facts.extend(decision.facts)
        stimuli = []
        for command in decision.commands:
            match command:
                case LookUp(place=place, key=key):
                    known = look_up(key)
                    stimuli.append(Found(place, key) if known is None else Found(place, key, *known))
                case Fetch(artifact=artifact):
                    stimuli.append(Supplied(artifact, read(artifact)))
                case Execute(flight=flight) if flight in state.flights:
                    found.flights.append(state.flights[flight])
    return found
