"""Edges with their answer: what the adapter makes of a value counts, not the value."""

from typing import Any

INT: Any = {"type": "integer"}
STR: Any = {"type": "string"}


def closed(**fields: Any) -> Any:
    """An object with these fields, all required, and no others."""
    return {"type": "object", "properties": fields, "required": sorted(fields), "additionalProperties": False}


def wanted(required: list[str], **fields: Any) -> Any:
    return {"type": "object", "properties": fields, "required": required, "additionalProperties": False}


EDGES: list[tuple[str, Any, Any, str, str]] = [
    ("a new output field", closed(a=INT, b=STR), closed(a=INT), "strip", "yes"),
    ("a new output field, when nothing is stripped", closed(a=INT, b=STR), closed(a=INT), "reject", "no"),
    (
        "a new defaulted input",
        closed(a=INT),
        wanted(["a", "b"], a=INT, b={**STR, "default": "x"}),
        "strip",
        "yes",
    ),
    (
        "a default where nothing is stripped",
        closed(a=INT),
        wanted(["a", "b"], a=INT, b={"default": 1}),
        "reject",
        "yes",
    ),
    (
        "a default that its own schema refuses",
        closed(a=INT),
        wanted(["a", "b"], a=INT, b={**STR, "default": 1}),
        "strip",
        "no",
    ),
    (
        "a default does not replace a wrong value",
        closed(a=INT, b=INT),
        wanted(["a"], a=INT, b={**STR, "default": "x"}),
        "strip",
        "no",
    ),
    ("inside of a field", closed(a=closed(x=INT, y=INT)), closed(a=closed(x=INT)), "strip", "yes"),
    (
        "inside of items",
        {"type": "array", "items": closed(x=INT, y=INT)},
        {"type": "array", "items": closed(x=INT)},
        "strip",
        "yes",
    ),
    (
        "inside of prefixItems",
        {"type": "array", "prefixItems": [closed(x=INT, y=INT)], "items": False},
        {"type": "array", "prefixItems": [closed(x=INT)], "items": False},
        "strip",
        "yes",
    ),
    (
        "through a reference",
        closed(x=INT, y=INT),
        {"$ref": "#/$defs/r", "$defs": {"r": closed(x=INT)}},
        "strip",
        "yes",
    ),
    ("never under anyOf", closed(x=INT, y=INT), {"anyOf": [closed(x=INT), {"type": "null"}]}, "strip", "no"),
    ("never under oneOf", closed(x=INT, y=INT), {"oneOf": [closed(x=INT)]}, "strip", "no"),
    ("never under allOf", closed(x=INT, y=INT), {"allOf": [closed(x=INT)]}, "strip", "no"),
    (
        "fields that a sibling anyOf may speak of stay",
        closed(x=INT, y=INT),
        {"properties": {"x": INT}, "anyOf": [{"required": ["y"]}]},
        "strip",
        "yes",
    ),
    (
        "a declared map is not stripped",
        {"type": "object", "additionalProperties": INT},
        {"type": "object", "additionalProperties": STR},
        "strip",
        "no",
    ),
    (
        "stripped fields do not count",
        closed(a=INT, b=INT, c=INT),
        {**closed(a=INT), "maxProperties": 1},
        "strip",
        "yes",
    ),
    (
        "stripped fields are missed",
        closed(a=INT, b=INT),
        {**wanted([], a=INT), "minProperties": 2},
        "strip",
        "no",
    ),
    (
        "filled fields count",
        closed(a=INT),
        {**wanted([], a=INT, b={"default": 0}), "minProperties": 2},
        "strip",
        "yes",
    ),
    (
        "filled fields count against a maximum",
        closed(a=INT),
        {**wanted([], a=INT, b={"default": 0}), "maxProperties": 1},
        "strip",
        "no",
    ),
    (
        "required but undeclared fields stay",
        closed(a=INT, b=INT),
        {"properties": {"a": INT}, "required": ["b"]},
        "strip",
        "yes",
    ),
    (
        "keys of a pattern stay",
        closed(a=INT, x1=INT),
        {"properties": {"a": INT}, "patternProperties": {"^x": STR}, "additionalProperties": False},
        "strip",
        "no",
    ),
    (
        "an open source may send anything",
        {"type": "object", "properties": {"a": INT}},
        {"properties": {"b": STR}},
        "strip",
        "no",
    ),
    (
        "a recursive record",
        {
            "$ref": "#/$defs/n",
            "$defs": {
                "n": {
                    "type": "object",
                    "properties": {"v": INT, "w": INT, "k": {"$ref": "#/$defs/n"}},
                    "additionalProperties": False,
                }
            },
        },
        {
            "$ref": "#/$defs/n",
            "$defs": {
                "n": {
                    "type": "object",
                    "properties": {"v": INT, "k": {"$ref": "#/$defs/n"}, "d": {"default": 0}},
                    "required": ["d"],
                    "additionalProperties": False,
                }
            },
        },
        "strip",
        "yes",
    ),
    (
        "a default beside a reference",
        closed(),
        wanted(["a"], a={"$ref": "#/properties/b", "default": "x"}, b=STR),
        "strip",
        "yes",
    ),
    (
        "dependencies see what is filled",
        closed(a=INT),
        {**wanted([], a=INT, b={"default": 0}), "dependentRequired": {"a": ["b"]}},
        "strip",
        "yes",
    ),
    (
        "dependencies do not see what is stripped",
        closed(a=INT, c=INT),
        {**wanted([], a=INT), "dependentRequired": {"c": ["z"]}},
        "strip",
        "yes",
    ),
    (
        "const sees what is filled",
        closed(a={"const": 1}),
        {**wanted([], a=INT, b={"default": 0}), "const": {"a": 1, "b": 0}},
        "strip",
        "yes",
    ),
]
