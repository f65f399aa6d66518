"""What the engine asks of the world, and what the world tells the engine.

Owns:      the commands that `decide` returns and the stimuli that it takes.
Promises:  immutable; a command carries all that is needed to carry it out.
Never:     does anything.
"""

from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from contracts.canonical import JSON, Digest
from executors.engine.facts import Fact, Index, Outputs
from executors.protocol import Call, Outcome


class Execute(Struct, frozen=True):
    """Carry out a call. With `permit_until` (milliseconds): once the facts of this decision are durable."""

    flight: int
    call: Call
    queue: str
    permit_until: int | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop a call; its outcome is no longer wanted."""

    flight: int


@dataclass(frozen=True, slots=True)
class Fetch:
    """Read an artifact and supply its bytes."""

    artifact: Digest


@dataclass(frozen=True, slots=True)
class LookUp:
    """Find outputs that the team may reuse under `key`."""

    place: tuple[str, Index]
    key: Digest


@dataclass(frozen=True, slots=True)
class Remember:
    """Offer the outputs of the fact at `position` of this decision for reuse under `key`."""

    position: int
    key: Digest


@dataclass(frozen=True, slots=True)
class Absorb:
    """These told things are in the journal from now on."""

    signals: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """Give the run up: nobody owns it until `wake_at` (milliseconds; None: until it is told something)."""

    wake_at: int | None = None


Command = Execute | Stop | Fetch | LookUp | Remember | Absorb | Release


@dataclass(frozen=True, slots=True)
class Claimed:
    """This process owns the run now. `created` is the data of run_created, for a run without facts."""

    created: dict[str, Any]
    owner: str
    engine: str
    rung: int
    streak: int


class Concluded(Struct, frozen=True):
    """A call has come to its end."""

    flight: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody told the run something: see `studio.runs.models.Signal` for kinds and data."""

    id: int
    kind: str
    actor: str
    data: dict[str, JSON]
    outputs: Outputs | None = None


@dataclass(frozen=True, slots=True)
class Supplied:
    """The bytes of an artifact; None: it is no longer kept."""

    artifact: Digest
    data: bytes | None


@dataclass(frozen=True, slots=True)
class Found:
    """What was found under a reuse key; no outputs: nothing."""

    place: tuple[str, Index]
    key: Digest
    outputs: Outputs | None = None
    run: str = ""
    seq: int = 0


@dataclass(frozen=True, slots=True)
class BreakerTurned:
    """Calls of a version are held back until then (milliseconds); None: no longer."""

    version: str
    queue: str
    until: int | None


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time has passed."""


Stimulus = Claimed | Concluded | Told | Supplied | Found | BreakerTurned | Ticked


@dataclass(frozen=True, slots=True)
class Decision:
    """Facts to append in one transaction, and commands."""

    facts: list[Fact]
    commands: list[Command]
