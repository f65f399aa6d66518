"""How large the step from one version to the next must be, and why.

Owns:      `Bump` and `Reason`, the answer of `derive_bump`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from contracts.canonical import JSON

Level = Literal["patch", "minor", "major"]
_RANK: Final = {"patch": 0, "minor": 1, "major": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One change between two contracts.

    `path` points into the contract document. `verdict`: yes, the change is proven harmless at this level;
    no, it is proven to break somebody (`witness`, when there is one, is the value that shows it); unknown,
    neither is proven.
    """

    level: Level
    path: str
    message: str
    witness: JSON = None
    has_witness: bool = False
    verdict: Literal["yes", "no", "unknown"] = "yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bump:
    """The smallest step that is honest, with its reasons, the largest first.

    `level` counts what is unknown as major; `needs_attestation` says that only such reasons make it major,
    so that a reviewer's attestation may lower it to `proven_level`. A version that claims less than that is
    refused.
    """

    level: Level
    reasons: tuple[Reason, ...]
    needs_attestation: bool

    @property
    def proven_level(self) -> Level:
        return highest(reason.level for reason in self.reasons if reason.verdict != "unknown")


def highest(levels: Iterable[Level]) -> Level:
    """The largest of some levels, patch when there are none."""
    return max(levels, key=_RANK.__getitem__, default="patch")


def bump_of(reasons: Iterable[Reason]) -> Bump:
    ordered = tuple(sorted(reasons, key=lambda reason: (-_RANK[reason.level], reason.path, reason.message)))
    level = highest(reason.level for reason in ordered)
    proven = highest(reason.level for reason in ordered if reason.verdict != "unknown")
    return Bump(level=level, reasons=ordered, needs_attestation=level != proven)
