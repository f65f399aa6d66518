"""Port schemas stand in a contract file and refer to it from its root; here they become documents of their
own.

Owns:      `localise` (a port schema with the definitions it needs) and `nested` (a schema moved into
           another one).
"""

from collections.abc import Callable

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
    definitions: dict[str, JSON] = {}
    pending: list[str] = []

    def renamed(reference: str) -> str:
        name, rest = _defined(reference, root)
        if name not in definitions:
            definitions[name] = True
            pending.append(name)
        return "#" + pointer("$defs", name) + rest

    local = _renamed({key: value for key, value in schema.items() if key != "$defs"}, renamed)
    while pending:
        name = pending.pop()
        target = _at(root, ["$defs", name])
        if target is _MISSING:
            target = _at(root, _parts(name))
        if target is _MISSING:
            del definitions[name]
        else:
            definitions[name] = _renamed(target, renamed)
    if definitions:
        local["$defs"] = {name: definitions[name] for name in sorted(definitions)}
    return local


def nested(schema: JSON, at: str) -> JSON:
    """A self-contained schema for the place `at` (a pointer) of another one: its references lead there."""
    return _renamed(schema, lambda reference: "#" + at + reference[1:])


def _defined(reference: str, root: JSON) -> tuple[str, str]:
    """The definition that a reference needs, and the pointer inside of it."""
    parts = _parts(reference[1:])
    if len(parts) > 1 and parts[0] == "$defs":
        return parts[1], pointer(*parts[2:])
    return reference[1:], ""


def _parts(path: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def _at(node: JSON, parts: list[str]) -> JSON:
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
