"""Pins become versions: a graph and what the catalog knows give the lock.

Owns:      the choice of a version for each pin, and the lock of a graph with all that is inside sub-graphs.
Promises:  the same graph and the same catalog give the same lock; all problems at once, as pointers.
Never:     chooses a candidate or a yanked version by a range; looks anything up but through `VersionSource`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from msgspec import UNSET

from contracts.canonical import Digest
from contracts.graph import Body, GraphDocument, GraphNode, LayerNode, ModuleNode, Node, graph_digest
from contracts.lock import Lock, LockedLayer, LockedVersion
from contracts.problems import Problem, pointer
from contracts.versions import Version, highest, is_exact

MAX_LEVELS: Final = 8  # graphs inside graphs
VersionState = Literal["candidate", "released", "deprecated", "yanked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownVersion:
    """A version, or one candidate digest of it. `secrets` are slots; `graph`, `lock` are of a sub-graph."""

    version: Version
    state: VersionState
    bundle: Digest
    contract: Digest
    dependencies: Digest | None = None
    secrets: tuple[str, ...] = ()
    graph: GraphDocument | None = None
    lock: Lock | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLayer:
    contract: Digest
    secrets: tuple[str, ...] = ()


class VersionSource(Protocol):
    """The catalog, as the resolution sees it."""

    def versions_of(self, module: str) -> Sequence[KnownVersion]:
        """Every version of `team/name`, candidates included, in any order; none where it is not known."""
        ...

    def layer(self, name: str) -> KnownLayer | None:
        """The layer `team/name@1`."""
        ...


def resolve(graph: GraphDocument, source: VersionSource) -> Lock | list[Problem]:
    """The lock of a graph, or every reason why there is none."""
    resolution = _Resolution(source)
    body = Body(nodes=graph.nodes, edges=graph.edges)
    secrets = resolution.read_body(body, path="", place="", levels=0)
    if resolution.problems:
        return resolution.problems
    return Lock(
        format="lamina/lock@1",
        graph=graph_digest(graph),
        nodes=dict(sorted(resolution.nodes.items())),
        versions=dict(sorted(resolution.versions.items())),
        layers=dict(sorted(resolution.layers.items())),
        secrets=tuple(secrets),
    )


@dataclass(slots=True)
class _Resolution:
    """Collects entries while nodes are read; `path` is of nodes, `place` a pointer into the document."""

    source: VersionSource
    nodes: dict[str, str] = field(default_factory=dict)
    versions: dict[str, LockedVersion] = field(default_factory=dict)
    layers: dict[str, LockedLayer] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def read_body(self, body: Body, *, path: str, place: str, levels: int) -> set[str]:
        """The names of secrets that the inside needs."""
        if levels > MAX_LEVELS:
            self._add("too_deep", place, f"More than {MAX_LEVELS} graphs inside each other. Flatten it.")
            return set()
        secrets: set[str] = set()
        for name, node in body.nodes.items():
            node_path = f"{path}{name}"
            secrets |= self._read_node(node, node_path, place + pointer("nodes", name), levels)
        return secrets

    def _read_node(self, node: Node, path: str, place: str, levels: int) -> set[str]:
        match node:
            case ModuleNode():
                slots = self._read_module(node, path, place)
            case LayerNode():
                slots = self._read_layer(node, path, place)
            case GraphNode(body=Body() as body):
                slots = self.read_body(body, path=f"{path}/", place=f"{place}/body", levels=levels + 1)
            case GraphNode():
                slots = self._read_link(node, path, place, levels + 1)
            case _:
                return set()
        return {node.secrets.get(slot, slot) for slot in slots}

    def _read_module(self, node: ModuleNode, path: str, place: str) -> set[str]:
        known = self._chosen(node.module, node.pin, node.bundle, place)
        if known is None:
            return set()
        if known.graph is not None:
            message = f"{node.module} is a graph. Insert it as a graph node."
            self._add("other_kind", f"{place}/module", message)
        self._lock(path, f"{node.module}@{known.version}", known, place)
        return set(known.secrets)

    def _read_layer(self, node: LayerNode, path: str, place: str) -> set[str]:
        layer = self.source.layer(node.layer)
        if layer is None:
            message = f"There is no layer {node.layer}. Create it or choose another one."
            self._add("unknown_layer", f"{place}/layer", message)
            return set()
        self.nodes[path] = node.layer
        self._lock_layer(node.layer, LockedLayer(contract=layer.contract), place)
        return set(layer.secrets)

    def _read_link(self, node: GraphNode, path: str, place: str, levels: int) -> set[str]:
        """A published sub-graph brings the entries of its own lock: it was reviewed with them."""
        module, pin = str(node.module), str(node.pin)
        known = self._chosen(module, pin, node.bundle, place)
        if known is None:
            return set()
        name = f"{module}@{known.version}"
        if known.graph is None or known.lock is None:
            self._add("other_kind", f"{place}/module", f"{module} is no graph. Insert it as a module node.")
            return set()
        self._lock(path, name, known, place)
        self._check_link(known.graph, known.lock, name, place, levels)
        for inner, reference in known.lock.nodes.items():
            self.nodes[f"{path}/{inner}"] = reference
        for reference, locked in known.lock.versions.items():
            self._lock_version(reference, locked, place)
        for layer, contract in known.lock.layers.items():
            self._lock_layer(layer, contract, place)
        return set(known.lock.secrets)

    def _check_link(self, graph: GraphDocument, lock: Lock, name: str, place: str, levels: int) -> None:
        if name in lock.nodes.values():
            self._add("cycle", place, f"{name} contains itself. Take it out of its own graph.")
        deepest = max((inner.count("/") for inner in lock.nodes), default=0)
        if levels + deepest > MAX_LEVELS:
            self._add("too_deep", place, f"More than {MAX_LEVELS} graphs inside each other. Flatten it.")
        unlocked = sorted(path for path in _called_paths(graph.nodes) if path not in lock.nodes)
        if unlocked or lock.graph != graph_digest(graph):
            where = f" at {unlocked[0]}" if unlocked else ""
            self._add(
                "stale_lock", place, f"The lock of {name} does not fit its graph{where}. Publish it anew."
            )

    def _chosen(self, module: str, pin: str, bundle: object, place: str) -> KnownVersion | None:
        versions = self.source.versions_of(module)
        if not versions:
            message = f"There is no module {module}. Import it or choose another one."
            self._add("unknown_module", f"{place}/module", message)
            return None
        if is_exact(pin):
            return self._exact(versions, module, pin, bundle, place)
        if bundle is not UNSET:
            self._add("pin", f"{place}/bundle", f"A digest needs an exact pin beside it, not {pin}.")
            return None
        for state in ("released", "deprecated"):
            offered = {known.version: known for known in versions if known.state == state}
            version = highest(offered, pin)
            if version is not None:
                return offered[version]
        self._add(
            "no_version", f"{place}/pin", f"No released version of {module} fits {pin}. {_offer(versions)}"
        )
        return None

    def _exact(
        self, versions: Sequence[KnownVersion], module: str, pin: str, bundle: object, place: str
    ) -> KnownVersion | None:
        same = [known for known in versions if str(known.version) == pin]
        final = next((known for known in same if known.state != "candidate"), None)
        if not same:
            self._add("no_version", f"{place}/pin", f"{module} has no version {pin}. {_offer(versions)}")
        elif final is not None and final.state == "yanked":
            self._add("yanked", f"{place}/pin", f"{module}@{pin} was yanked. {_offer(versions)}")
        elif final is None and bundle is UNSET:
            message = f"{module}@{pin} is not released. Add the digest of its candidate as `bundle`."
            self._add("bundle_required", f"{place}/pin", message)
        else:
            # A released number stands for one digest; the candidates before it are gone.
            choice = [final] if final is not None else same
            found = next((known for known in choice if bundle in (UNSET, known.bundle)), None)
            if found is None:
                message = f"{module}@{pin} has another digest: {choice[-1].bundle}. Pin that one."
                self._add("other_digest", f"{place}/bundle", message)
            return found
        return None

    def _lock(self, path: str, name: str, known: KnownVersion, place: str) -> None:
        dependencies = UNSET if known.dependencies is None else known.dependencies
        locked = LockedVersion(bundle=known.bundle, contract=known.contract, dependencies=dependencies)
        self.nodes[path] = name
        self._lock_version(name, locked, place)

    def _lock_version(self, name: str, locked: LockedVersion, place: str) -> None:
        if self.versions.setdefault(name, locked) != locked:
            message = f"Two digests of {name} meet in this graph. Pin one of them everywhere."
            self._add("two_digests", place, message)

    def _lock_layer(self, name: str, locked: LockedLayer, place: str) -> None:
        if self.layers.setdefault(name, locked) != locked:
            message = (
                f"{name} had another contract when a sub-graph was published. Publish the sub-graph anew."
            )
            self._add("two_contracts", place, message)

    def _add(self, code: str, path: str, message: str) -> None:
        self.problems.append(Problem(code=code, path=path, message=message))


def _called_paths(nodes: Mapping[str, Node], prefix: str = "") -> Iterator[str]:
    """The paths that a lock must have."""
    for name, node in nodes.items():
        if isinstance(node, ModuleNode | LayerNode):
            yield prefix + name
        elif isinstance(node, GraphNode):
            if isinstance(node.body, Body):
                yield from _called_paths(node.body.nodes, f"{prefix}{name}/")
            else:
                yield prefix + name


def _offer(versions: Sequence[KnownVersion]) -> str:
    newest = sorted((known.version for known in versions if known.state == "released"), reverse=True)[:3]
    return f"Released are {', '.join(map(str, newest))}." if newest else "None is released yet."
