"""How much of its graph a run carries out, checked against its plan.

Owns:      `Extent`, what it may say, and the options that a run's first event keeps of it.
Promises:  every node that is named exists; a pinned value is one that its port could have given.
Never:     carries anything out: `executors/engine/extent.py` owns what the words mean.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec import UNSET

from contracts.canonical import JSON
from contracts.graph.document import MapModifier
from contracts.module import ModuleContract, Port, parse_contract
from contracts.names import DIGEST
from contracts.plan import Plan, PlanNode
from contracts.problems import Problem, ProblemsError, pointer
from contracts.schema import compile_guard, localise
from contracts.values import value_bytes
from studio.catalog.models import StoredContract

MAX_NAMED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """`upto`: these nodes and what they need alone. `start`: these and what follows them anew.

    `pins`: path → port → value that stands for what the node would have given; for drafts. `reuse`: outputs of
    earlier runs of the team are taken over where nothing has changed.
    """

    upto: Sequence[str] = ()
    start: Sequence[str] = ()
    pins: Mapping[str, Mapping[str, JSON]] = field(default_factory=dict)
    reuse: bool = False

    def options(self, pinned: Mapping[str, Mapping[str, JSON]]) -> dict[str, JSON]:
        """What run_created keeps; `pinned` are the envelopes of the pins."""
        told: dict[str, JSON] = {"reuse": True} if self.reuse or self.start else {}
        if self.upto:
            told["upto"] = sorted(set(self.upto))
        if self.start:
            told["from"] = sorted(set(self.start))
        if pinned:
            told["pins"] = {node: dict(ports) for node, ports in pinned.items()}
        return told


WHOLE = Extent()


def extent_problems(plan: Plan, extent: Extent) -> list[Problem]:
    nodes = {node.path: node for node in plan.nodes}
    problems = [
        *_unknown(nodes, "upTo", extent.upto),
        *_unknown(nodes, "from", extent.start),
    ]
    for path, values in extent.pins.items():
        problems.extend(problem.within(pointer("pins", path)) for problem in _pin(nodes, plan, path, values))
    return problems


def _unknown(nodes: Mapping[str, PlanNode], name: str, paths: Sequence[str]) -> list[Problem]:
    if len(paths) > MAX_NAMED:
        message = f"{len(paths)} nodes are named; {MAX_NAMED} may be."
        return [Problem(code="too_many", path=pointer(name), message=message)]
    return [
        Problem(code="no_such_node", path=pointer(name, place), message=f"The graph has no node {path!r}.")
        for place, path in enumerate(paths)
        if path not in nodes
    ]


def _pin(nodes: Mapping[str, PlanNode], plan: Plan, path: str, values: JSON) -> list[Problem]:
    node = nodes.get(path)
    if node is None:
        return [Problem(code="no_such_node", path="", message=f"The graph has no node {path!r}.")]
    if not isinstance(node.version, str):
        message = f"{path} is a {node.kind} node. Only what calls a module can be pinned."
        return [Problem(code="not_pinnable", path="", message=message)]
    if not isinstance(values, Mapping):
        message = "Give the pinned values as an object by port."
        return [Problem(code="not_an_object", path="", message=message)]
    contract = contract_of(plan, node.version)
    ports = contract.ports.outputs
    problems = []
    for name in sorted(values.keys() - ports.keys()):
        message = f"{node.version} has no output {name!r}. It has: {', '.join(sorted(ports))}."
        problems.append(Problem(code="no_such_port", path=pointer(name), message=message))
    for name, port in sorted(ports.items()):
        if name in values:
            found = _value(contract, port, node.map, values[name])
            problems.extend(problem.within(pointer(name)) for problem in found)
        elif port.is_required:
            message = f"The output {name!r} is always given. Pin a value for it too."
            problems.append(Problem(code="pin_missing", path=pointer(name), message=message))
    return problems


def _value(contract: ModuleContract, port: Port, mapped: Any, value: JSON) -> list[Problem]:
    if port.media != "json":
        return [] if is_reference(value) else [_no_reference(port)]
    assert port.schema is not UNSET
    try:
        value_bytes(value)
    except ProblemsError as error:
        return list(error.problems)
    schema = localise(port.schema, contract.root)
    if isinstance(mapped, MapModifier):
        if not isinstance(value, list):
            message = "The node maps over a list: pin a list, one value an item."
            return [Problem(code="not_a_list", path="", message=message)]
        guard = compile_guard(schema)
        return [
            problem.within(pointer(place))
            for place, item in enumerate(value)
            for problem in guard.problems(item)
        ][:20]
    return list(compile_guard(schema).problems(value))


def is_reference(value: JSON) -> bool:
    """Whether a value names an artifact and nothing else."""
    named = value.get("artifact") if isinstance(value, dict) and len(value) == 1 else None
    return isinstance(named, str) and DIGEST.match(named) is not None


def _no_reference(port: Port) -> Problem:
    message = f'A {port.media} is given as {{"artifact": "sha256:…"}}. Upload it first.'
    return Problem(code="artifact", path="", message=message)


def outputs_at(plan: Plan, path: str) -> Mapping[str, Port]:
    """The output ports of what a module or layer node calls."""
    version = next(str(node.version) for node in plan.nodes if node.path == path)
    return contract_of(plan, version).ports.outputs


def contract_of(plan: Plan, version: str) -> ModuleContract:
    return parse_contract(StoredContract.objects.get(pk=plan.versions[version].contract).document)
