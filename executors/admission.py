"""What a run is started with, against its plan.

Owns:      `admit_inputs`, `admit_parameters`: checked, stripped and completed with defaults.
Promises:  what it lets pass is what input nodes and parameters declare; every refusal points at the value.
Never:     reads an artifact: of a table or binary only its reference is looked at.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET

from contracts.canonical import JSON, MAX_DEPTH
from contracts.module import Port
from contracts.names import DIGEST
from contracts.plan import Plan
from contracts.problems import Problem, ProblemsError, pointer
from contracts.schema import compile_adapter, compile_guard
from contracts.values import value_bytes

_NO_PARAMETERS: JSON = {"type": "object", "additionalProperties": False}


def input_ports(plan: Plan) -> dict[str, Port]:
    """What a run of the plan is given, by name."""
    return {
        str(node.name): node.port
        for node in plan.nodes
        if node.kind == "input" and not node.scope and isinstance(node.port, Port)
    }


def admit_inputs(
    ports: Mapping[str, Port], inputs: Mapping[str, JSON]
) -> tuple[dict[str, JSON], list[Problem]]:
    """The inputs of one run as it will see them, and what is wrong with them: paths start with `/inputs`.

    `inputs` by name: JSON, or {artifact: digest} for a table or binary.
    """
    problems: list[Problem] = []
    admitted: dict[str, JSON] = {}
    for name in sorted(inputs.keys() - ports.keys()):
        known = ", ".join(sorted(ports)) or "none"
        message = f"There is no input {name!r}. There are: {known}."
        problems.append(Problem(code="unknown_input", path=pointer("inputs", name), message=message))
    for name, port in sorted(ports.items()):
        if name in inputs:
            admitted[name], found = _admitted(inputs[name], port)
            problems.extend(problem.within(pointer("inputs", name)) for problem in found)
        elif port.default is not UNSET:
            admitted[name] = port.default
        elif port.is_required:
            message = f"The input {name!r} is required. Give a value."
            problems.append(Problem(code="input_missing", path=pointer("inputs", name), message=message))
    return admitted, problems


def admit_parameters(plan: Plan, parameters: Mapping[str, JSON]) -> tuple[Mapping[str, JSON], list[Problem]]:
    """The parameters as a run will see them, and what is wrong with them: paths start with `/parameters`."""
    schema = _NO_PARAMETERS if plan.parameters is UNSET else plan.parameters
    try:
        value_bytes(dict(parameters))
    except ProblemsError as error:
        return parameters, [problem.within("/parameters") for problem in error.problems]
    completed: Any = compile_adapter(schema, "reject")(dict(parameters))
    return completed, [problem.within("/parameters") for problem in compile_guard(schema).problems(completed)]


def _admitted(value: JSON, port: Port) -> tuple[JSON, list[Problem]]:
    if port.media == "json":
        if problem := _out_of_bounds(value, port):
            return value, [problem]
        adapted = compile_adapter(port.schema, port.unknown)(value)
        return adapted, compile_guard(port.schema).problems(adapted)
    reference = value.get("artifact") if isinstance(value, dict) and len(value) == 1 else None
    if isinstance(reference, str) and DIGEST.match(reference):
        return value, []
    message = f'A {port.media} is given as {{"artifact": "sha256:…"}}. Upload it first.'
    return value, [Problem(code="artifact", path="", message=message)]


def _out_of_bounds(value: JSON, port: Port) -> Problem | None:
    """A value that is too deep or too large, with the limit that it passes, or that is no JSON."""
    if (depth := _depth(value)) > MAX_DEPTH:
        message = f"The value is {depth} levels deep; {MAX_DEPTH} are allowed."
        return Problem(code="too_deep", path="", message=message)
    try:
        size = len(value_bytes(value))
    except ProblemsError as error:
        return error.problems[0]
    if size > port.bytes_allowed:
        message = f"The value has {size} bytes of JSON; this input takes {port.bytes_allowed}."
        return Problem(code="too_large", path="", message=message)
    return None


def _depth(value: JSON) -> int:
    level, depth = [value], 0
    while level:
        depth += 1
        level = [
            part
            for item in level
            if isinstance(item, dict | list)
            for part in (item.values() if isinstance(item, dict) else item)
            if isinstance(part, dict | list)
        ]
    return depth
