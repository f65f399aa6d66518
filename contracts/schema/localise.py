"""Port schemas stand in a contract file and refer to it from its root; here they become documents of their
own.

Owns:      `localise` (a port schema with the definitions it needs) and `nested` (a schema moved into
           another one).
"""

from collections.abc import Callable, Collection, Sequence

from contracts.canonical import JSON
from contracts.problems import pointer
from contracts.schema.documents import LIST_KEYWORDS, MAP_KEYWORDS, ONE_KEYWORDS

_MISSING = object()


def localise(schema: JSON, root: JSON) -> JSON:
    """The schema with everything of `root` that its references need, copied into its own `$defs`.

    References count from `root`, the contract file. What leads nowhere is left as it is: the checker and
    `check_port_schema` say so.
    """
    if not isinstance(schema, dict) or schema is root:
        return schema
    names: dict[tuple[str, ...], str] = {}
    pending: list[tuple[str, ...]] = []

    def renamed(reference: str) -> str:
        path, rest = _defined(reference)
        if _at(root, path) is _MISSING:
            return reference
        if path not in names:
            names[path] = _free_name(path, names.values())
            pending.append(path)
        return "#" + pointer("$defs", names[path]) + rest

    local = _renamed(_bare(schema), renamed)
    definitions: dict[str, JSON] = {}
    while pending:
        path = pending.pop()
        definitions[names[path]] = _renamed(_bare(_at(root, path)), renamed)
    if definitions:
        local["$defs"] = {name: definitions[name] for name in sorted(definitions)}
    return local


def nested(schema: JSON, at: str) -> JSON:
    """A self-contained schema for the place `at` (a pointer) of another one: its references lead there."""
    return _renamed(schema, lambda reference: "#" + at + reference[1:])


def _defined(reference: str) -> tuple[tuple[str, ...], str]:
    """The path of the innermost definition that a reference leads through, and the pointer inside of it."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in reference[1:].split("/")[1:]]
    last = max((index for index, part in enumerate(parts[:-1]) if part == "$defs"), default=len(parts))
    return tuple(parts[: last + 2]), pointer(*parts[last + 2 :])


def _free_name(path: tuple[str, ...], taken: Collection[str]) -> str:
    name = path[-1] if "$defs" in path[:-1] else pointer(*path)
    names = (name, *(f"{name}-{number}" for number in range(2, len(taken) + 3)))
    return next(each for each in names if each not in taken)


def _bare(schema: JSON) -> JSON:
    """Without its own definitions, which are taken over one by one where they are needed."""
    if not isinstance(schema, dict):
        return schema
    return {key: value for key, value in schema.items() if key != "$defs"}


def _at(node: JSON, parts: Sequence[str]) -> JSON:
    for part in parts:
        if isinstance(node, dict) and part in node:
            node = node[part]
        elif isinstance(node, list) and part.isdecimal() and int(part) < len(node):
            node = node[int(part)]
        else:
            return _MISSING
    return node


def _renamed(schema: JSON, rename: Callable[[str], str]) -> JSON:
    """A copy whose `$ref`s within the document are renamed."""
    if not isinstance(schema, dict):
        return schema
    copy: dict[str, JSON] = {}
    for key, value in schema.items():
        if key == "$ref" and isinstance(value, str) and value.startswith("#"):
            copy[key] = rename(value)
        elif key in ONE_KEYWORDS:
            copy[key] = _renamed(value, rename)
        elif key in MAP_KEYWORDS and isinstance(value, dict):
            copy[key] = {name: _renamed(item, rename) for name, item in value.items()}
        elif key in LIST_KEYWORDS and isinstance(value, list):
            copy[key] = [_renamed(item, rename) for item in value]
        else:
            copy[key] = value
    return copy
