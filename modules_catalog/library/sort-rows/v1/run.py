"""Sorts rows by one or several columns; equal rows keep their order."""

from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar

from lamina import Context, ModuleError, Port, Schema, module

T = TypeVar("T", bound=dict[str, Any])


@dataclass(frozen=True, kw_only=True)
class Key:
    column: str
    descending: bool = False
    nulls: Annotated[Literal["first", "last"], Schema(description="Where rows without a value go.")] = "last"


@dataclass(frozen=True, kw_only=True)
class Inputs(Generic[T]):
    rows: Annotated[list[T], Port(max_bytes=16 << 20, doc="The rows to sort.")]


@dataclass(frozen=True, kw_only=True)
class Config:
    by: Annotated[list[Key], Schema(minItems=1, maxItems=20, description="The most important column first.")]
    ignore_case: Annotated[bool, Schema(description="Whether a and A are the same in texts.")] = False


@dataclass(frozen=True, kw_only=True)
class Outputs(Generic[T]):
    rows: Annotated[list[T], Port(max_bytes=16 << 20, doc="The same rows in order; equal ones keep theirs.")]


class Incomparable(ModuleError):
    """A column holds values of several types, or objects or lists."""

    message = "the values of {column} have no order: {kinds}"
    column: str
    kinds: list[str]


@module(errors=[Incomparable])
def run(inputs: Inputs[T], context: Context[Config]) -> Outputs[T]:
    rows = list(inputs.rows)
    for key in reversed(context.config.by):
        rows = _sorted(rows, key, ignore_case=context.config.ignore_case)
    return Outputs(rows=rows)


def _sorted(rows: list[T], key: Key, *, ignore_case: bool) -> list[T]:
    valued = [row for row in rows if row.get(key.column) is not None]
    empty = [row for row in rows if row.get(key.column) is None]
    kinds = sorted({_kind(row[key.column]) for row in valued})
    if len(kinds) > 1 or kinds in (["object"], ["list"]):
        raise Incomparable(column=key.column, kinds=kinds)
    folds = ignore_case and kinds == ["text"]
    valued.sort(
        key=lambda row: row[key.column].casefold() if folds else row[key.column], reverse=key.descending
    )
    return [*empty, *valued] if key.nulls == "first" else [*valued, *empty]


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "text"
    return "object" if isinstance(value, dict) else "list"
