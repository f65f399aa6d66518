"""Describes every column of some rows in numbers."""

import json
import math
import statistics
from collections import Counter
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from lamina import Context, Port, Schema, module

Cell = Annotated[Any, Schema(type=["string", "number", "boolean", "null"])]
Count = Annotated[int, Schema(minimum=0)]
Kind = Literal["number", "text", "boolean", "other", "mixed", "empty"]


@dataclass(frozen=True, kw_only=True)
class Inputs:
    rows: Annotated[list[dict[str, Any]], Port(max_bytes=16 << 20, doc="The rows to describe.")]


@dataclass(frozen=True, kw_only=True)
class Config:
    columns: Annotated[list[str], Schema(uniqueItems=True, description="Which columns; all by default.")] = (
        field(default_factory=list)
    )
    top: Annotated[int, Schema(minimum=0, maximum=100, description="How many frequent values to list.")] = 3


@dataclass(frozen=True, kw_only=True)
class Frequent:
    value: Cell
    count: Annotated[int, Schema(minimum=1)]


@dataclass(frozen=True, kw_only=True)
class Statistics:
    column: str
    type: Kind
    count: Annotated[Count, Schema(description="Rows with a value.")]
    nulls: Annotated[Count, Schema(description="Rows without one.")]
    distinct: Count
    minimum: Cell
    maximum: Cell
    mean: float | None
    median: float | None
    deviation: Annotated[
        float | None, Schema(description="Sample standard deviation; null for less than two numbers.")
    ]
    frequent: list[Frequent]


@dataclass(frozen=True, kw_only=True)
class Outputs:
    statistics: Annotated[
        list[Statistics], Port(doc="One entry per column, as `columns` lists them, or by name.")
    ]
    row_count: Annotated[Count, Port(doc="How many rows came in.")]


@module(
    comparators={
        "/statistics/*/mean": {"relative": 1e-9},
        "/statistics/*/median": {"relative": 1e-9},
        "/statistics/*/deviation": {"relative": 1e-9},
    }
)
def run(inputs: Inputs, context: Context[Config]) -> Outputs:
    columns = context.config.columns or sorted({name for row in inputs.rows for name in row})
    described = [
        _describe(column, [row.get(column) for row in inputs.rows], context.config.top) for column in columns
    ]
    return Outputs(statistics=described, row_count=len(inputs.rows))


def _describe(column: str, cells: list[Any], top: int) -> Statistics:
    values = [cell for cell in cells if cell is not None]
    kinds = {_kind(value) for value in values}
    kind: Kind = kinds.pop() if len(kinds) == 1 else "mixed" if kinds else "empty"
    numbers: list[float] = values if kind == "number" else []
    has_order = kind in ("number", "text")
    counts = Counter(json.dumps(value, sort_keys=True) for value in values)
    ranked = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))[:top]
    return Statistics(
        column=column,
        type=kind,
        count=len(values),
        nulls=len(cells) - len(values),
        distinct=len(counts),
        minimum=min(values) if has_order else None,
        maximum=max(values) if has_order else None,
        mean=_finite(statistics.fmean(numbers)) if numbers else None,
        median=_finite(float(statistics.median(numbers))) if numbers else None,
        deviation=_finite(statistics.stdev(map(float, numbers))) if len(numbers) > 1 else None,
        frequent=[
            Frequent(value=json.loads(key), count=count) for key, count in ranked if key[0] not in "[{"
        ],
    )


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _kind(value: Any) -> Kind:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) else "other"
