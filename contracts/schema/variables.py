"""Type variables: what T is, read off what is wired in, and put into what comes out.

Owns:      binding by walking a port schema and the upstream schema side by side, the join of several
           bindings, and substitution. A variable that nothing binds keeps its bound.
"""

from collections.abc import Iterable, Mapping, Sequence

from contracts.canonical import JSON
from contracts.problems import pointer
from contracts.schema.contain import contains
from contracts.schema.exact import is_equal
from contracts.schema.localise import localise, nested
from contracts.schema.parts import field_schema, item_schema, other_field_schema
from contracts.schema.tables import join_columns

_JOIN_FUEL = 4_000

Columns = Sequence[Mapping[str, JSON]]


def bind_variables(
    variables: Iterable[str], wired: Iterable[tuple[JSON, JSON]], *, root: JSON
) -> dict[str, JSON]:
    """What each variable stands for.

    `wired`: pairs of a port schema as it stands in the contract file `root`, and the self-contained schema
    of what is wired into it. Bindings are self-contained schemas; several of one variable are joined by
    anyOf.
    """
    names = list(variables)
    found: dict[str, list[JSON]] = {name: [] for name in names}
    for port, upstream in wired:
        _walk(port, upstream, found, root, ())
    return {name: join_schemas(found[name]) if found[name] else _bound(name, root) for name in names}


def _bound(name: str, root: JSON) -> JSON:
    return localise({"$ref": "#" + pointer("$defs", name)}, root)


def _walk(
    port: JSON, upstream: JSON, found: dict[str, list[JSON]], root: JSON, seen: tuple[str, ...]
) -> None:
    if not isinstance(port, dict):
        return
    reference = port.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/$defs/") and reference not in seen:
        name = reference.removeprefix("#/$defs/")
        if name in found:
            found[name].append(upstream)
        elif isinstance(root, dict):
            target = root.get("$defs", {}).get(name, True)
            _walk(target, upstream, found, root, (*seen, reference))
    first = port.get("prefixItems", [])
    for index, item in enumerate(first):
        _walk(item, item_schema(upstream, index), found, root, seen)
    if isinstance(port.get("items"), dict):
        _walk(port["items"], item_schema(upstream, None, first=len(first)), found, root, seen)
    fields = port.get("properties", {})
    for name, item in fields.items():
        _walk(item, field_schema(upstream, name), found, root, seen)
    if isinstance(port.get("additionalProperties"), dict):
        _walk(port["additionalProperties"], other_field_schema(upstream, set(fields)), found, root, seen)


def join_schemas(schemas: Sequence[JSON]) -> JSON:
    """One schema for what any of these self-contained ones accepts; what adds nothing is left out."""
    kept: list[JSON] = []
    for schema in schemas:
        if not any(_covers(other, schema) for other in kept):
            kept = [other for other in kept if not _covers(schema, other)]
            kept.append(schema)
    if len(kept) == 1:
        return kept[0]
    return {"anyOf": [nested(schema, pointer("anyOf", index)) for index, schema in enumerate(kept)]}


def _covers(wide: JSON, narrow: JSON) -> bool:
    return is_equal(wide, narrow) or contains(narrow, wide, fuel=_JOIN_FUEL).answer == "yes"


def substitute(schema: JSON, bindings: Mapping[str, JSON]) -> JSON:
    """A self-contained port schema (see `localise`) with its variables replaced by their bindings."""
    if not isinstance(schema, dict):
        return schema
    definitions = schema.get("$defs", {})
    bound = {name: binding for name, binding in bindings.items() if name in definitions}
    if not bound:
        return schema
    for name, binding in bound.items():
        if schema.keys() <= {"$ref", "$defs"} and schema.get("$ref") == "#" + pointer("$defs", name):
            return binding
    moved = {name: nested(binding, pointer("$defs", name)) for name, binding in bound.items()}
    return {**schema, "$defs": {**definitions, **moved}}


def bind_columns(
    variables: Iterable[str], wired: Iterable[tuple[str | Columns, str | Columns]]
) -> dict[str, str | Columns]:
    """What each variable stands for on table ports, from pairs of a port's `columns` and the upstream
    `columns`.

    Several bindings of one variable are joined to the columns they share; a variable that nothing binds is
    left out.
    """
    names = set(variables)
    found: dict[str, str | Columns] = {}
    for port, upstream in wired:
        if isinstance(port, str) and port in names:
            known = found.get(port)
            if known is None or isinstance(upstream, str) or isinstance(known, str):
                found[port] = upstream
            else:
                found[port] = join_columns(known, upstream)
    return found


def substitute_columns(columns: str | Columns, bindings: Mapping[str, str | Columns]) -> str | Columns:
    """The columns of a table port with its variable replaced."""
    return bindings.get(columns, columns) if isinstance(columns, str) else columns
