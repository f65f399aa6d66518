"""Making a lock: every pin of a graph resolved to an exact version and its digests.

Owns:      `make_lock`.
Promises:  the same graph and the same catalog give the same lock; what cannot be resolved is a problem.
Never:     chooses for a layer: its binding is read when a run is admitted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import UNSET

from contracts.canonical import Digest, parse_json
from contracts.graph import Body, GraphDocument, GraphNode, ModuleNode, Node, graph_digest
from contracts.lock import Lock, LockedVersion, parse_lock
from contracts.module import Capabilities
from contracts.problems import Problem, pointer
from studio.catalog.bundles import read_file
from studio.catalog.library import CatalogLibrary
from studio.catalog.models import DEPRECATED, YANKED, ModuleVersion


@dataclass(slots=True)
class _Locking:
    library: CatalogLibrary
    nodes: dict[str, str] = field(default_factory=dict)
    versions: dict[str, LockedVersion] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """`problems` say why there is no lock; `warnings` stop nothing."""

    lock: Lock | None
    problems: Sequence[Problem] = ()
    warnings: Sequence[Problem] = ()


def make_lock(graph: GraphDocument, library: CatalogLibrary) -> Locked:
    """Resolve every pin. Yanked versions are refused, deprecated ones remarked upon."""
    state = _Locking(library)
    _lock_nodes(state, graph.nodes, path="", place="")
    if state.problems:
        return Locked(lock=None, problems=state.problems, warnings=state.warnings)
    lock = Lock(
        format="lamina/lock@1",
        graph=graph_digest(graph),
        nodes=dict(sorted(state.nodes.items())),
        versions=dict(sorted(state.versions.items())),
        secrets=tuple(sorted(state.secrets)),
    )
    return Locked(lock=lock, warnings=state.warnings)


def _lock_nodes(state: _Locking, nodes: Mapping[str, Node], *, path: str, place: str) -> None:
    for name, node in nodes.items():
        here, at = f"{path}{name}", f"{place}{pointer('nodes', name)}"
        if isinstance(node, ModuleNode):
            _lock_call(state, node, node.module, node.pin, node.bundle, here, at)
        elif isinstance(node, GraphNode) and isinstance(node.body, Body):
            _lock_nodes(state, node.body.nodes, path=f"{here}/", place=f"{at}/body")
        elif isinstance(node, GraphNode) and isinstance(node.module, str) and isinstance(node.pin, str):
            version = _lock_call(state, node, node.module, node.pin, node.bundle, here, at)
            if version is not None:
                _take_lock(state, version, here)


def _lock_call(
    state: _Locking,
    node: ModuleNode | GraphNode,
    module: str,
    pin: str,
    bundle: Digest | object,
    path: str,
    place: str,
) -> ModuleVersion | None:
    version = state.library.select(module, pin, bundle if isinstance(bundle, str) else None)
    if version is None:
        message = f"No usable version of {module} fits {pin}. Choose one from the catalog."
        state.problems.append(Problem(code="unresolved", path=place, message=message))
        return None
    _judge_state(state, version, place)
    contract = state.library.contract_of(module, pin, bundle if isinstance(bundle, str) else None)
    key = f"{module}@{version.number}"
    state.nodes[path] = key
    state.versions[key] = LockedVersion(
        bundle=version.bundle_id, contract=version.contract_id, dependencies=version.dependencies or UNSET
    )
    capabilities = contract.capabilities if contract is not None else Capabilities()
    state.secrets |= {node.secrets.get(slot, slot) for slot in capabilities.secrets}
    return version


def _judge_state(state: _Locking, version: ModuleVersion, place: str) -> None:
    if version.state == YANKED:
        message = f"{version} was yanked: {version.state_reason} Choose another version."
        state.problems.append(Problem(code="yanked", path=place, message=message))
    elif version.state == DEPRECATED:
        instead = f" Use {version.successor}." if version.successor else ""
        message = f"{version} is deprecated: {version.state_reason}{instead}"
        state.warnings.append(Problem(code="deprecated", path=place, message=message))


def _take_lock(state: _Locking, version: ModuleVersion, path: str) -> None:
    """A linked sub-graph brings the entries of the lock that it was published with."""
    if version.runtime != "graph":
        return
    folder = version.manifest["entry"].rpartition("/")[0]
    data = read_file(version.bundle.table, f"{folder}/lock.json" if folder else "lock.json")
    if data is None:
        return
    lock = parse_lock(parse_json(data))
    state.nodes |= {f"{path}/{inner}": key for inner, key in lock.nodes.items()}
    state.versions |= lock.versions
    state.secrets |= set(lock.secrets)
