"""What the graphs of some teams are judged against and locked to.

Owns:      which versions these teams may use, with their contracts and digests.
Promises:  the same question gets the same answer for the life of one object; one query for a module.
Never:     writes; sees modules that are neither shared nor owned by one of the teams.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from contracts.canonical import Digest, parse_json
from contracts.graph import GraphDocument, parse_graph
from contracts.lock import parse_lock
from contracts.module import ModuleContract, parse_contract
from contracts.versions import highest, is_exact
from modules_catalog.resolution import KnownLayer, KnownVersion, VersionState
from studio.catalog.bundles import read_file
from studio.catalog.models import DEPRECATED, FIXED, RELEASED, YANKED, ModuleVersion
from studio.catalog.queries import precedence

_STATES: Final[dict[str, VersionState]] = {
    RELEASED: "released",
    DEPRECATED: "deprecated",
    YANKED: "yanked",
}


class CatalogLibrary:
    """The catalog as `contracts.graph.library.Library` and as `modules_catalog.resolution.VersionSource`."""

    def __init__(self, teams: Sequence[UUID]) -> None:
        self._teams = list(teams)
        self._rows: dict[str, list[ModuleVersion]] = {}
        self._contracts: dict[Digest, ModuleContract] = {}

    def contract_of(self, module: str, pin: str, bundle: Digest | None = None, /) -> ModuleContract | None:
        version = self.select(module, pin, bundle)
        return None if version is None else self._contract(version)

    def graph_of(self, module: str, pin: str, /) -> GraphDocument | None:
        version = self.select(module, pin)
        return None if version is None or version.runtime != "graph" else _Parts(version).graph

    def layer_contract(self, _layer: str, /) -> ModuleContract | None:
        """No layer is kept in the catalog, so no node can name one."""
        return None

    def layer(self, _name: str) -> KnownLayer | None:
        return None

    def versions_of(self, module: str) -> Sequence[KnownVersion]:
        return [
            KnownVersion(
                version=precedence(row),
                state=_STATES.get(row.state, "candidate"),
                bundle=row.bundle_id,
                contract=row.contract_id,
                dependencies=row.dependencies or None,
                secrets=self._contract(row).capabilities.secrets,
                graph=_Parts(row).graph if row.runtime == "graph" else None,
                lock=_Parts(row).lock if row.runtime == "graph" else None,
            )
            for row in self.rows(module)
        ]

    def select(self, module: str, pin: str, bundle: Digest | None = None) -> ModuleVersion | None:
        """The version that a pin selects, as the resolution chooses; yanked ones still have a contract."""
        rows = self.rows(module)
        if is_exact(pin):
            row = next((row for row in rows if row.number == pin), None)
            if row is None or (bundle is not None and row.bundle_id != bundle):
                return None
            return row if row.is_fixed or bundle is not None else None
        for state in (RELEASED, DEPRECATED):
            offered = {precedence(row): row for row in rows if row.state == state}
            chosen = highest(offered, pin)
            if chosen is not None:
                return offered[chosen]
        return None

    def rows(self, module: str) -> list[ModuleVersion]:
        """The versions of a module that these teams may use."""
        if module not in self._rows:
            self._rows[module] = list(
                ModuleVersion.objects.select_related("module", "contract", "bundle").filter(
                    Q(module__owner__in=self._teams) | Q(module__is_shared=True, state__in=FIXED),
                    module__name=module,
                )
            )
        return self._rows[module]

    def _contract(self, version: ModuleVersion) -> ModuleContract:
        if version.contract_id not in self._contracts:
            self._contracts[version.contract_id] = parse_contract(version.contract.document)
        return self._contracts[version.contract_id]


class _Parts:
    """The graph and the lock in the bundle of a published sub-graph."""

    def __init__(self, version: ModuleVersion) -> None:
        self._version = version

    @cached_property
    def graph(self) -> GraphDocument:
        return parse_graph(self._read(self._version.manifest["entry"]))

    @cached_property
    def lock(self) -> Any:
        folder = self._version.manifest["entry"].rpartition("/")[0]
        return parse_lock(self._read(f"{folder}/lock.json" if folder else "lock.json"))

    def _read(self, name: str) -> Any:
        data = read_file(self._version.bundle.table, name)
        assert data is not None, f"{name} was there when {self._version} was published"
        return parse_json(data)
