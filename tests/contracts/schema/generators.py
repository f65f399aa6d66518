"""Schemas, edits of schemas and values, made without any code of the checker.

Every function takes its own `random.Random`, so that a seed repeats a case.
"""

import copy
from random import Random
from typing import Any

NAMES = ["a", "b", "c", "id", "name"]
WORDS = ["", "a", "b", "ab", "abc", "aaa", "x1", "red", "green", "2020-01-01"]
PATTERNS = [
    "^a",
    "b$",
    "^[a-z]+$",
    "^[0-9]{2,4}$",
    "^(red|green)$",
    "a.c",
    "^x?[0-9]*$",
    "^[a-z][a-z0-9_]{0,5}$",
]
NUMBERS = [-2, -1, 0, 1, 2, 3, 5, 10, 0.5, 1.5, 2.5]


def small_schema(random: Random, depth: int = 2, *, wild: bool = True) -> Any:
    """Any schema of the language, with little sense."""
    kinds = ["number", "string", "plain", "const", "type", "bool"]
    if depth > 0:
        kinds += ["object", "object", "array", "array", "any_of", "all_of"]
        if wild:
            kinds += ["not", "one_of", "if"]
    return MAKERS[random.choice(kinds)](random, depth, wild)


def _number(random: Random, depth: int, wild: bool) -> Any:
    schema: dict[str, Any] = {"type": random.choice(["number", "integer"])} if random.random() < 0.8 else {}
    for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        if random.random() < 0.3:
            schema[keyword] = random.choice(NUMBERS)
    if random.random() < 0.25:
        schema["multipleOf"] = random.choice([1, 2, 3, 0.5, 1.5, 5])
    return schema


def _string(random: Random, depth: int, wild: bool) -> Any:
    schema: dict[str, Any] = {"type": "string"} if random.random() < 0.8 else {}
    if random.random() < 0.4:
        schema["minLength"] = random.randint(0, 4)
    if random.random() < 0.4:
        schema["maxLength"] = random.randint(0, 5)
    if random.random() < 0.4:
        schema["pattern"] = random.choice(PATTERNS)
    return schema


def _plain(random: Random, depth: int, wild: bool) -> Any:
    return {"type": random.sample(["null", "boolean", "number", "integer", "string", "array", "object"], 2)}


def _const(random: Random, depth: int, wild: bool) -> Any:
    pool = [None, True, False, 0, 1, 1.0, 1.5, "a", "red", [], [1], {}, {"a": 1}, ["a", 0]]
    if random.random() < 0.5:
        return {"const": random.choice(pool)}
    return {"enum": random.sample(pool, random.randint(1, 4))}


def _type(random: Random, depth: int, wild: bool) -> Any:
    return {"type": random.choice(["null", "boolean", "number", "integer", "string", "array", "object"])}


def _bool(random: Random, depth: int, wild: bool) -> Any:
    return random.random() < 0.7


def _object(random: Random, depth: int, wild: bool) -> Any:
    schema: dict[str, Any] = {"type": "object"} if random.random() < 0.8 else {}
    names = random.sample(NAMES, random.randint(0, 3))
    if names:
        schema["properties"] = {name: small_schema(random, depth - 1, wild=wild) for name in names}
    if random.random() < 0.6:
        schema["required"] = random.sample(NAMES, random.randint(0, 2))
    if random.random() < 0.4:
        schema["additionalProperties"] = random.choice([False, small_schema(random, depth - 1, wild=wild)])
    if random.random() < 0.15:
        schema["minProperties"] = random.randint(0, 3)
    if random.random() < 0.15:
        schema["maxProperties"] = random.randint(0, 3)
    if wild:
        _wild_object(random, schema, depth)
    return schema


def _wild_object(random: Random, schema: dict[str, Any], depth: int) -> None:
    if random.random() < 0.2:
        schema["patternProperties"] = {random.choice(PATTERNS): small_schema(random, depth - 1)}
    if random.random() < 0.1:
        schema["propertyNames"] = _string(random, 0, True)
    if random.random() < 0.1:
        schema["dependentRequired"] = {random.choice(NAMES): random.sample(NAMES, 1)}
    if random.random() < 0.1:
        schema["dependentSchemas"] = {random.choice(NAMES): small_schema(random, depth - 1)}


