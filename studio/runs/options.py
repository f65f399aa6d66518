"""How much of a graph a run carries out, and what stands in for calls.

Owns:      the options of a run's first event: reuse, upto, from, pins.
Promises:  a pinned value fits the output port of the version that would have been called.
Never:     opens an artifact: a digest that the viewer may not use is refused.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from msgspec import UNSET

from contracts.canonical import JSON, Digest
from contracts.module import ModuleContract, Port
from contracts.plan import Plan, PlanNode
from contracts.problems import Problem, pointer
from contracts.schema import compile_guard, localise
from studio.refusals import Invalid

MAX_NAMED: Final = 1_000
ContractOf = Callable[[Digest], ModuleContract]
# The envelope of an artifact for a port, by digest; the path says where a refusal points.
Opened = Callable[[str, Port, str], JSON]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """`upto` and `since` are paths of nodes. `pins`: path → port → {value} or {artifact: digest}."""

    reuse: bool = False
    upto: Sequence[str] = ()
    since: Sequence[str] = ()
    pins: Mapping[str, JSON] = field(default_factory=dict)


WHOLE: Final = Extent()


def options_of(
    extent: Extent,
    plan: Plan,
    *,
    contract_of: ContractOf,
    envelopes: Callable[[Mapping[str, JSON]], Mapping[str, JSON]],
    opened: Opened,
) -> dict[str, Any]:
    """The options as the engine reads them. Raises `Invalid` with every problem."""
    nodes = {node.path: node for node in plan.nodes}
    problems = [*_unknown(nodes, extent.upto, "upto"), *_unknown(nodes, extent.since, "from")]
    options: dict[str, Any] = {}
    if extent.reuse or extent.since:
        options["reuse"] = True
    if extent.upto:
        options["upto"] = list(extent.upto)
    if extent.since:
        options["from"] = list(extent.since)
    pins: dict[str, dict[str, JSON]] = {}
    for path, values in extent.pins.items():
        where = pointer("pins", path)
        found = _pinnable(nodes.get(path), values, where)
        if isinstance(found, Problem):
            problems.append(found)
            continue
        contract = contract_of(plan.versions[str(found.version)].contract)
        misfits = [*_misfits(contract, values, where)]
        problems += misfits
        if not misfits:
            outputs = contract.ports.outputs
            plain = {port: given["value"] for port, given in values.items() if "value" in given}
            pins[path] = {
                **envelopes(plain),
                **{
                    port: opened(given["artifact"], outputs[port], where + pointer(port))
                    for port, given in values.items()
                    if "artifact" in given
                },
            }
    if problems:
        raise Invalid(problems)
    return {**options, "pins": pins} if pins else options


def _unknown(nodes: Mapping[str, PlanNode], paths: Sequence[str], name: str) -> list[Problem]:
    if len(paths) > MAX_NAMED:
        return [Problem(code="too_many", path=pointer(name), message=f"Name at most {MAX_NAMED} nodes.")]
    return [
        Problem(
            code="unknown_node",
            path=pointer(name, str(place)),
            message=f"There is no node {path!r} in this graph.",
        )
        for place, path in enumerate(paths)
        if path not in nodes
    ]


def _pinnable(node: PlanNode | None, values: JSON, where: str) -> PlanNode | Problem:
    if node is None:
        return Problem(code="unknown_node", path=where, message="There is no such node in this graph.")
    if node.kind != "module" or node.map is not UNSET:
        message = "Only a node that is called once can be pinned. Remove the pin."
        return Problem(code="not_pinnable", path=where, message=message)
    if not isinstance(values, Mapping) or not all(_is_given(each) for each in values.values()):
        message = "Give each port as {value: …} or {artifact: digest}."
        return Problem(code="pin", path=where, message=message)
    return node


def _is_given(given: JSON) -> bool:
    return isinstance(given, Mapping) and len(given) == 1 and given.keys() <= {"value", "artifact"}


def _misfits(contract: ModuleContract, values: Mapping[str, JSON], where: str) -> list[Problem]:
    """What keeps these values from being what a call gives."""
    problems = []
    outputs = contract.ports.outputs
    for name, port in outputs.items():
        if name not in values and port.cardinality == "one":
            message = f"The output {name!r} has no pinned value. Give one, or remove the pin."
            problems.append(Problem(code="pin_missing", path=where, message=message))
    for name, given in values.items():
        place = where + pointer(name)
        if name not in outputs:
            message = f"This version has no output {name!r}. Remove it from the pin."
            problems.append(Problem(code="unknown_port", path=place, message=message))
        elif ("value" in given) != (outputs[name].media == "json"):
            message = f"The output {name!r} is {outputs[name].media}: pin it as it came out of a run."
            problems.append(Problem(code="pin", path=place, message=message))
        elif "value" in given:
            guard = compile_guard(localise(outputs[name].schema, contract.root))
            problems += [found.within(place) for found in guard.problems(given["value"])]
    return problems
