"""What the graphs of some teams are judged against and locked to.

Owns:      which versions a pin may select for these teams, with their contracts and digests.
Promises:  the same question gets the same answer for the life of one object; one query for a module.
Never:     writes; sees modules that are neither shared nor owned by one of the teams.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from contracts.canonical import Digest, parse_json
from contracts.graph import GraphDocument, parse_graph
from contracts.module import ModuleContract, parse_contract
from contracts.versions import highest, is_exact
from studio.catalog.bundles import read_file
from studio.catalog.models import FIXED, YANKED, ModuleVersion
from studio.catalog.queries import precedence


class CatalogLibrary:
    """The catalog as `contracts.graph.Library` and as the source of `modules_catalog.resolution`."""

    def __init__(self, teams: Sequence[UUID]) -> None:
        self._teams = list(teams)
        self._modules: dict[str, list[ModuleVersion]] = {}
        self._contracts: dict[Digest, ModuleContract] = {}

    def contract_of(self, module: str, pin: str, bundle: Digest | None = None, /) -> ModuleContract | None:
        version = self.select(module, pin, bundle)
        if version is None:
            return None
        if version.contract_id not in self._contracts:
            self._contracts[version.contract_id] = parse_contract(version.contract.document)
        return self._contracts[version.contract_id]

    def layer_contract(self, layer: str, /) -> ModuleContract | None:
        """No layer is kept in the catalog, so no node can name one."""
        return None

    def graph_of(self, module: str, pin: str, /) -> GraphDocument | None:
        version = self.select(module, pin, None)
        if version is None or version.runtime != "graph":
            return None
        data = read_file(version.bundle.table, version.manifest["entry"])
        return None if data is None else parse_graph(parse_json(data))

    def select(self, module: str, pin: str, bundle: Digest | None) -> ModuleVersion | None:
        """The version that a pin selects: ranges and channels among what is released and not yanked.

        A version that is not released is selected by its exact number and its bundle alone.
        """
        rows = self.versions(module)
        if is_exact(pin):
            row = next((row for row in rows if row.number == pin), None)
            if row is None or (bundle is not None and row.bundle_id != bundle):
                return None
            return row if row.is_fixed or bundle is not None else None
        usable = {precedence(row): row for row in rows if row.is_fixed and row.state != YANKED}
        chosen = highest(usable, pin)
        return usable[chosen] if chosen is not None else None

    def versions(self, module: str) -> list[ModuleVersion]:
        """The versions of a module that these teams may use."""
        if module not in self._modules:
            self._modules[module] = list(
                ModuleVersion.objects.select_related("module", "contract", "bundle").filter(
                    Q(module__owner__in=self._teams) | Q(module__is_shared=True, state__in=FIXED),
                    module__name=module,
                )
            )
        return self._modules[module]
