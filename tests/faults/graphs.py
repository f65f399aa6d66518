"""Random small graphs whose outcome is known: a generator, what its modules do, and an independent oracle."""

import random
from dataclasses import dataclass, field
from typing import Any

from executors.protocol import Call, CallError, Failed, Outcome, Returned
from tests.support.engine import decoded, encoded
from tests.support.plans import ANY, PlanMaker, port

EFFECTS = ("pure", "pure", "pure", "idempotent", "keyed", "effectful")
SKIPPED = object()


class Declined(Exception):
    """The node's declared error."""


def combine(path: str, values: list[Any]) -> Any:
    """What every module computes: a number from its path and its numbers, in whatever shape they come."""
    total = sum(map(ord, path))
    for value in values:
        for number in value if isinstance(value, list) else [value]:
            total = (total * 31 + (number if isinstance(number, int) else 7)) % 1009
    return total


@dataclass(slots=True)
class Case:
    """A plan, its inputs, and how the outside behaves."""

    maker: PlanMaker
    inputs: dict[str, Any]
    nodes: list[dict[str, Any]] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)


def random_case(dice: random.Random) -> Case:
    maker = PlanMaker()
    for effect in dict.fromkeys(EFFECTS):
        ports = {"a": port(cardinality="optional"), "b": port(), "c": port(cardinality="optional")}
        maker.module(effect, inputs=ports, effect=effect, errors={"declined": {}})
        maker.module(f"each-{effect}", inputs={"item": ANY}, effect=effect, errors={"declined": {}})
    maker.input("start")
    case = Case(maker, {"start": dice.randrange(100)})
    sources = ["start:value"]
    for place in range(dice.randrange(2, 9)):
        _add_node(dice, case, f"n{place}", sources)
    for name, source in enumerate(sources[-3:]):
        maker.output(f"out{name}", source)
    return case


def _add_node(dice: random.Random, case: Case, path: str, sources: list[str]) -> None:
    chance = dice.random()
    maker = case.maker
    if chance < 0.1:
        maker.node(
            path, "wait", wires={"value": dice.choice(sources)}, seconds=dice.choice([1, 30]), on_error="fail"
        )
        sources.append(f"{path}:value")
        return
    if chance < 0.18:
        who = {"teams": ["t"], "count": 1}
        extra = {"who": who, "prompt": "?", "deadline_seconds": 100_000, "on_error": "fail"}
        maker.node(path, "approval", wires={"value": dice.choice(sources)}, **extra)
        case.waits.append(path)
        sources.append(f"{path}:decision")
        return
    if chance < 0.3:
        _add_graph(dice, case, path, sources)
        return
    fields: dict[str, Any] = {}
    if dice.random() < 0.25:
        fields["on_error"] = dice.choice(["port", {"default": {"value": 5}}])
    effect = dice.choice(EFFECTS)
    if chance < 0.45:
        select = {"from": dice.choice(sources), "select": "[1, 2, 3, 4, 5]"}
        rule = {
            "over": "item",
            "concurrency": dice.choice([1, 2, 16]),
            "failures": dice.choice(["fail", "collect"]),
        }
        fields.pop("on_error", None)
        maker.call(path, f"each-{effect}", {"item": select}, map=rule, **fields)
    else:
        wires = {name: dice.choice(sources) for name in ("b", *dice.sample(["a", "c"], dice.randrange(3)))}
        if dice.random() < 0.2:
            fields["when"] = dice.choice(["true", "false", "inputs.b != null"])
        maker.call(path, effect, wires, **fields)
    sources.append(f"{path}:value")
    if fields.get("on_error") == "port":
        sources.append(f"{path}:error")


