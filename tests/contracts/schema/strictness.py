"""More pairs with a known answer, where a rule is easily almost right: each once came out wrong, or nearly."""

from typing import Any

from tests.contracts.schema.rules import INT, NUM, STR, N, Y

SMALL: Any = {"enum": [0, 1]}

_CLOSED: Any = {"type": "object", "properties": {"a": INT}, "unevaluatedProperties": False}


def _at_most(count: int) -> Any:
    return {"contains": {"const": 1}, "minContains": 0, "maxContains": count}


KILLERS: list[tuple[str, Any, Any, str]] = [
    (
        "distinct items and a bound compete",
        {
            "type": "array",
            "items": SMALL,
            "uniqueItems": True,
            "minItems": 2,
            "contains": {"const": 0},
            "minContains": 0,
            "maxContains": 1,
        },
        False,
        N,
    ),
    (
        "equal items count twice against a bound",
        {
            "type": "array",
            "items": SMALL,
            "contains": {"const": 0},
            "maxContains": 1,
            "minContains": 0,
            "maxItems": 2,
        },
        {"anyOf": [{"uniqueItems": True}, {"const": [1, 1]}]},
        Y,
    ),
    (
        "two bounds on one item",
        {
            "type": "array",
            "minItems": 2,
            "allOf": [
                {"contains": {"minimum": 0}, "minContains": 0, "maxContains": 1},
                {"contains": {"maximum": 0}, "minContains": 0, "maxContains": 1},
            ],
            "items": NUM,
        },
        {"maxItems": 2},
        Y,
    ),
    (
        "counts of one schema do not add up",
        {"type": "array", "contains": INT, "maxContains": 2},
        {"contains": INT, "maxContains": 1},
        N,
    ),
    (
        "a key may serve two demands",
        {"type": "object", "maxProperties": 1},
        {"anyOf": [{"additionalProperties": INT}, {"additionalProperties": NUM}]},
        N,
    ),
    (
        "two keys for two demands",
        {"type": "object", "maxProperties": 1},
        {
            "anyOf": [
                {"additionalProperties": {"type": ["integer", "null"]}},
                {"additionalProperties": {"not": {"type": ["integer", "null"]}}},
            ]
        },
        Y,
    ),
    ("the longest text counts", {"type": "string", "maxLength": 3}, {"maxLength": 2}, N),
    ("the longest text is allowed", {"type": "string", "maxLength": 3}, {"maxLength": 3}, Y),
    (
        "a half is between whole numbers",
        {"type": "number", "exclusiveMinimum": 3, "exclusiveMaximum": 4},
        False,
        N,
    ),
    ("a bound that is zero", {"type": "integer", "minimum": 0}, {"exclusiveMinimum": -1}, Y),
    ("a bound that is zero still bounds", NUM, {"minimum": 0}, N),
    (
        "an interval without whole numbers",
        {"type": "integer", "exclusiveMinimum": 0.25, "exclusiveMaximum": 0.75},
        False,
        Y,
    ),
    (
        "the lattice begins right after the bound",
        {"type": "integer", "multipleOf": 7, "exclusiveMinimum": 7, "maximum": 14},
        {"const": 14},
        Y,
    ),
    (
        "the first multiple after a bound",
        {"type": "integer", "multipleOf": 7, "exclusiveMinimum": 8, "exclusiveMaximum": 20},
        False,
        N,
    ),
    (
        "a multiple far out",
        {"type": "integer", "multipleOf": 35, "exclusiveMinimum": 3, "exclusiveMaximum": 69},
        False,
        N,
    ),
    (
        "true is not false",
        {"type": "array", "items": {"const": True}, "minItems": 1},
        {"items": {"const": False}},
        N,
    ),
    ("nothing refers to nothing", {"anyOf": [False, {"enum": []}]}, STR, Y),
    (
        "the lower of two bounds",
        {"type": "array", "allOf": [{"maxItems": 1}, {"maxItems": 3}]},
        {"maxItems": 2},
        Y,
    ),
    (
        "the lower of two bounds, the other way",
        {"type": "array", "allOf": [{"maxItems": 3}, {"maxItems": 1}]},
        {"maxItems": 2},
        Y,
    ),
    ("the lower of two counts", {"type": "array", "allOf": [_at_most(1), _at_most(3)]}, _at_most(2), Y),
    (
        "the lower of two counts, the other way",
        {"type": "array", "allOf": [_at_most(3), _at_most(1)]},
        _at_most(2),
        Y,
    ),
    ("no array is that long", {"type": "array", "prefixItems": [False], "minItems": 1_000_000}, False, Y),
    ("three alternatives", {"type": "string", "pattern": "^(a|b|c)$"}, {"enum": ["a", "b", "c"]}, Y),
    ("undeclared fields, not modelled", {"type": "object"}, {"unevaluatedProperties": False}, N),
    ("one of several, not modelled", _CLOSED, {"anyOf": [_CLOSED, {"required": ["q"]}]}, Y),
    ("all of some values", {"anyOf": [{"const": 1}, {"const": "a"}]}, STR, N),
    ("all of some values, the other way", {"anyOf": [{"const": "a"}, {"const": 1}]}, STR, N),
    ("values behind a part", {"allOf": [{"enum": [1, "a"]}]}, STR, N),
    (
        "an optional key need not have a value",
        {"type": "object"},
        {"anyOf": [{"properties": {"a": STR}}, {"required": ["a"]}]},
        Y,
    ),
    (
        "a forbidden key may be absent",
        {"type": "object", "properties": {"a": STR}},
        {"anyOf": [{"required": ["a"]}, {"properties": {"a": INT}, "maxProperties": 0}]},
        N,
    ),
]