def _array(random: Random, depth: int, wild: bool) -> Any:
    schema: dict[str, Any] = {"type": "array"} if random.random() < 0.8 else {}
    if random.random() < 0.6:
        schema["items"] = small_schema(random, depth - 1, wild=wild)
    if random.random() < 0.3:
        schema["prefixItems"] = [
            small_schema(random, depth - 1, wild=wild) for _ in range(random.randint(1, 2))
        ]
    if random.random() < 0.25:
        schema["minItems"] = random.randint(0, 3)
    if random.random() < 0.25:
        schema["maxItems"] = random.randint(0, 3)
    if wild and random.random() < 0.2:
        schema["uniqueItems"] = True
    if wild and random.random() < 0.2:
        schema["contains"] = small_schema(random, depth - 1)
        if random.random() < 0.4:
            schema["minContains"] = random.randint(0, 2)
        if random.random() < 0.4:
            schema["maxContains"] = random.randint(0, 2)
    return schema


def _several(keyword: str) -> Any:
    def make(random: Random, depth: int, wild: bool) -> Any:
        return {keyword: [small_schema(random, depth - 1, wild=wild) for _ in range(random.randint(1, 3))]}

    return make


def _not(random: Random, depth: int, wild: bool) -> Any:
    return {"not": small_schema(random, depth - 1)}


def _if(random: Random, depth: int, wild: bool) -> Any:
    return {keyword: small_schema(random, depth - 1) for keyword in ("if", "then", "else")}


MAKERS = {
    "number": _number,
    "string": _string,
    "plain": _plain,
    "const": _const,
    "type": _type,
    "bool": _bool,
    "object": _object,
    "array": _array,
    "any_of": _several("anyOf"),
    "all_of": _several("allOf"),
    "one_of": _several("oneOf"),
    "not": _not,
    "if": _if,
}


def realistic_schema(random: Random, depth: int = 3) -> Any:
    """A schema as people write them: records, lists, enumerations, tagged unions, maps."""
    roll = random.random()
    if depth <= 0 or roll < 0.45:
        return _leaf(random)
    if roll < 0.75:
        return _record(random, depth)
    if roll < 0.87:
        return {
            "type": "array",
            "items": realistic_schema(random, depth - 1),
            **_some_bounds(random, "Items"),
        }
    if roll < 0.93:
        return {"type": "object", "additionalProperties": realistic_schema(random, depth - 1)}
    return _tagged_union(random, depth)


def _leaf(random: Random) -> Any:
    match random.randint(0, 6):
        case 0:
            return {"type": "integer", **_some_numbers(random)}
        case 1:
            return {"type": "number", **_some_numbers(random)}
        case 2:
            return {"type": "boolean"}
        case 3:
            return {"enum": random.sample(["red", "green", "blue", "low", "high"], random.randint(1, 4))}
        case 4:
            return {"type": ["string", "null"]}
        case 5:
            return {"type": "string", "pattern": random.choice(PATTERNS)}
    return {"type": "string", **_some_bounds(random, "Length")}


def _some_numbers(random: Random) -> dict[str, Any]:
    bounds: dict[str, Any] = {}
    if random.random() < 0.5:
        bounds["minimum"] = random.choice([0, 1, -10])
    if random.random() < 0.4:
        bounds["maximum"] = random.choice([10, 100, 99.5])
    return bounds


def _some_bounds(random: Random, what: str) -> dict[str, Any]:
    bounds: dict[str, Any] = {}
    if random.random() < 0.4:
        bounds[f"min{what}"] = random.randint(0, 3)
    if random.random() < 0.4:
        bounds[f"max{what}"] = random.randint(3, 200)
    return bounds


def _record(random: Random, depth: int) -> Any:
    names = random.sample(
        ["id", "name", "kind", "size", "tags", "owner", "at", "items", "note"], random.randint(2, 6)
    )
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: realistic_schema(random, depth - 1) for name in names},
        "required": random.sample(names, random.randint(0, len(names))),
    }
    if random.random() < 0.5:
        schema["additionalProperties"] = False
    return schema


