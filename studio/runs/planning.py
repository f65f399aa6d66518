"""From a locked graph to the plan of a run on this installation.

Owns:      the facts of the locked versions and what this host allows.
Promises:  what is planned are the digests of the lock, also where a version's number has moved on since.
Never:     decides who may start what.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from msgspec import UNSET

from contracts.canonical import Digest, parse_json
from contracts.graph import GraphDocument, parse_graph
from contracts.lock import Lock, LockedVersion
from contracts.module import ModuleContract, parse_contract
from contracts.plan import Plan
from contracts.problems import Problem, ProblemsError
from executors.compiler import compile_plan
from executors.hosting import HostPolicy, VersionFacts
from modules_catalog.library import locked_versions
from modules_catalog.manifest import parse_manifest
from studio.catalog.bundles import read_file
from studio.catalog.models import YANKED, ModuleVersion, StoredBundle, StoredContract
from studio.deployment import deployment

STRATEGIES: Final = ("inline", "process", "wasm", "http")


def plan_for(graph: GraphDocument, lock: Lock, *, environment: str) -> Plan:
    """Raises `ProblemsError` for what keeps the graph from being planned, a yanked version among it."""
    refuse_yanked(lock)
    return compile_plan(
        graph,
        lock,
        contracts={digest: _contract(digest) for digest in {v.contract for v in lock.versions.values()}},
        versions={key: _facts(locked) for key, locked in lock.versions.items()},
        bindings={},
        environment=environment,
        host=host_policy(),
        graphs=_linked_graphs(lock),
    )


@cache
def host_policy() -> HostPolicy:
    """Modules that are shipped run inside the process where they say they can, everything else does not."""
    place = deployment()
    return HostPolicy(
        strategies=STRATEGIES,
        inline=frozenset(locked_versions().values()),
        queues=frozenset(place.queues),
        queue=place.default_queue,
    )


def refuse_yanked(lock: Lock) -> None:
    """Raises `ProblemsError` with every version of the lock that nothing may be started with."""
    names = {key: key.rpartition("@") for key in lock.versions}
    rows = ModuleVersion.objects.select_related("module").filter(
        state=YANKED, module__name__in={name for name, _, _ in names.values()}
    )
    yanked = {str(row): row for row in rows}
    problems = [
        Problem(
            code="yanked",
            path="",
            message=f"{key} was yanked ({yanked[key].state_reason}). Choose another version in the graph.",
        )
        for key in sorted(lock.versions)
        if key in yanked
    ]
    if problems:
        raise ProblemsError(problems)


def _contract(digest: Digest) -> ModuleContract:
    return parse_contract(StoredContract.objects.get(pk=digest).document)


def _facts(locked: LockedVersion) -> VersionFacts:
    """From the bundle itself: a number that is not released may carry another bundle by now."""
    data = read_file(_table(locked.bundle), "module.toml")
    assert data is not None, "a stored bundle has its manifest"
    manifest = parse_manifest(data)
    return VersionFacts(
        bundle=locked.bundle,
        contract=locked.contract,
        runtime=manifest.runtime,
        strategies=manifest.strategies,
        min_rung=manifest.min_rung,
        dependencies=None if locked.dependencies is UNSET else locked.dependencies,
    )


def _linked_graphs(lock: Lock) -> Mapping[str, GraphDocument]:
    graphs: dict[str, GraphDocument] = {}
    for key, locked in lock.versions.items():
        table = _table(locked.bundle)
        data = read_file(table, "module.toml")
        manifest = None if data is None else parse_manifest(data)
        if manifest is not None and manifest.runtime == "graph":
            source = read_file(table, manifest.entry)
            if source is not None:
                graphs[key] = parse_graph(parse_json(source))
    return graphs


def _table(bundle: Digest) -> dict[str, dict[str, dict[str, str]]]:
    table: dict[str, dict[str, dict[str, str]]] = StoredBundle.objects.get(pk=bundle).table
    return table
