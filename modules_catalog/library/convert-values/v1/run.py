"""Turns the values of columns into other types."""

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from lamina import Context, ModuleError, Port, Schema, module

INTEGER = re.compile(r"[+-]?[0-9]{1,16}\Z")
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?\Z")
MAX_EXACT = 2**53 - 1
TRUE, FALSE = ("true", "yes", "y", "1", "on"), ("false", "no", "n", "0", "off")
Target = Literal["text", "integer", "number", "boolean", "date", "timestamp"]


@dataclass(frozen=True, kw_only=True)
class Conversion:
    column: str
    to: Annotated[Target, Schema(description="date and timestamp become RFC 3339 texts.")]
    format: Annotated[
        str, Schema(maxLength=60, description="How dates are written, as `%d.%m.%Y`; RFC 3339 by default.")
    ] = ""
    decimal: Annotated[Literal[".", ","], Schema(description="The other one may separate thousands.")] = "."


@dataclass(frozen=True, kw_only=True)
class Inputs:
    rows: Annotated[list[dict[str, Any]], Port(max_bytes=16 << 20, doc="The rows whose values are turned.")]


@dataclass(frozen=True, kw_only=True)
class Config:
    conversions: Annotated[
        list[Conversion], Schema(minItems=1, maxItems=200, description="Which column becomes which type.")
    ]
    otherwise: Annotated[
        Literal["error", "null", "keep"],
        Schema(description="When a value cannot be turned; null stays null."),
    ] = "error"


@dataclass(frozen=True, kw_only=True)
class Outputs:
    rows: Annotated[
        list[dict[str, Any]], Port(max_bytes=16 << 20, doc="The same rows with the turned values.")
    ]
    failed_count: Annotated[int, Schema(minimum=0), Port(doc="How many values could not be turned.")]


class BadValue(ModuleError):
    """A value cannot be turned into the type."""

    message = "row {row}: {column} cannot become {to}"
    row: Annotated[int, Schema(minimum=0)]
    column: str
    to: Target


@module(errors=[BadValue])
def run(inputs: Inputs, context: Context[Config]) -> Outputs:
    config = context.config
    rows = [dict(row) for row in inputs.rows]
    failed = 0
    for at, row in enumerate(rows):
        for conversion in config.conversions:
            value = row.get(conversion.column)
            if value is None:
                continue
            try:
                row[conversion.column] = _converted(value, conversion)
            except (ValueError, OverflowError) as error:
                if config.otherwise == "error":
                    raise BadValue(row=at, column=conversion.column, to=conversion.to) from error
                failed += 1
                if config.otherwise == "null":
                    row[conversion.column] = None
    return Outputs(rows=rows, failed_count=failed)


def _converted(value: Any, conversion: Conversion) -> Any:
    """Raises ValueError for what has no such form."""
    if isinstance(value, list | dict):
        raise ValueError("no single value")
    match conversion.to:
        case "text":
            return ("true" if value else "false") if isinstance(value, bool) else _text(value)
        case "boolean":
            return _boolean(value)
        case "integer":
            return _integer(_number_text(value, conversion))
        case "number":
            return _number(_number_text(value, conversion))
        case "date":
            return _moment(value, conversion.format).date().isoformat()
        case _:
            return _moment(value, conversion.format).isoformat()


def _text(value: Any) -> str:
    return (
        str(int(value))
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e15
        else str(value)
    )


def _boolean(value: Any) -> bool:
    text = value.strip().lower() if isinstance(value, str) else _text(value).lower()
    if text not in TRUE + FALSE:
        raise ValueError("no truth value")
    return text in TRUE


def _number_text(value: Any, conversion: Conversion) -> str:
    if not isinstance(value, str):
        return _text(value if not isinstance(value, bool) else int(value))
    thousands = "," if conversion.decimal == "." else "."
    return value.strip().replace(thousands, "").replace("\u00a0", "").replace(conversion.decimal, ".")


def _integer(text: str) -> int:
    if INTEGER.match(text) is None or abs(int(text)) > MAX_EXACT:
        raise ValueError("no integer")
    return int(text)


def _number(text: str) -> float:
    if NUMBER.match(text) is None or not math.isfinite(float(text)):
        raise ValueError("no number")
    return float(text)


def _moment(value: Any, form: str) -> datetime:
    text = _text(value).strip()
    if form:
        return datetime.strptime(text, form)
    if len(text) == len("2026-01-31"):
        return datetime.combine(date.fromisoformat(text), datetime.min.time())
    return datetime.fromisoformat(text)