def _add_graph(dice: random.Random, case: Case, path: str, sources: list[str]) -> None:
    maker = case.maker
    fields: dict[str, Any] = {"config": {}, "on_error": dice.choice(["fail", {"default": {"value": 6}}])}
    wire: Any = dice.choice(sources)
    if dice.random() < 0.5:
        fields["map"] = {"over": "value", "concurrency": 2, "failures": "fail"}
        wire = {"from": wire, "select": "[1, 2, 3]"}
    maker.node(path, "graph", wires={"value": wire}, **fields)
    maker.input(f"{path}/value", name="value")
    inner = [f"{path}/value:value"]
    for place in range(dice.randrange(0, 3)):
        maker.call(f"{path}/m{place}", dice.choice(EFFECTS), {"b": dice.choice(inner)})
        inner.append(f"{path}/m{place}:value")
    maker.output(f"{path}/o", inner[-1], name="value")
    sources.append(f"{path}:value")


def carry_out(call: Call) -> Outcome:
    """What the modules do, without any fault of the machine."""
    values = [decoded(call.inputs[name]) for name in sorted(call.inputs)]
    result = combine(call.node, values)
    if result % 11 == 0:
        return Failed(error=CallError(name="declined", message="No."))
    return Returned(outputs={"value": encoded(result)})


def expected(case: Case) -> dict[str, Any] | None:
    """The outputs by name, by plain recursion over the plan document; None when the run must fail."""
    try:
        found = _run_scope(case, "", {"start": case.inputs["start"]})
    except Declined:
        return None
    return found


def _run_scope(case: Case, scope: str, inputs: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    outputs: dict[str, Any] = {}
    for node in case.maker.nodes:
        if node.get("scope", "") == scope:
            _run_node(case, node, inputs, values, outputs)
    return outputs


def _run_node(
    case: Case, node: dict[str, Any], inputs: dict[str, Any], values: dict[str, Any], outputs: dict[str, Any]
) -> None:
    path = node["path"]
    wired: dict[str, Any] = {}
    for name, source in node.get("in", {}).items():
        address = source if isinstance(source, str) else source["from"]
        value = values.get(address, SKIPPED)
        if value is not SKIPPED and not isinstance(source, str):
            value = [1, 2, 3, 4, 5] if "5" in source["select"] else [1, 2, 3]
        wired[name] = value
    here = {name: value for name, value in wired.items() if value is not SKIPPED}
    required = {"module": {"b", "item"}, "graph": {"value"}, "output": {"value"}}.get(node["kind"], set())
    if wired and (not here or any(name in required for name in wired.keys() - here.keys())):
        return
    match node["kind"]:
        case "input":
            values[f"{path}:value"] = inputs[node["name"]]
        case "output":
            outputs[node["name"]] = here["value"]
        case "wait":
            values[f"{path}:value"] = here["value"]
        case "approval":
            values[f"{path}:decision"] = {"by": ["user:x"], "form": {}, "verdict": "approved"}
        case "graph":
            _handle(node, values, lambda: _graph(case, node, here))
        case "module":
            if node.get("when") != "false" and not (
                node.get("when") == "inputs.b != null" and here["b"] is None
            ):
                _handle(node, values, lambda: _module(node, here))


def _handle(node: dict[str, Any], values: dict[str, Any], work: Any) -> None:
    path, rule = node["path"], node.get("on_error", "fail")
    try:
        values.update({f"{path}:{name}": value for name, value in work().items()})
    except Declined:
        if rule == "port":
            values[f"{path}:error"] = {"name": "declined", "message": "No.", "data": None}
        elif rule == "fail":
            raise
        else:
            values[f"{path}:value"] = rule["default"]["value"]


def _call(path: str, here: dict[str, Any]) -> Any:
    result = combine(path, [here[name] for name in sorted(here)])
    if result % 11 == 0:
        raise Declined
    return result


def _module(node: dict[str, Any], here: dict[str, Any]) -> dict[str, Any]:
    if "map" not in node:
        return {"value": _call(node["path"], here)}
    results = []
    for item in here["item"]:
        try:
            results.append(_call(node["path"], {"item": item}))
        except Declined:
            if node["map"]["failures"] == "fail":
                raise
    return {"value": results}


def _graph(case: Case, node: dict[str, Any], here: dict[str, Any]) -> dict[str, Any]:
    path = node["path"]
    if "map" not in node:
        return _run_scope(case, path, here)
    results = [_run_scope(case, path, {"value": item})["value"] for item in here["value"]]
    return {"value": results}
