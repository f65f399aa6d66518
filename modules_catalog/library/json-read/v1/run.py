"""Reads JSON or JSON lines, and picks a part of it."""

import json
import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from lamina import Context, ModuleError, Port, Schema, module


@dataclass(frozen=True, kw_only=True)
class Inputs:
    text: Annotated[str, Port(max_bytes=16 << 20, doc="JSON, or one JSON value per line.")]


@dataclass(frozen=True, kw_only=True)
class Config:
    format: Annotated[
        Literal["auto", "json", "lines"],
        Schema(description="auto takes lines when the text as a whole is not JSON and has several lines."),
    ] = "auto"
    pointer: Annotated[
        str,
        Schema(
            pattern="^(/([^~/]|~[01])*)*$", description="Which part to give out (RFC 6901); all by default."
        ),
    ] = ""


@dataclass(frozen=True, kw_only=True)
class Outputs:
    value: Annotated[Any, Port(max_bytes=16 << 20, doc="What was read, or the part that `pointer` names.")]
    rows: Annotated[
        list[dict[str, Any]] | None,
        Port(max_bytes=16 << 20, doc="The same value, where it is a list of objects."),
    ] = None


class Malformed(ModuleError):
    """The text is not JSON."""

    message = "line {line}, column {column}: {reason}"
    line: Annotated[int, Schema(minimum=1)]
    column: Annotated[int, Schema(minimum=1)]
    reason: str


class NotFound(ModuleError):
    """The pointer leads nowhere."""

    message = "there is nothing at {pointer}"
    pointer: str


@module(errors=[Malformed, NotFound])
def run(inputs: Inputs, context: Context[Config]) -> Outputs:
    text = inputs.text.removeprefix("\ufeff")
    value = _read(text, context.config.format)
    for part in context.config.pointer.split("/")[1:]:
        value = _step(value, part.replace("~1", "/").replace("~0", "~"), context.config.pointer)
    are_rows = isinstance(value, list) and all(isinstance(item, dict) for item in value)
    return Outputs(value=value, rows=value if are_rows else None)


def _read(text: str, form: str) -> Any:
    if form == "lines":
        return _lines(text)
    try:
        return _parse(text)
    except Malformed:
        if form == "auto" and len(text.strip().splitlines()) > 1:
            return _lines(text)
        raise


def _lines(text: str) -> list[Any]:
    return [_parse(line, number) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]


def _parse(text: str, line: int = 1) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_number, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise Malformed(line=line + error.lineno - 1, column=error.colno, reason=error.msg) from error
    except RecursionError as error:
        raise Malformed(line=line, column=1, reason="nested too deep") from error
    except ValueError as error:
        raise Malformed(line=line, column=1, reason=str(error)) from error


def _refuse(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:40]} is too large a number")
    return number


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("an object has the same key twice")
    return result


def _step(value: Any, part: str, pointer: str) -> Any:
    if isinstance(value, dict) and part in value:
        return value[part]
    if isinstance(value, list) and part.isdecimal() and int(part) < len(value):
        return value[int(part)]
    raise NotFound(pointer=pointer)
