"""Joins two lists of rows on columns that are equal."""

import json
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from lamina import Context, ModuleError, Port, Schema, module


@dataclass(frozen=True, kw_only=True)
class Pair:
    left: str
    right: Annotated[str, Schema(description="The same name as left by default.")] = ""


@dataclass(frozen=True, kw_only=True)
class Inputs:
    left: Annotated[list[dict[str, Any]], Port(max_bytes=16 << 20, doc="The rows that lead.")]
    right: Annotated[list[dict[str, Any]], Port(max_bytes=16 << 20, doc="The rows that are looked up.")]


@dataclass(frozen=True, kw_only=True)
class Config:
    on: Annotated[
        list[Pair], Schema(minItems=1, maxItems=20, description="Columns that must be equal; null never is.")
    ]
    kind: Annotated[
        Literal["inner", "left"], Schema(description="left keeps rows without a partner, filled with null.")
    ] = "inner"
    suffix: Annotated[
        str,
        Schema(minLength=1, description="Added to columns of the right side whose name the left side has."),
    ] = "_right"
    max_rows: Annotated[
        int, Schema(minimum=1, maximum=1_000_000, description="More joined rows are an error.")
    ] = 100_000


@dataclass(frozen=True, kw_only=True)
class Outputs:
    rows: Annotated[
        list[dict[str, Any]], Port(max_bytes=16 << 20, doc="Left columns first, in the order of left.")
    ]
    unmatched: Annotated[
        list[dict[str, Any]], Port(max_bytes=16 << 20, doc="Rows of left without a partner.")
    ]


class TooManyRows(ModuleError):
    """The join would give more rows than `max_rows`."""

    message = "more than {max_rows} rows: the columns do not tell rows apart"
    max_rows: int


@module(errors=[TooManyRows])
def run(inputs: Inputs, context: Context[Config]) -> Outputs:
    config = context.config
    pairs = [(pair.left, pair.right or pair.left) for pair in config.on]
    partners: dict[str, list[dict[str, Any]]] = {}
    for row in inputs.right:
        if (key := _key(row, [right for _, right in pairs])) is not None:
            partners.setdefault(key, []).append(row)
    extra = [name for name in _columns(inputs.right) if name not in {right for _, right in pairs}]
    taken = set(_columns(inputs.left))
    names = {name: name + config.suffix if name in taken else name for name in extra}
    rows: list[dict[str, Any]] = []
    unmatched: list[dict[str, Any]] = []
    for row in inputs.left:
        key = _key(row, [left for left, _ in pairs])
        found = partners.get(key, []) if key is not None else []
        if not found:
            unmatched.append(row)
        if len(rows) + len(found) > config.max_rows:
            raise TooManyRows(max_rows=config.max_rows)
        matches: list[dict[str, Any]] = found or ([{}] if config.kind == "left" else [])
        rows.extend({**row, **{new: match.get(name) for name, new in names.items()}} for match in matches)
    context.log("joined", rows=len(rows), unmatched=len(unmatched))
    return Outputs(rows=rows, unmatched=unmatched)


def _columns(rows: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _key(row: dict[str, Any], columns: list[str]) -> str | None:
    """One text per combination of values; 1 and 1.0 are the same number."""
    values = [row.get(column) for column in columns]
    if any(value is None for value in values):
        return None
    plain = [int(value) if isinstance(value, float) and value.is_integer() else value for value in values]
    return json.dumps(plain, sort_keys=True)
