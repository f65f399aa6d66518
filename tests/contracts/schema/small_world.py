"""A world so small that every value of it can be tried: schemas that speak of few atoms, short lists, few keys."""

from functools import cache
from itertools import product
from random import Random
from typing import Any

ATOMS: list[Any] = [None, False, True, 0, 1, 2, 0.5, "", "a", "ab"]
ITEMS: list[Any] = [0, 1, "a", None]
FIELDS: list[Any] = [0, 1, "a"]
KEYS = ["a", "b", "ab"]


@cache
def small_values() -> tuple[Any, ...]:
    lists = [list(items) for length in range(4) for items in product(ITEMS, repeat=length)]
    lists += [[1, 1, 1, 1], [0, 1, "a", None], [True, 1], [[0], [0]], [{}, {}], [0, 0, 1, 1]]
    fields = [[None, *FIELDS]] * len(KEYS)
    objects = [
        {key: value for key, value in zip(KEYS, values, strict=True) if value is not None}
        for values in product(*fields)
    ]
    objects += [{"b": None}, {"z": 0}, {"a": 0, "z": "a"}, {"a": {"a": 0}}, {"": 1}]
    return (*ATOMS, *lists, *objects)


def atom_schema(random: Random) -> Any:
    return random.choice(
        [
            True,
            False,
            {"type": "integer"},
            {"type": "string"},
            {"type": ["integer", "null"]},
            {"const": 0},
            {"const": 1},
            {"enum": [0, 1]},
            {"enum": ["a", None]},
            {"minimum": 1},
            {"maximum": 0},
            {"minLength": 1},
            {"not": {"const": 1}},
            {"not": {"enum": [0, "a"]}},
        ]
    )


def list_schema(random: Random) -> Any:
    schema: dict[str, Any] = {"type": "array"} if random.random() < 0.8 else {}
    makers = {
        "items": lambda: random.choice(
            [atom_schema(random), {"enum": random.sample(ITEMS, random.randint(1, 3))}]
        ),
        "prefixItems": lambda: [atom_schema(random) for _ in range(random.randint(1, 3))],
        "minItems": lambda: random.randint(0, 3),
        "maxItems": lambda: random.randint(0, 3),
        "uniqueItems": lambda: True,
        "contains": lambda: atom_schema(random),
        "minContains": lambda: random.randint(0, 3),
        "maxContains": lambda: random.randint(0, 3),
    }
    for keyword in random.sample(sorted(makers), random.randint(1, 6)):
        schema[keyword] = makers[keyword]()
    return schema


def object_schema(random: Random) -> Any:
    schema: dict[str, Any] = {"type": "object"} if random.random() < 0.8 else {}
    patterns = ["^a", "b$", "^[ab]$", "^.{2}$", "z"]
    makers = {
        "properties": lambda: {key: atom_schema(random) for key in random.sample(KEYS, random.randint(1, 3))},
        "patternProperties": lambda: {random.choice(patterns): atom_schema(random)},
        "additionalProperties": lambda: atom_schema(random),
        "propertyNames": lambda: random.choice(
            [{"pattern": random.choice(patterns)}, {"maxLength": 1}, {"enum": ["a", "b"]}]
        ),
        "required": lambda: random.sample(KEYS, random.randint(1, 2)),
        "minProperties": lambda: random.randint(0, 3),
        "maxProperties": lambda: random.randint(0, 3),
        "dependentRequired": lambda: {random.choice(KEYS): [random.choice(KEYS)]},
        "dependentSchemas": lambda: {random.choice(KEYS): {"required": [random.choice(KEYS)]}},
    }
    for keyword in random.sample(sorted(makers), random.randint(1, 4)):
        schema[keyword] = makers[keyword]()
    return schema


def world_schema(random: Random, depth: int = 1) -> Any:
    roll = random.random()
    if depth > 0 and roll < 0.3:
        keyword = random.choice(["anyOf", "allOf", "oneOf"])
        return {keyword: [world_schema(random, depth - 1) for _ in range(2)]}
    if depth > 0 and roll < 0.38:
        return {"not": world_schema(random, depth - 1)}
    if depth > 0 and roll < 0.44:
        return {keyword: world_schema(random, depth - 1) for keyword in ("if", "then", "else")}
    return random.choice([list_schema, list_schema, object_schema, object_schema, atom_schema])(random)


def world_pair(random: Random) -> tuple[Any, Any]:
    """Two schemas of one kind, often close to each other."""
    maker = random.choice([list_schema, object_schema, lambda random: world_schema(random, 2)])
    a, b = maker(random), maker(random)
    roll = random.random()
    if roll < 0.1:
        a = {"allOf": [a, b, maker(random)]}
    elif roll < 0.3 and isinstance(a, dict) and isinstance(b, dict):
        a = {**b, **a}
    elif roll < 0.45:
        b = {"anyOf": [b, a]}
    return a, b
