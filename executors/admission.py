"""What a run is started with, against its plan.

Owns:      `admit`: inputs and parameters checked, stripped and completed with defaults.
Promises:  what it lets pass is what input nodes and parameters declare; every refusal points at the value.
Never:     reads an artifact: of a table or binary only its reference is looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec import UNSET

from contracts.canonical import JSON, MAX_DEPTH, canonical_bytes
from contracts.module import Port
from contracts.names import DIGEST
from contracts.plan import Plan
from contracts.problems import Problem, pointer
from contracts.schema import compile_adapter, compile_guard

_NO_PARAMETERS: JSON = {"type": "object", "additionalProperties": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """`inputs` and `parameters` as the run will see them; meaningful only without problems."""

    inputs: Mapping[str, JSON]
    parameters: Mapping[str, JSON]
    problems: tuple[Problem, ...]


def admit(plan: Plan, inputs: Mapping[str, JSON], parameters: Mapping[str, JSON]) -> Admission:
    """`inputs` by name: JSON, or {artifact: digest} for a table or binary. Paths start with the argument."""
    ports = {
        str(node.name): node.port
        for node in plan.nodes
        if node.kind == "input" and not node.scope and isinstance(node.port, Port)
    }
    problems: list[Problem] = []
    admitted: dict[str, JSON] = {}
    for name in sorted(inputs.keys() - ports.keys()):
        known = ", ".join(sorted(ports)) or "none"
        message = f"There is no input {name!r}. There are: {known}."
        problems.append(Problem(code="unknown_input", path=pointer("inputs", name), message=message))
    for name, port in sorted(ports.items()):
        place = pointer("inputs", name)
        if name in inputs:
            admitted[name], found = _admitted(inputs[name], port)
            problems.extend(problem.within(place) for problem in found)
        elif port.default is not UNSET:
            admitted[name] = port.default
        elif port.is_required:
            message = f"The input {name!r} is required. Give a value."
            problems.append(Problem(code="input_missing", path=place, message=message))
    schema = _NO_PARAMETERS if plan.parameters is UNSET else plan.parameters
    completed = compile_adapter(schema, "reject")(dict(parameters))
    problems.extend(problem.within("/parameters") for problem in compile_guard(schema).problems(completed))
    return Admission(inputs=admitted, parameters=completed, problems=tuple(problems))


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
    """A value that is too deep or too large, with the limit that it passes."""
    if (depth := _depth(value)) > MAX_DEPTH:
        message = f"The value is {depth} levels deep; {MAX_DEPTH} are allowed."
        return Problem(code="too_deep", path="", message=message)
    size = len(canonical_bytes(value))
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
