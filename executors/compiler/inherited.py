"""What graph nodes hand down to the nodes inside: cache, retry, placement, and names of secrets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from msgspec import UNSET, UnsetType

from contracts.graph.document import GraphNode, Placement, RetryModifier

_ANYWHERE: Final = Placement()


@dataclass(frozen=True, slots=True)
class Defaults:
    """What graph nodes around a node say for those inside."""

    cache: bool | UnsetType = UNSET
    retry: RetryModifier | UnsetType = UNSET
    placement: Placement = _ANYWHERE
    secrets: tuple[Mapping[str, str], ...] = ()

    def within(self, node: GraphNode) -> "Defaults":
        return Defaults(
            cache=self.cache if node.cache is UNSET else node.cache,
            retry=self.retry if node.retry is UNSET else node.retry,
            placement=placed(node.placement, self.placement),
            secrets=(*self.secrets, node.secrets) if node.secrets else self.secrets,
        )

    def secret(self, name: str) -> str:
        """The name in the environment, renamed by each graph node on the way out."""
        for renaming in reversed(self.secrets):
            name = renaming.get(name, name)
        return name


def placed(own: Placement, outer: Placement) -> Placement:
    """What a node says of its placement, completed by what is said around it."""
    return Placement(
        strategy=outer.strategy if own.strategy is UNSET else own.strategy,
        queue=outer.queue if own.queue == _ANYWHERE.queue else own.queue,
    )
