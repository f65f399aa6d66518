"""What would make a red edge green.

Owns:      candidates for a `select` or a node between, each judged before it is offered.
Promises:  a suggested expression makes the edge green; nothing is suggested that would not.
"""

from collections.abc import Iterator
from typing import Final

from msgspec import UNSET

from contracts.canonical import JSON
from contracts.expressions import type_of_expression
from contracts.expressions.shapes import field_names, of_schema, required_names
from contracts.graph.judging import judge_schemas
from contracts.module import Column, Port
from contracts.schema.parts import field_schema
from contracts.schema.tables import widens

MAX_TRIES: Final = 24


def suggestion_for(source: Port, target: Port | None, select: str | None) -> JSON:
    """{kind: "select", expression}, {kind: "module", module, config}, or None."""
    if target is None or source.media != target.media:
        return None
    if source.media == "table":
        return _renaming(source, target)
    if source.media != "json":
        return None
    for count, expression in enumerate(_candidates(source.schema, target.schema)):
        if count == MAX_TRIES:
            break
        produced = type_of_expression(expression, {"value": source.schema})
        if produced is not True and judge_schemas(produced, target.schema, target.unknown).answer == "yes":
            return {"kind": "select", "expression": _composed(expression, select)}
    return None


def _composed(expression: str, select: str | None) -> str:
    """The candidate reads what `select` gives, so it takes its place around it."""
    if select is None:
        return expression
    return "[" + select + "].map(value, " + expression + ")[0]"


def _candidates(source: JSON, target: JSON) -> Iterator[str]:
    kinds, wanted = of_schema(source, source).kinds, of_schema(target, target).kinds
    names = [name for name in required_names(source, source) if name.isidentifier()]
    if "map" in kinds:
        yield from _record(source, target, names)
        yield from (f"value.{name}" for name in sorted(names, key=lambda name: _rank(name, target)))
    if "list" in kinds and "list" in wanted:
        items = field_names_of_items(source)
        yield from (f"value.map(item, item.{name})" for name in items)
        yield from (
            "value.map(item, string(item))",
            "value.map(item, int(item))",
            "value.map(item, double(item))",
        )
    if "text" in wanted:
        yield "string(value)"
    if "int" in wanted:
        yield "int(value)"
        yield "value.size()"
    if "double" in wanted:
        yield "double(value)"
    if "bool" in wanted:
        yield "value.size() > 0"
    if "list" in wanted and "list" not in kinds:
        yield "[value]"
    if "map" in wanted and "map" not in kinds:
        fields = field_names(target, target)
        yield from (f"{{'{name}': value}}" for name in fields[:3])
    if "list" in kinds:
        yield "value[0]"


def _rank(name: str, target: JSON) -> tuple[bool, str]:
    """A field whose name the target mentions comes first."""
    title = target.get("title", "") if isinstance(target, dict) else ""
    return name.lower() != str(title).lower(), name


def field_names_of_items(source: JSON) -> list[str]:
    items = source.get("items", True) if isinstance(source, dict) else True
    return [name for name in required_names(items, source) if name.isidentifier()]


def _record(source: JSON, target: JSON, names: list[str]) -> Iterator[str]:
    """An object with the wanted fields: each from the field of its name, else from the only one that fits."""
    wanted = _required(target)
    if not wanted or not names:
        return
    chosen = {}
    for name in wanted:
        schema = field_schema(target, name)
        rest = [other for other in names if other not in wanted]
        fits = [
            other
            for other in ([name] if name in names else rest)
            if judge_schemas(field_schema(source, other), schema).answer == "yes"
        ]
        if len(fits) != 1:
            return
        chosen[name] = fits[0]
    yield "{" + ", ".join(f"'{name}': value.{field}" for name, field in chosen.items()) + "}"


def _required(target: JSON) -> list[str]:
    if not isinstance(target, dict) or not isinstance(target.get("required"), list):
        return []
    return [name for name in target["required"] if isinstance(name, str) and "'" not in name]


def _renaming(source: Port, target: Port) -> JSON:
    """A table whose missing columns are there under other names."""
    if isinstance(source.columns, str) or isinstance(target.columns, str):
        return None
    given = () if source.columns is UNSET else source.columns
    wanted = () if target.columns is UNSET else target.columns
    present = {column.name for column in given}
    missing = [column for column in wanted if column.name not in present]
    free = [column for column in given if column.name not in {column.name for column in wanted}]
    rename = {}
    for column in missing:
        fits = [other for other in free if other.name not in rename and _fits(other, column)]
        if len(fits) != 1:
            return None
        rename[fits[0].name] = column.name
    if not rename:
        return None
    return {"kind": "module", "module": "lamina/select-rename", "config": {"rename": rename}}


def _fits(given: Column, wanted: Column) -> bool:
    is_safe = wanted.nullable or not given.nullable
    return widens(given.type, wanted.type) and is_safe and wanted.unit in ("", given.unit)
