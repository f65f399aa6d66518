"""What a graph is judged against: the contracts that its nodes name."""

from typing import Protocol

from contracts.canonical import Digest
from contracts.graph.document import GraphDocument
from contracts.module import ModuleContract


class Library(Protocol):
    """Answers from what the team may see. The same question must get the same answer during one check."""

    def contract_of(self, module: str, pin: str, bundle: Digest | None, /) -> ModuleContract | None:
        """The contract of the version that a pin selects, or of the given bundle; None if there is none."""
        ...

    def layer_contract(self, layer: str, /) -> ModuleContract | None:
        """The contract of a layer, `team/name@1`; None if there is no such layer."""
        ...

    def graph_of(self, module: str, pin: str, /) -> GraphDocument | None:
        """The graph of a published sub-graph; None if there is none."""
        ...
