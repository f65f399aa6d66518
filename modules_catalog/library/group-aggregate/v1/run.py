"""Groups rows by columns and sums each group up."""

import json
import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from lamina import Context, ModuleError, Port, Schema, module

FUNCTIONS: dict[str, Callable[[list[float]], float]] = {
    "sum": lambda values: (
        sum(values) if all(isinstance(value, int) for value in values) else math.fsum(values)
    ),
    "mean": statistics.fmean,
    "median": statistics.median,
    "min": min,
    "max": max,
}


@dataclass(frozen=True, kw_only=True)
class Aggregate:
    function: Annotated[
        Literal["count", "distinct", "sum", "mean", "median", "min", "max"],
        Schema(description="count without a column counts rows; nulls are never counted."),
    ]
    column: str = ""
    name: Annotated[str, Schema(description="The new column; `<function>_<column>` by default.")] = ""


@dataclass(frozen=True, kw_only=True)
class Inputs:
    rows: Annotated[list[dict[str, Any]], Port(max_bytes=16 << 20, doc="The rows to group.")]


@dataclass(frozen=True, kw_only=True)
class Config:
    by: Annotated[
        list[str], Schema(uniqueItems=True, description="Without a column, all rows are one group.")
    ] = field(default_factory=list)
    aggregates: Annotated[
        list[Aggregate], Schema(maxItems=50, description="What is computed for each group.")
    ] = field(default_factory=lambda: [Aggregate(function="count")])


@dataclass(frozen=True, kw_only=True)
class Outputs:
    rows: Annotated[
        list[dict[str, Any]],
        Port(max_bytes=16 << 20, doc="One row per group, in the order of first appearance."),
    ]


class NotANumber(ModuleError):
    """A value that should be summed up is no number."""

    message = "row {row}: {column} is no number"
    row: Annotated[int, Schema(minimum=0)]
    column: str


class NameClash(ModuleError):
    """Two columns of the result would get the same name."""

    message = "two columns would be called {column}"
    column: str


@module(errors=[NotANumber, NameClash], comparators={"/rows/*/*": {"relative": 1e-9}})
def run(inputs: Inputs, context: Context[Config]) -> Outputs:
    config = context.config
    names = [*config.by, *(_name(aggregate) for aggregate in config.aggregates)]
    for at, name in enumerate(names):
        if name in names[:at]:
            raise NameClash(column=name)
    groups: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    for at, row in enumerate(inputs.rows):
        key = json.dumps([row.get(column) for column in config.by], sort_keys=True)
        groups.setdefault(key, []).append((at, row))
    if not config.by and not groups:
        groups["[]"] = []
    context.log("grouped", rows=len(inputs.rows), groups=len(groups))
    return Outputs(rows=[_summed_up(members, config) for members in groups.values()])


def _name(aggregate: Aggregate) -> str:
    return aggregate.name or "_".join(part for part in (aggregate.function, aggregate.column) if part)


def _summed_up(members: list[tuple[int, dict[str, Any]]], config: Config) -> dict[str, Any]:
    first = members[0][1] if members else {}
    result = {column: first.get(column) for column in config.by}
    for aggregate in config.aggregates:
        result[_name(aggregate)] = _aggregated(members, aggregate)
    return result


def _aggregated(members: list[tuple[int, dict[str, Any]]], aggregate: Aggregate) -> Any:
    if aggregate.function == "count" and not aggregate.column:
        return len(members)
    values = [(at, row[aggregate.column]) for at, row in members if row.get(aggregate.column) is not None]
    if aggregate.function == "count":
        return len(values)
    if aggregate.function == "distinct":
        return len({json.dumps(value, sort_keys=True) for _, value in values})
    for at, value in values:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise NotANumber(row=at, column=aggregate.column)
    if not values:
        return 0 if aggregate.function == "sum" else None
    return FUNCTIONS[aggregate.function]([value for _, value in values])
