"""Keeps, drops and renames columns of rows."""

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from lamina import Context, ModuleError, Port, Schema, module

Names = Annotated[list[str], Schema(uniqueItems=True)]


@dataclass(frozen=True, kw_only=True)
class Inputs:
    rows: Annotated[list[dict[str, Any]], Port(max_bytes=16 << 20, doc="The rows whose columns are chosen.")]


@dataclass(frozen=True, kw_only=True)
class Config:
    keep: Annotated[Names, Schema(description="The columns to keep, in this order; empty keeps all.")] = (
        field(default_factory=list)
    )
    drop: Annotated[Names, Schema(description="Columns to leave out.")] = field(default_factory=list)
    rename: Annotated[dict[str, str], Schema(description="Old name → new name.")] = field(
        default_factory=dict
    )
    missing: Annotated[
        Literal["error", "null", "skip"],
        Schema(
            description="When a row lacks a column of `keep` or `rename`: fail, put null, or leave it out."
        ),
    ] = "error"


@dataclass(frozen=True, kw_only=True)
class Outputs:
    rows: Annotated[
        list[dict[str, Any]], Port(max_bytes=16 << 20, doc="The same rows with the chosen columns.")
    ]


class UnknownColumn(ModuleError):
    """A row lacks a column that is named in the settings."""

    message = "row {row} has no column {column}"
    column: str
    row: Annotated[int, Schema(minimum=0)]


class NameClash(ModuleError):
    """Two columns would get the same name."""

    message = "two columns would be called {column}"
    column: str


@module(errors=[UnknownColumn, NameClash])
def run(inputs: Inputs, context: Context[Config]) -> Outputs:
    config = context.config
    return Outputs(rows=[_changed(row, at, config) for at, row in enumerate(inputs.rows)])


def _changed(row: dict[str, Any], at: int, config: Config) -> dict[str, Any]:
    wanted = config.keep or list(dict.fromkeys([*row, *config.rename]))
    result: dict[str, Any] = {}
    for name in wanted:
        if name in config.drop:
            continue
        if name not in row:
            if config.missing == "error":
                raise UnknownColumn(column=name, row=at)
            if config.missing == "skip":
                continue
        new = config.rename.get(name, name)
        if new in result:
            raise NameClash(column=new)
        result[new] = row.get(name)
    return result
