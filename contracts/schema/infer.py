"""A schema from values: the smallest sensible one that accepts all of them."""

from collections.abc import Sequence
from typing import Final

from contracts.canonical import JSON
from contracts.schema.exact import exact, is_number

MAP_KEYS: Final = 12  # from so many keys that come and go, an object is a map and not a record


def infer(values: Sequence[JSON]) -> JSON:
    """A schema that accepts every value: types, the fields of objects and which are always there, the items
    of lists.

    Lengths, bounds and enumerations are left to the author. No values: anything.
    """
    if not values:
        return True
    schemas = []
    plain = _plain_types(values)
    if plain:
        schemas.append({"type": plain[0] if len(plain) == 1 else plain})
    lists = [value for value in values if isinstance(value, list)]
    if lists:
        schemas.append(_list_schema(lists))
    objects = [value for value in values if isinstance(value, dict)]
    if objects:
        schemas.append(_object_schema(objects))
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _plain_types(values: Sequence[JSON]) -> list[str]:
    types = set()
    for value in values:
        if value is None:
            types.add("null")
        elif isinstance(value, bool):
            types.add("boolean")
        elif isinstance(value, str):
            types.add("string")
        elif is_number(value):
            types.add("integer" if isinstance(exact(value), int) else "number")
    if "number" in types:
        types.discard("integer")
    return sorted(types)


def _list_schema(lists: list[list[JSON]]) -> JSON:
    items = [item for value in lists for item in value]
    return {"type": "array", "items": infer(items)} if items else {"type": "array"}


def _object_schema(objects: list[dict[str, JSON]]) -> JSON:
    names = sorted({name for value in objects for name in value})
    always = [name for name in names if all(name in value for value in objects)]
    if len(names) >= MAP_KEYS and not always:
        return {
            "type": "object",
            "additionalProperties": infer([item for value in objects for item in value.values()]),
        }
    fields = {name: infer([value[name] for value in objects if name in value]) for name in names}
    schema: dict[str, JSON] = {"type": "object", "properties": fields}
    if always:
        schema["required"] = always
    return {**schema, "additionalProperties": False}
