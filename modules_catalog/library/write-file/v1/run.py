"""Makes a named file of a text or of rows: text, CSV, JSON or JSON lines."""

import csv
import io
import json
import re
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from lamina import Context, ModuleError, Port, Schema, module

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,119}\Z")
TYPES = {
    "text": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "lines": "application/jsonl",
}


@dataclass(frozen=True, kw_only=True)
class Inputs:
    text: Annotated[str | None, Port(max_bytes=16 << 20, doc="For the format text.")] = None
    rows: Annotated[list[dict[str, Any]] | None, Port(max_bytes=16 << 20, doc="For the other formats.")] = (
        None
    )


@dataclass(frozen=True, kw_only=True)
class Config:
    name: Annotated[str, Schema(minLength=1, maxLength=120, description="The file's name, without a folder.")]
    format: Annotated[Literal["text", "csv", "json", "lines"], Schema(description="What is written.")] = (
        "text"
    )
    columns: Annotated[
        list[str], Schema(description="CSV: which columns, in which order; all by default.")
    ] = field(default_factory=list)
    delimiter: Annotated[Literal[",", ";", "\t"], Schema(description="CSV: between cells.")] = ","
    safe_for_spreadsheets: Annotated[
        bool, Schema(description="CSV: put ' before texts that a spreadsheet would run as a formula.")
    ] = True


@dataclass(frozen=True, kw_only=True)
class Outputs:
    file: Annotated[bytes, Port(type="*/*", doc="The bytes of the file.")]
    name: Annotated[str, Port(doc="The name of the file.")]
    type: Annotated[str, Port(doc="Its media type.")]
    size: Annotated[int, Schema(minimum=0), Port(doc="In bytes.")]


class BadName(ModuleError):
    """The name could mean a folder, or is none."""

    message = "{name!r} is no file name"
    name: str


class NothingToWrite(ModuleError):
    """The input that the format needs is not wired."""

    message = "the format {format} needs the input {port}"
    format: str
    port: str


@module(errors=[BadName, NothingToWrite])
def run(inputs: Inputs, context: Context[Config]) -> Outputs:
    config = context.config
    if NAME.match(config.name) is None:
        raise BadName(name=config.name)
    port = "text" if config.format == "text" else "rows"
    value: Any = getattr(inputs, port)
    if value is None:
        raise NothingToWrite(format=config.format, port=port)
    data = _written(value, config).encode()
    return Outputs(file=data, name=config.name, type=TYPES[config.format], size=len(data))


def _written(value: Any, config: Config) -> str:
    if config.format == "text":
        return str(value)
    if config.format == "json":
        return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    if config.format == "lines":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in value)
    columns = config.columns or list(dict.fromkeys(name for row in value for name in row))
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=config.delimiter, lineterminator="\n")
    writer.writerow(_cell(column, config) for column in columns)
    writer.writerows([_cell(row.get(column), config) for column in columns] for row in value)
    return stream.getvalue()


def _cell(value: Any, config: Config) -> Any:
    if value is None:
        return ""
    if isinstance(value, str):
        return (
            f"'{value}"
            if config.safe_for_spreadsheets and value.startswith(("=", "+", "-", "@", "\t"))
            else value
        )
    return json.dumps(value, ensure_ascii=False)
