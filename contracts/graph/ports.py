"""The ports of nodes, each with a schema of its own.

Owns:      `NodePorts`, what map, error ports and the kinds without a contract make of ports.
Promises:  every schema is self-contained: its references count from the schema itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from contracts.canonical import JSON
from contracts.formats import plain
from contracts.graph.document import ApprovalNode
from contracts.module import ModuleContract, Port
from contracts.schema import localise
from contracts.schema.localise import nested

ERROR: Final = "error"
LIST_BYTES: Final = 16 << 20
MAX_ITEMS: Final = 100_000
ERROR_SCHEMA: Final[JSON] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "message": {"type": "string"}, "data": True},
    "required": ["name", "message", "data"],
    "additionalProperties": False,
}
FAILED_ITEMS_SCHEMA: Final[JSON] = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"index": {"type": "integer", "minimum": 0}, "error": ERROR_SCHEMA},
        "required": ["index", "error"],
        "additionalProperties": False,
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePorts:
    """What can be wired to a node. `config` is the self-contained schema of its settings, if it has any.

    An input without a port takes a value of any kind; an output without one is not known.
    """

    inputs: Mapping[str, Port | None]
    outputs: Mapping[str, Port | None]
    config: JSON = None


NO_PORTS: Final = NodePorts(inputs={}, outputs={})


def ports_document(ports: NodePorts) -> JSON:
    """`{in, out, config?}` for the editor; a port that may be anything is null."""
    document = {
        "in": {name: None if port is None else plain(port) for name, port in ports.inputs.items()},
        "out": {name: None if port is None else plain(port) for name, port in ports.outputs.items()},
    }
    return document if ports.config is None else {**document, "config": ports.config}


def contract_ports(contract: ModuleContract) -> NodePorts:
    """Type variables stand in the `$defs` of each schema as their bound."""
    root = contract.root
    return NodePorts(
        inputs={name: _own(port, root) for name, port in sorted(contract.ports.inputs.items())},
        outputs={name: _own(port, root) for name, port in sorted(contract.ports.outputs.items())},
        config=localise(contract.config_schema, root),
    )


def _own(port: Port, root: JSON) -> Port:
    return port if port.schema is UNSET else replace(port, schema=localise(port.schema, root))


def json_port(schema: JSON, *, max_bytes: int | None = None) -> Port:
    return Port(media="json", schema=schema, max_bytes=max_bytes)


def list_of(port: Port, *, is_given: bool = False) -> Port:
    """The port that holds one of these for each item of a map; given out, null stands for what an item left out."""
    assert port.media == "json"
    if is_given and port.cardinality == "optional":
        items: JSON = {"anyOf": [nested(port.schema, "/items/anyOf/0"), {"type": "null"}]}
    else:
        items = nested(port.schema, "/items")
    return json_port({"type": "array", "items": items}, max_bytes=LIST_BYTES)


def decision_port(node: ApprovalNode) -> Port:
    form = {"type": "object"} if node.form is UNSET else nested(node.form, "/properties/form")
    return json_port(
        {
            "type": "object",
            "properties": {
                "verdict": {"enum": ["approved", "refused"]},
                "by": {"type": "array", "items": {"type": "string"}},
                "form": form,
            },
            "required": ["by", "form", "verdict"],
            "additionalProperties": False,
        }
    )


def seen_schema(port: Port | None) -> JSON:
    """What an expression sees of a value: json itself; of a table or binary its bytes, rows and type."""
    if port is None:
        return True
    if port.media == "json":
        return port.schema
    fields: dict[str, JSON] = {"bytes": {"type": "integer", "minimum": 0}, "type": {"type": "string"}}
    if port.media == "table":
        fields["rows"] = {"type": "integer", "minimum": 0}
    return {
        "type": "object",
        "properties": fields,
        "required": sorted(fields),
        "additionalProperties": False,
    }


def record_schema(fields: Mapping[str, JSON]) -> JSON:
    """The closed object that holds these self-contained schemas as fields; none of them need be there."""
    properties = {name: nested(schema, f"/properties/{name}") for name, schema in fields.items()}
    return {"type": "object", "properties": properties, "additionalProperties": False}
