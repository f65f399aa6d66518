"""Three ways to look for a value that refutes a yes; none shares code with the checker.

A pool of boundary values, values grown from what a schema says, and mutations of values that are valid.
"""

import copy
from collections.abc import Iterator
from random import Random
from typing import Any

POOL: list[Any] = [
    None,
    True,
    False,
    *[-1, 0, 1, 2, 3, 4, 5, 6, 9, 10, 11, 15, 100, -100, 0.5, 1.5, 2.5, -0.5, 1e3, 99.5, 0.1],
    *[
        "",
        "a",
        "b",
        "ab",
        "abc",
        "aaaa",
        "aaaaa",
        "x1",
        "red",
        "green",
        "12",
        "1234",
        "a0c",
        "A",
        "é",
        "zzzzzz",
    ],
    *[
        [],
        [None],
        [0],
        [1, 1],
        [0, 1, 2],
        ["a"],
        ["a", "a"],
        [[]],
        [{}],
        [1, "a"],
        [True, 1],
        [1.5, None, "b", 3],
    ],
    *[{}, {"a": 1}, {"b": "x"}, {"a": None, "b": 0}, {"id": 1, "name": "n"}, {"zz": 1}, {"a": {}, "c": []}],
    *[{"a": "abc"}, {"x1": 5, "ab": "red"}, {"a": 1, "b": 2, "c": 3, "id": 4}],
]


def grown(random: Random, schema: Any, depth: int = 4, root: Any = None) -> Any:
    """A value that tries to fulfil a schema; it need not."""
    root = schema if root is None else root
    if not isinstance(schema, dict) or depth <= 0:
        return copy.deepcopy(random.choice(POOL))
    if "$ref" in schema:
        return grown(random, _target(root, schema["$ref"]), depth - 1, root)
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return random.choice(schema["enum"])
    for keyword in ("anyOf", "oneOf", "allOf"):
        if keyword in schema:
            return grown(random, _merged(schema, random.choice(schema[keyword])), depth - 1, root)
    kinds = schema.get("type", _likely(schema))
    kind = random.choice(kinds) if isinstance(kinds, list) else kinds
    return GROWERS[kind](random, schema, depth, root)


def _target(root: Any, reference: str) -> Any:
    node = root
    for part in reference.split("/")[1:]:
        node = node[part]
    return node


def _merged(outer: dict[str, Any], inner: Any) -> Any:
    rest = {key: value for key, value in outer.items() if key not in ("anyOf", "oneOf", "allOf")}
    return {**rest, **inner} if isinstance(inner, dict) else rest


def _likely(schema: dict[str, Any]) -> str:
    for keyword, kind in (
        ("properties", "object"),
        ("required", "object"),
        ("items", "array"),
        ("prefixItems", "array"),
        ("contains", "array"),
        ("pattern", "string"),
        ("maxLength", "string"),
        ("minLength", "string"),
        ("minimum", "number"),
        ("maximum", "number"),
    ):
        if keyword in schema:
            return kind
    return "any"


def _number(random: Random, schema: dict[str, Any], depth: int, root: Any) -> Any:
    anchors = [
        schema[key] for key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum") if key in schema
    ]
    step = schema.get("multipleOf", 1)
    base = random.choice([*anchors, 0, step])
    return base + random.choice([0, 0, 1, -1, step, 0.5, -0.5])


def _integer(random: Random, schema: dict[str, Any], depth: int, root: Any) -> Any:
    return int(_number(random, schema, depth, root))


def _string(random: Random, schema: dict[str, Any], depth: int, root: Any) -> Any:
    length = random.choice([schema.get("minLength", 0), schema.get("maxLength", 3), random.randint(0, 6)])
    letters = random.choice(["a", "b", "z", "0", "5", "A", "_", "é"])
    return random.choice([letters * min(length, 300), "red", "green", "a" + letters, "abc"])


def _array(random: Random, schema: dict[str, Any], depth: int, root: Any) -> Any:
    first = schema.get("prefixItems", [])
    length = random.choice([schema.get("minItems", 0), min(schema.get("maxItems", 2), 6), len(first), 1, 3])
    items = [*first[:length], *[schema.get("items", schema.get("contains", True))] * (length - len(first))]
    return [grown(random, item, depth - 1, root) for item in items]


def _object(random: Random, schema: dict[str, Any], depth: int, root: Any) -> Any:
    fields = schema.get("properties", {})
    chosen = [name for name in fields if name in schema.get("required", []) or random.random() < 0.4]
    value = {name: grown(random, fields[name], depth - 1, root) for name in chosen}
    others = schema.get("additionalProperties", True)
    for name in schema.get("required", []):
        value.setdefault(name, grown(random, others, depth - 1, root))
    if others is not False and random.random() < 0.4:
        value[random.choice(["zz", "a", "extra", "x1", "12"])] = grown(random, others, depth - 1, root)
    return value


def _anything(random: Random, schema: dict[str, Any], depth: int, root: Any) -> Any:
    return copy.deepcopy(random.choice(POOL))


GROWERS = {
    "null": lambda random, schema, depth, root: None,
    "boolean": lambda random, schema, depth, root: random.random() < 0.5,
    "number": _number,
    "integer": _integer,
    "string": _string,
    "array": _array,
    "object": _object,
    "any": _anything,
}


def mutated(random: Random, value: Any) -> Any:
    """The value with one change somewhere."""
    value = copy.deepcopy(value)
    if isinstance(value, dict) and value and random.random() < 0.8:
        name = random.choice(sorted(value))
        match random.randint(0, 3):
            case 0:
                del value[name]
            case 1:
                value[random.choice(["zz", "a", "note", "extra"])] = random.choice(POOL)
            case _:
                value[name] = mutated(random, value[name])
        return value
    if isinstance(value, list) and value and random.random() < 0.8:
        index = random.randrange(len(value))
        match random.randint(0, 3):
            case 0:
                del value[index]
            case 1:
                value.append(value[index])
            case _:
                value[index] = mutated(random, value[index])
        return value
    if isinstance(value, bool) or value is None:
        return random.choice(POOL)
    if isinstance(value, int | float):
        return value + random.choice([1, -1, 0.5, 2])
    if isinstance(value, str):
        return random.choice([value + "a", value[:-1], value.upper(), value + value, ""])
    return random.choice(POOL)


def suspects(random: Random, a: Any, b: Any, count: int) -> Iterator[Any]:
    """Values that may be in A and not in B."""
    yield from POOL
    for _ in range(count):
        value = grown(random, random.choice([a, a, b]))
        yield value
        yield mutated(random, value)
