"""The contract of a graph: what its input and output nodes, parameters and modules add up to.

Owns:      `derive_contract`.
Promises:  a graph used as a module has exactly the ports and effects that its own nodes give it.
"""

from collections.abc import Mapping

from msgspec import UNSET
from msgspec.structs import replace

from contracts.canonical import JSON
from contracts.graph.check import checked
from contracts.graph.document import GraphDocument
from contracts.graph.library import Library
from contracts.graph.offered import Scope
from contracts.graph.scope import EMPTY
from contracts.module import ErrorDeclaration, Limits, ModuleContract, Port, Ports
from contracts.problems import Problem, ProblemsError
from contracts.schema.localise import nested


def derive_contract(graph: GraphDocument, library: Library) -> ModuleContract:
    """Raises `ProblemsError` where the graph has problems, or an output of which nothing is known."""
    check, scope = checked(graph, library)
    if check.problems:
        raise ProblemsError(check.problems)
    return _contract(graph, scope)


def _contract(graph: GraphDocument, scope: Scope) -> ModuleContract:
    definitions: dict[str, JSON] = {}
    summary = scope.summary
    wall = graph.deadline_seconds
    return ModuleContract(
        format="lamina/contract@1",
        ports=Ports(
            inputs={name: _placed(port, f"in_{name}", definitions) for name, port in scope.inputs.items()},
            outputs={name: _placed(port, f"out_{name}", definitions) for name, port in _known(scope.outputs)},
        ),
        config=UNSET if scope.parameters is EMPTY else _defined(scope.parameters, "config", definitions),
        effects=summary.effects,
        errors={name: _error(name, error, definitions) for name, error in summary.errors.items()},
        errors_open=summary.errors_open,
        capabilities=summary.capabilities,
        limits=Limits(
            wall_seconds=wall,
            cpu_seconds=min(wall, summary.limits.cpu_seconds),
            memory_bytes=summary.limits.memory_bytes,
            output_bytes=Limits().output_bytes,
        ),
        defs=definitions,
    )


def _known(outputs: Mapping[str, Port | None]) -> list[tuple[str, Port]]:
    found = []
    for name, port in outputs.items():
        if port is None:
            message = f"What output {name!r} gives is not known. Give its node a port."
            raise ProblemsError([Problem(code="unknown_output", path="", message=message)])
        found.append((name, port))
    return found


def _placed(port: Port, name: str, definitions: dict[str, JSON]) -> Port:
    if port.schema is UNSET:
        return port
    return replace(port, schema=_defined(port.schema, name, definitions))


def _error(name: str, error: ErrorDeclaration, definitions: dict[str, JSON]) -> ErrorDeclaration:
    if error.schema is UNSET:
        return error
    return replace(error, schema=_defined(error.schema, f"error_{name}", definitions))


def _defined(schema: JSON, name: str, definitions: dict[str, JSON]) -> JSON:
    """A schema with references moves into `$defs`, from where they still lead to its own parts."""
    moved = nested(schema, f"/$defs/{name}")
    if moved == schema:
        return schema
    definitions[name] = moved
    return {"$ref": f"#/$defs/{name}"}
