"""What would make a red edge green.

Owns:      candidates for a `select`, each judged before it is offered.
Promises:  a suggested expression makes the edge green and has a result for every value.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

import msgspec.json

from contracts.canonical import JSON
from contracts.expressions import type_of_expression
from contracts.expressions.functions import NUMBER
from contracts.expressions.shapes import field_names, of_schema, required_names
from contracts.graph.judging import Unknown, encoded, judge_schemas
from contracts.module import Port
from contracts.schema.parts import field_schema, item_schema

MAX_TRIES: Final = 24
_SIMPLE: Final = re.compile(r"[\w.()]+")
_SCALARS: Final = NUMBER | {"text", "bool"}


def suggestion_for(source: Port, target: Port | None, select: str | None) -> JSON:
    """{kind: "select", expression}, or None. `select` is what the edge selects now."""
    if target is None or source.media != "json" or target.media != "json":
        return None
    expression = _expression(encoded(source.schema), encoded(target.schema), target.unknown, _operand(select))
    return None if expression is None else {"kind": "select", "expression": expression}


# As with verdicts: a red pair of schemas tends to stand on many edges, and each try costs a verdict.
@lru_cache(maxsize=4096)
def _expression(source_text: bytes, target_text: bytes, unknown: Unknown, operand: str) -> str | None:
    source, target = msgspec.json.decode(source_text), msgspec.json.decode(target_text)
    tested = _candidates(source, target, "value")
    offered = _candidates(source, target, operand)
    for candidate, expression in islice(zip(tested, offered, strict=True), MAX_TRIES):
        produced = type_of_expression(candidate, {"value": source})
        if produced is not True and judge_schemas(produced, target, unknown).answer == "yes":
            return expression
    return None


def _operand(select: str | None) -> str:
    """What the candidate reads: the value, or what the edge selects of it now."""
    if select is None:
        return "value"
    return select if _SIMPLE.fullmatch(select) else f"({select})"


def _candidates(source: JSON, target: JSON, it: str) -> Iterator[str]:
    """Expressions over `it`, likely ones first."""
    kinds, wanted = of_schema(source, source).kinds, of_schema(target, target).kinds
    names = [name for name in required_names(source, source) if name.isidentifier()]
    if kinds == {"map"}:
        yield from _record(source, target, names, it)
        yield from (f"{it}.{name}" for name in names)
    if kinds == {"list"} and "list" in wanted:
        items, names = item_schema(source, None), _names_of_items(source)
        for record in _record(items, item_schema(target, None), names, "item"):
            yield f"{it}.map(item, {record})"
        yield from (f"{it}.map(item, item.{name})" for name in names)
        if _kinds_of_items(source) <= _SCALARS:
            yield f"{it}.map(item, string(item))"
        if _kinds_of_items(source) <= NUMBER:
            yield from (f"{it}.map(item, int(item))", f"{it}.map(item, double(item))")
    if "text" in wanted and kinds <= _SCALARS:
        yield f"string({it})"
    if kinds <= NUMBER:
        yield from (f"int({it})", f"double({it})")
    if "list" in wanted and "list" not in kinds:
        yield f"[{it}]"
    if "map" in wanted and "map" not in kinds:
        yield from (f"{{'{name}': {it}}}" for name in field_names(target, target)[:3])
    if kinds == {"list"} and isinstance(source, dict) and source.get("minItems", 0) > 0:
        yield f"{it}[0]"


def _kinds_of_items(source: JSON) -> frozenset[str]:
    return of_schema(item_schema(source, None), source).kinds


def _names_of_items(source: JSON) -> list[str]:
    items = item_schema(source, None)
    return [name for name in required_names(items, items) if name.isidentifier()]


def _record(source: JSON, target: JSON, names: list[str], it: str) -> Iterator[str]:
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
    yield "{" + ", ".join(f"'{name}': {it}.{field}" for name, field in chosen.items()) + "}"


def _required(target: JSON) -> list[str]:
    if not isinstance(target, dict) or not isinstance(target.get("required"), list):
        return []
    return [name for name in target["required"] if isinstance(name, str) and "'" not in name]
