"""Type variables of a node: bound by what is wired in, put into what comes out."""

from collections.abc import Mapping

from msgspec import convert
from msgspec.structs import replace

from contracts.canonical import JSON
from contracts.formats import plain
from contracts.graph.ports import NodePorts
from contracts.module import Column, ModuleContract, Port
from contracts.schema import bind_columns, bind_variables, substitute, substitute_columns
from contracts.schema.parts import item_schema

Wired = Mapping[str, Port]


def bound_ports(contract: ModuleContract, ports: NodePorts, wired: Wired, over: str | None) -> NodePorts:
    """The ports with every type variable replaced; `over` names the port that takes one item of its list."""
    schemas = []
    columns = []
    for name, port in contract.ports.inputs.items():
        source = wired.get(name)
        if source is None or source.media != port.media:
            continue
        if port.media == "json":
            upstream = item_schema(source.schema, None) if name == over else source.schema
            schemas.append((port.schema, upstream))
        elif port.media == "table":
            columns.append((_columns(port), _columns(source)))
    bindings = bind_variables(contract.type_variables, schemas, root=contract.root)
    tables = bind_columns(contract.type_variables, columns)

    def bound(port: Port | None) -> Port | None:
        if port is None:
            return None
        if port.media == "json":
            return replace(port, schema=substitute(port.schema, bindings))
        if port.media == "table" and isinstance(port.columns, str) and port.columns in tables:
            return replace(port, columns=_parsed(substitute_columns(port.columns, tables)))
        return port

    return NodePorts(
        inputs={name: bound(port) for name, port in ports.inputs.items()},
        outputs={name: bound(port) for name, port in ports.outputs.items()},
        config=None if ports.config is None else substitute(ports.config, bindings),
    )


def _columns(port: Port) -> JSON:
    return port.columns if isinstance(port.columns, str) else plain(port.columns)


def _parsed(columns: JSON) -> str | tuple[Column, ...]:
    return columns if isinstance(columns, str) else convert(columns, tuple[Column, ...])
