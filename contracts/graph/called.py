"""The checks of module, layer and graph nodes beside their edges: settings, secrets, modifiers, errors.

Owns:      what a modifier may say about a contract.
Never:     looks at other nodes: what is wired in arrives as types.
"""

from collections.abc import Mapping

from msgspec import UNSET
from msgspec.structs import replace

from contracts.canonical import JSON
from contracts.expressions import check_expression
from contracts.graph.document import GraphNode, LayerNode, ModuleNode, OnErrorDefault
from contracts.graph.findings import Place
from contracts.graph.judging import explained, judge_ports
from contracts.graph.ports import (
    ERROR,
    ERROR_SCHEMA,
    FAILED_ITEMS_SCHEMA,
    LIST_BYTES,
    NodePorts,
    json_port,
    list_of,
    record_schema,
    seen_schema,
)
from contracts.graph.settings import check_settings
from contracts.graph.summary import Summary
from contracts.module import Port
from contracts.problems import Problem
from contracts.schema import compile_guard

CallNode = ModuleNode | LayerNode | GraphNode
_COUNT: JSON = {"type": "integer", "minimum": 0}


def modified_ports(node: CallNode, ports: NodePorts, place: Place) -> NodePorts:
    """The ports as edges see them: lists around a map, and the error port."""
    inputs, outputs = dict(ports.inputs), dict(ports.outputs)
    if node.map is not UNSET:
        over = node.map.over
        if over not in inputs:
            message = f"There is no input {over!r} to go over. {_listed(inputs)}"
            place.at("map", "over").problem("unknown_port", message)
        elif (port := inputs[over]) is not None:
            if port.media == "json":
                inputs[over] = replace(list_of(port), unknown=port.unknown)
            else:
                message = (
                    f"Input {over!r} takes a {port.media}; a map goes over a JSON list. Choose another input."
                )
                place.at("map", "over").problem("map_media", message)
        outputs = {name: _listed_output(name, port, place) for name, port in outputs.items()}
        if node.map.failures == "collect":
            outputs[ERROR] = json_port(FAILED_ITEMS_SCHEMA, max_bytes=LIST_BYTES)
    if node.on_error == "port":
        if ERROR in outputs:
            message = "Failed items already leave by the port error (map.failures). Set on_error to fail."
            place.at("on_error").problem("error_port_twice", message)
        else:
            outputs[ERROR] = json_port(ERROR_SCHEMA)
    return NodePorts(inputs=inputs, outputs=outputs, config=ports.config)


def _listed(names: Mapping[str, object]) -> str:
    return f"There are: {', '.join(sorted(names))}." if names else "There are none."


def _listed_output(name: str, port: Port | None, place: Place) -> Port | None:
    if port is None or port.media == "json":
        return None if port is None else list_of(port, is_given=True)
    message = (
        f"Output {name!r} is a {port.media}; a map can only list JSON. Return JSON, or map inside the module."
    )
    place.at("map").problem("map_media", message)
    return None


def check_call(
    node: CallNode, ports: NodePorts, wired: Mapping[str, Port | None], parameters: JSON, place: Place
) -> None:
    """`ports` as edges see them, `wired` what comes in, `parameters` the schema of the scope's parameters."""
    if ports.config is not None:
        check_settings(node.config, ports.config, parameters, place.at("config"))
    seen = {"inputs": inputs_schema(ports, wired), "parameters": parameters}
    if node.when is not UNSET:
        place.at("when").take(check_expression(node.when, seen, want="bool"))
    if node.repeat is not UNSET:
        _check_repeat(node, ports, seen, place.at("repeat"))
    if isinstance(node.on_error, OnErrorDefault):
        check_default(node.on_error.default, ports.outputs, place.at("on_error", "default"))


def inputs_schema(ports: NodePorts, wired: Mapping[str, Port | None]) -> JSON:
    """What expressions see as `inputs`: what is wired, else what the port would take."""
    sources = {name: wired.get(name) or port for name, port in ports.inputs.items()}
    return record_schema({name: seen_schema(port) for name, port in sources.items()})


def _check_repeat(node: CallNode, ports: NodePorts, seen: Mapping[str, JSON], place: Place) -> None:
    if node.map is not UNSET:
        place.problem(
            "repeat_with_map", "A node cannot both repeat and map. Put one of them into a graph node."
        )
        return
    assert node.repeat is not UNSET
    declared = {name: seen_schema(port) for name, port in ports.inputs.items()}
    outputs = {name: seen_schema(port) for name, port in ports.outputs.items() if name != ERROR}
    both = declared.keys() & outputs.keys()
    inputs = record_schema(declared) if both else seen["inputs"]
    known = {**seen, "inputs": inputs, "outputs": record_schema(outputs), "iteration": _COUNT}
    place.at("until").take(check_expression(node.repeat.until, known, want="bool"))
    for name in sorted(both):
        verdict = judge_ports(ports.outputs[name], ports.inputs[name])
        if verdict.answer == "no":
            message = (
                f"Output {name!r} becomes input {name!r} of the next round. {explained(verdict)} Rename one."
            )
            place.problem("repeat_types", message)


def check_default(default: Mapping[str, JSON], ports: Mapping[str, Port | None], place: Place) -> None:
    """The outputs that stand in for a failed node, against its ports."""
    outputs = {name: port for name, port in ports.items() if name != ERROR}
    for name in sorted(default.keys() - outputs.keys()):
        place.at(name).problem("unknown_port", f"There is no output {name!r}. {_listed(outputs)}")
    for name, port in sorted(outputs.items()):
        if port is None:
            continue
        if name not in default:
            if port.cardinality == "one":
                place.problem("default_missing", f"Output {name!r} has no default. Add one.")
        elif port.media != "json":
            message = f"Output {name!r} is a {port.media}, for which nothing can stand in. Use on_error port."
            place.at(name).problem("default_media", message)
        else:
            problems = compile_guard(port.schema).problems(default[name])
            place.at(name).take([Problem(code="default", path=p.path, message=p.message) for p in problems])


def check_claims(node: CallNode, summary: Summary, place: Place) -> None:
    """What a node says of caching, time and secrets, against what its contract declares."""
    effects = summary.effects
    is_cacheable = effects.kind == "pure" and effects.deterministic
    if node.cache is True and not isinstance(node, GraphNode) and not is_cacheable:
        what = "is not deterministic" if effects.kind == "pure" else f"is {effects.kind}"
        message = f"Only pure and deterministic modules can be cached; this one {what}. Remove cache."
        place.at("cache").problem("cache_effects", message)
    wall = summary.limits.wall_seconds
    if node.timeout_seconds is not UNSET and not isinstance(node, GraphNode) and node.timeout_seconds > wall:
        message = f"A timeout can only be shorter than the contract's {wall:g} seconds. Lower it."
        place.at("timeout_seconds").problem("timeout_above_limit", message)
    slots = set(summary.capabilities.secrets)
    for slot in sorted(node.secrets.keys() - slots):
        message = f"No secret {slot!r} is declared. {_listed(dict.fromkeys(slots))}"
        place.at("secrets", slot).problem("unknown_secret", message)
