"""Splits rows into those that fulfil some conditions and the others."""

from collections.abc import Callable
from dataclasses import dataclass, field
from operator import ge, gt, le, lt
from typing import Annotated, Any, Generic, Literal, TypeVar

from lamina import Context, ModuleError, Port, Schema, module

T = TypeVar("T", bound=dict[str, Any])
ORDERS: dict[str, Callable[[Any, Any], bool]] = {"less": lt, "at_most": le, "greater": gt, "at_least": ge}
TEXTS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
}


@dataclass(frozen=True, kw_only=True)
class Condition:
    column: str
    operator: Literal[
        "equals",
        "not_equals",
        "less",
        "at_most",
        "greater",
        "at_least",
        "contains",
        "starts_with",
        "ends_with",
        "one_of",
        "is_null",
        "is_not_null",
    ]
    value: Annotated[
        Any, Schema(description="What the column is compared with; a list for one_of, unused for is_null.")
    ] = None


@dataclass(frozen=True, kw_only=True)
class Inputs(Generic[T]):
    rows: Annotated[list[T], Port(max_bytes=16 << 20, doc="The rows to choose from.")]


@dataclass(frozen=True, kw_only=True)
class Config:
    conditions: Annotated[
        list[Condition],
        Schema(description="A column that a row lacks counts as null; null fulfils no comparison."),
    ] = field(default_factory=list)
    match: Annotated[Literal["all", "any"], Schema(description="How many conditions a row must fulfil.")] = (
        "all"
    )


@dataclass(frozen=True, kw_only=True)
class Outputs(Generic[T]):
    rows: Annotated[list[T], Port(max_bytes=16 << 20, doc="The rows that fulfil the conditions.")]
    others: Annotated[list[T], Port(max_bytes=16 << 20, doc="The rows that do not.")]


class Incomparable(ModuleError):
    """A value is of another type than the one it is compared with."""

    message = "row {row}: {column} cannot be compared by {operator}"
    row: Annotated[int, Schema(minimum=0)]
    column: str
    operator: str


@module(errors=[Incomparable])
def run(inputs: Inputs[T], context: Context[Config]) -> Outputs[T]:
    conditions = context.config.conditions
    decide = all if context.config.match == "all" else any
    rows: list[T] = []
    others: list[T] = []
    for at, row in enumerate(inputs.rows):
        fits = not conditions or decide(_holds(condition, row, at) for condition in conditions)
        (rows if fits else others).append(row)
    context.log("filtered", kept=len(rows), others=len(others))
    return Outputs(rows=rows, others=others)


def _holds(condition: Condition, row: dict[str, Any], at: int) -> bool:
    value, wanted, operator = row.get(condition.column), condition.value, condition.operator
    if operator in ("is_null", "is_not_null"):
        return (value is None) == (operator == "is_null")
    if operator in ("equals", "not_equals"):
        return _is_same(value, wanted) == (operator == "equals")
    if value is None:
        return False
    if operator == "one_of":
        return (
            any(_is_same(value, item) for item in wanted)
            if isinstance(wanted, list)
            else _is_same(value, wanted)
        )
    compare = ORDERS.get(operator) or TEXTS[operator]
    kind = _kind(value)
    if kind != _kind(wanted) or kind not in (("number", "text") if operator in ORDERS else ("text",)):
        raise Incomparable(row=at, column=condition.column, operator=operator)
    return compare(value, wanted)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) else "other"


def _is_same(left: Any, right: Any) -> bool:
    """Equality of JSON: true is not 1, and 1 is 1.0."""
    return bool(left == right) and _kind(left) == _kind(right)
