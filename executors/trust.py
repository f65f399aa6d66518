"""Which sandbox a version must have: the host's policy, never a field of a request.

Owns:      the levels of trust, the rung each one needs, and the words of a refusal.
Promises:  a policy may ask less for what was reviewed, never for what was not.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from contracts.canonical import Digest
from contracts.module import Strategy
from executors.sandbox.ladder import HIGHEST, Rung

Trust = Literal["shipped", "released", "reviewed", "unreviewed"]
UNREVIEWED_RUNG: Final = 2
_WARM: Final = frozenset({"shipped", "released"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustPolicy:
    """`trust_of(bundle)` is asked at every call. `lowered` replaces the manifest's `min_rung` where it is less."""

    trust_of: Callable[[Digest], Trust]
    lowered: Mapping[Trust, int] = field(default_factory=dict)

    def rung_for(self, trust: Trust, min_rung: int, *, runtime: str) -> int:
        """The weakest rung on which a version of this trust may run in the process sandbox."""
        if trust == "unreviewed":
            return max(min_rung, UNREVIEWED_RUNG if runtime == "python" else 0)
        return min(min_rung, self.lowered.get(trust, min_rung))


def stays_warm(trust: Trust) -> bool:
    """Whether one worker may serve many calls; otherwise each call gets a process of its own."""
    return trust in _WARM


def refusal(name: str, *, trust: Trust, needed: int, rung: Rung) -> str:
    """Why a version does not run here, and what to do."""
    if needed > HIGHEST:
        return f"{name} asks for a sandbox of rung {needed}; the strongest there is has rung {HIGHEST}."
    return (
        f"{name} is {trust} and needs a sandbox of rung {needed}; this machine reaches rung {rung.number}"
        f" ({rung.name}). {rung.how_to_improve}"
    )


def strategy_refusal(name: str, strategy: Strategy, *, trust: Trust) -> str | None:
    """Why a version may not use a strategy, or None."""
    if strategy == "inline" and trust != "shipped":
        return f"{name} is {trust}; only modules shipped with the product run inline. Choose the process strategy."
    return None