def _tagged_union(random: Random, depth: int) -> Any:
    parts = []
    for tag in random.sample(["circle", "square", "line", "text"], random.randint(2, 3)):
        record = _record(random, depth - 1)
        record["properties"]["type"] = {"const": tag}
        record["required"] = ["type", *record["required"]]
        parts.append(record)
    return {random.choice(["anyOf", "anyOf", "oneOf"]): parts}


def nodes(schema: Any) -> list[dict[str, Any]]:
    """Every schema object inside a schema, itself included."""
    found: list[dict[str, Any]] = []
    pending = [schema]
    while pending:
        node = pending.pop()
        if not isinstance(node, dict):
            continue
        found.append(node)
        for keyword in ("items", "additionalProperties", "not", "if", "then", "else", "contains"):
            pending += [node.get(keyword)]
        for keyword in ("properties", "patternProperties", "$defs"):
            pending.extend(node.get(keyword, {}).values())
        for keyword in ("anyOf", "oneOf", "allOf", "prefixItems"):
            pending.extend(node.get(keyword, []))
    return found


def edited(random: Random, schema: Any) -> Any:
    """The schema with one or two small changes, as a next version has them."""
    result = copy.deepcopy(schema)
    for _ in range(random.randint(1, 2)):
        _edit(random, random.choice(nodes(result)))
    return result


def _edit(random: Random, node: dict[str, Any]) -> None:
    edits = [edit for edit in EDITS if edit[0] in node or edit[0] == ""]
    _, change = random.choice(edits)
    change(random, node)


def _shift(keyword: str) -> Any:
    def change(random: Random, node: dict[str, Any]) -> None:
        low = 0 if keyword.startswith(("min", "max")) and keyword not in ("minimum", "maximum") else -100
        node[keyword] = max(low, node[keyword] + random.choice([-2, -1, 1, 2]))

    return change


def _drop(keyword: str) -> Any:
    def change(random: Random, node: dict[str, Any]) -> None:
        node.pop(keyword)

    return change


def _toggle_required(random: Random, node: dict[str, Any]) -> None:
    names = list(node["properties"])
    if names:
        name = random.choice(names)
        required = set(node.get("required", []))
        node["required"] = sorted(required ^ {name})


def _add_property(random: Random, node: dict[str, Any]) -> None:
    node["properties"][random.choice(["extra", "note", "size"])] = _leaf(random)


def _remove_property(random: Random, node: dict[str, Any]) -> None:
    if node["properties"]:
        name = random.choice(sorted(node["properties"]))
        del node["properties"][name]
        if name in node.get("required", []):
            node["required"] = [item for item in node["required"] if item != name]


def _change_enum(random: Random, node: dict[str, Any]) -> None:
    values = node["enum"]
    if random.random() < 0.5 and len(values) > 1:
        node["enum"] = values[:-1]
    elif "violet" not in values:
        node["enum"] = [*values, "violet"]


def _change_type(random: Random, node: dict[str, Any]) -> None:
    swaps = {"integer": "number", "number": "integer"}
    if isinstance(node["type"], list) or node["type"] == "null":
        node["type"] = "string"
    elif node["type"] in swaps:
        node["type"] = swaps[node["type"]]
    else:
        node["type"] = [node["type"], "null"]


def _toggle_closed(random: Random, node: dict[str, Any]) -> None:
    if "additionalProperties" in node:
        del node["additionalProperties"]
    else:
        node["additionalProperties"] = False


def _wrap_null(random: Random, node: dict[str, Any]) -> None:
    inner = dict(node)
    node.clear()
    node["anyOf"] = [inner, {"type": "null"}]


EDITS: list[tuple[str, Any]] = [
    *[
        (keyword, _shift(keyword))
        for keyword in ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems")
    ],
    *[
        (keyword, _drop(keyword))
        for keyword in ("minimum", "maximum", "maxLength", "pattern", "required", "items")
    ],
    ("properties", _toggle_required),
    ("properties", _add_property),
    ("properties", _remove_property),
    ("enum", _change_enum),
    ("type", _change_type),
    ("type", _wrap_null),
    ("properties", _toggle_closed),
    ("", lambda random, node: node.update(description="new words")),
]
