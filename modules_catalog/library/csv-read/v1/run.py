"""Reads delimited text into rows, finding or checking the type of each column."""

import csv
import io
import math
import re
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from lamina import Context, ModuleError, Port, Schema, module

Cell = Annotated[Any, Schema(type=["string", "number", "boolean", "null"])]
Kind = Literal["text", "integer", "number", "boolean"]
MAX_EXACT = 2**53 - 1
INTEGER = re.compile(r"[+-]?(0|[1-9][0-9]{0,15})\Z")
NUMBER = re.compile(r"[+-]?((0|[1-9][0-9]*)(\.[0-9]+)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?\Z")
BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, kw_only=True)
class Inputs:
    text: Annotated[
        str, Port(max_bytes=16 << 20, doc="The delimited text, with or without a byte order mark.")
    ]


@dataclass(frozen=True, kw_only=True)
class Config:
    delimiter: Annotated[
        Literal["auto", ",", ";", "\t", "|"], Schema(description="What stands between cells; auto looks.")
    ] = "auto"
    header: Annotated[bool, Schema(description="Whether the first line names the columns.")] = True
    types: Annotated[
        dict[str, Kind], Schema(description="Column → type. A cell that does not fit is an error.")
    ] = field(default_factory=dict)
    infer: Annotated[bool, Schema(description="Find the types of the other columns; else they are text.")] = (
        True
    )
    empty_is_null: Annotated[bool, Schema(description="An empty cell is null, else an empty text.")] = True


@dataclass(frozen=True, kw_only=True)
class Column:
    name: str
    type: Kind


@dataclass(frozen=True, kw_only=True)
class Outputs:
    rows: Annotated[
        list[dict[str, Cell]], Port(max_bytes=16 << 20, doc="One object per line, keyed by column.")
    ]
    columns: Annotated[list[Column], Port(doc="The columns in order, with their types.")]


class Malformed(ModuleError):
    """The text cannot be split into rows."""

    message = "line {line}: {reason}"
    line: Annotated[int, Schema(minimum=1)]
    reason: str


class BadValue(ModuleError):
    """A cell does not fit the type that was asked for."""

    message = "line {line}, column {column}: {value!r} is no {type}"
    line: Annotated[int, Schema(minimum=1)]
    column: str
    value: Annotated[str, Schema(maxLength=200)]
    type: Kind


@module(errors=[Malformed, BadValue])
def run(inputs: Inputs, context: Context[Config]) -> Outputs:
    config = context.config
    lines = _split(inputs.text.removeprefix("\ufeff"), config.delimiter)
    names = _names(lines, config)
    body = lines[1:] if config.header else lines
    for line, cells in body:
        if len(cells) != len(names):
            raise Malformed(line=line, reason=f"{len(cells)} cells, {len(names)} columns")
    kinds = {
        name: config.types.get(name) or (_infer(cells[at] for _, cells in body) if config.infer else "text")
        for at, name in enumerate(names)
    }
    rows = [
        {name: _value(cell, kinds[name], line, name, config) for name, cell in zip(names, cells, strict=True)}
        for line, cells in body
    ]
    context.log("read", rows=len(rows), columns=len(names))
    return Outputs(rows=rows, columns=[Column(name=name, type=kinds[name]) for name in names])


def _split(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Line number and cells of every line that is not empty."""
    if delimiter == "auto":
        first = text.partition("\n")[0]
        delimiter = max([",", ";", "\t", "|"], key=first.count)
    csv.field_size_limit(16 << 20)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[tuple[int, list[str]]] = []
    start = 1
    try:
        for cells in reader:
            if cells:
                lines.append((start, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        raise Malformed(line=start, reason=str(error)) from error
    return lines


def _names(lines: list[tuple[int, list[str]]], config: Config) -> list[str]:
    if not lines:
        return []
    line, first = lines[0]
    if not config.header:
        return [f"column_{at}" for at in range(1, len(first) + 1)]
    names = [cell.strip() or f"column_{at}" for at, cell in enumerate(first, start=1)]
    for at, name in enumerate(names):
        if name in names[:at]:
            raise Malformed(line=line, reason=f"the column {name!r} stands twice")
    return names


def _infer(cells: Any) -> Kind:
    """The narrowest type that every cell with content fits; leading zeros make a text (they are codes)."""
    kinds: list[Kind] = ["integer", "number", "boolean"]
    seen = False
    for cell in cells:
        stripped = cell.strip()
        if stripped:
            seen = True
            kinds = [kind for kind in kinds if _parse(stripped, kind) is not None]
            if not kinds:
                break
    return kinds[0] if seen and kinds else "text"


def _value(cell: str, kind: Kind, line: int, column: str, config: Config) -> Any:
    if kind == "text":
        return None if config.empty_is_null and cell == "" else cell
    stripped = cell.strip()
    if not stripped and config.empty_is_null:
        return None
    value = _parse(stripped, kind)
    if value is None:
        raise BadValue(line=line, column=column, value=cell[:200], type=kind)
    return value


def _parse(text: str, kind: Kind) -> Any:
    if kind == "boolean":
        return BOOLEANS.get(text.lower())
    if kind == "integer":
        return int(text) if INTEGER.match(text) and abs(int(text)) <= MAX_EXACT else None
    number = float(text) if NUMBER.match(text) else math.inf
    loses_digits = abs(number) > MAX_EXACT and text.lstrip("+-").isdecimal()
    return number if math.isfinite(number) and not loses_digits else None
