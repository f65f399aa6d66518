"""What a plan depends on beside the graph: facts of versions, and how this host carries work out."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.canonical import Digest
from contracts.module import Strategy


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFacts:
    """What a plan must know of a version beside its contract."""

    bundle: Digest
    contract: Digest
    runtime: str
    strategies: tuple[Strategy, ...]
    min_rung: int
    dependencies: Digest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostPolicy:
    """How this host carries work out: strategies it allows, in its order of preference.

    `inline`: the bundles that it trusts inside its own process. `queues` are the places that exist, `queue` is
    where a node goes that names none.
    """

    strategies: tuple[Strategy, ...] = ("process", "wasm", "http")
    inline: frozenset[Digest] = frozenset()
    queues: frozenset[str] = frozenset({"local"})
    queue: str = "local"

    def strategies_for(self, declared: Sequence[Strategy], bundle: Digest) -> list[Strategy]:
        """What a version declares and this host allows, best first."""
        return [
            strategy
            for strategy in self.strategies
            if strategy in declared and (strategy != "inline" or bundle in self.inline)
        ]
