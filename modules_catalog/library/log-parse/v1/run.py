"""Reads access logs and the lines that applications write."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from lamina import Context, ModuleError, Port, Schema, module

Text = str | None
LEVELS = {"warn": "warning", "err": "error", "fatal": "critical", "crit": "critical", "trace": "debug"}
ACCESS = re.compile(
    r"(?P<host>\S+) \S+ (?P<user>\S+) \[(?P<at>[^\]]{20,40})\] "
    r'"(?P<request>(?:[^"\\]|\\.)*)" (?P<status>\d{3}) (?P<bytes>\d+|-)'
    r'(?: "(?P<referrer>(?:[^"\\]|\\.)*)" "(?P<agent>(?:[^"\\]|\\.)*)")?\s*\Z'
)
APPLICATION = re.compile(
    r"\[?(?P<at>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)\]?\s+"
    r"\[?(?P<level>TRACE|DEBUG|INFO|WARN|WARNING|ERROR|ERR|CRITICAL|CRIT|FATAL)\]?:?\s+"
    r"(?:\[?(?P<logger>[A-Za-z_][\w.$-]*)\]?(?::| -)\s+)?(?P<message>.*)\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Inputs:
    text: Annotated[str, Port(max_bytes=16 << 20, doc="The lines of a web server's log.")]


@dataclass(frozen=True, kw_only=True)
class Config:
    format: Annotated[
        Literal["auto", "access", "application"],
        Schema(description="access: common and combined log format; auto decides line by line."),
    ] = "auto"
    unreadable: Annotated[
        Literal["collect", "error"], Schema(description="Lines that do not fit: give them out, or fail.")
    ] = "collect"


@dataclass(frozen=True, kw_only=True)
class Entry:
    line: Annotated[int, Schema(minimum=1)]
    kind: Literal["access", "application"]
    at: Annotated[str, Schema(description="RFC 3339; without a zone where the line names none.")]
    level: Annotated[str, Schema(description="error, warning or info for accesses, by their status.")]
    message: str
    logger: Text = None
    host: Text = None
    user: Text = None
    method: Text = None
    path: Text = None
    protocol: Text = None
    status: Annotated[int, Schema(minimum=100, maximum=999)] | None = None
    bytes: Annotated[int, Schema(minimum=0)] | None = None
    referrer: Text = None
    agent: Text = None


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    line: Annotated[int, Schema(minimum=1)]
    text: str


@dataclass(frozen=True, kw_only=True)
class Outputs:
    rows: Annotated[list[Entry], Port(max_bytes=16 << 20, doc="One row per line that was read.")]
    unreadable: Annotated[list[Unreadable], Port(max_bytes=16 << 20, doc="The lines that fit no format.")]


class UnreadableLine(ModuleError):
    """A line fits no format, and the settings ask for an error."""

    message = "line {line} cannot be read"
    line: Annotated[int, Schema(minimum=1)]


@module(errors=[UnreadableLine])
def run(inputs: Inputs, context: Context[Config]) -> Outputs:
    config = context.config
    rows: list[Entry] = []
    unreadable: list[Unreadable] = []
    for number, line in enumerate(inputs.text.splitlines(), start=1):
        if not line.strip():
            continue
        entry = _entry(number, line, config.format)
        if entry is not None:
            rows.append(entry)
        elif config.unreadable == "error":
            raise UnreadableLine(line=number)
        else:
            unreadable.append(Unreadable(line=number, text=line[:1000]))
    context.log("parsed", rows=len(rows), unreadable=len(unreadable))
    return Outputs(rows=rows, unreadable=unreadable)


def _entry(number: int, line: str, form: str) -> Entry | None:
    if form != "application" and (found := ACCESS.match(line)):
        return _access(number, found.groupdict())
    if form != "access" and (found := APPLICATION.match(line.strip())):
        return _application(number, found.groupdict())
    return None


def _access(number: int, found: dict[str, Any]) -> Entry | None:
    try:
        at = datetime.strptime(found["at"], "%d/%b/%Y:%H:%M:%S %z").isoformat()
    except ValueError:
        return None
    request = found["request"].split(" ")
    is_whole = len(request) == 3
    status = int(found["status"])
    return Entry(
        line=number,
        kind="access",
        at=at,
        level="error" if status >= 500 else "warning" if status >= 400 else "info",
        message=found["request"],
        host=found["host"],
        user=_given(found["user"]),
        method=request[0] if is_whole else None,
        path=request[1] if is_whole else None,
        protocol=request[2] if is_whole else None,
        status=status,
        bytes=None if found["bytes"] == "-" else int(found["bytes"]),
        referrer=_given(found["referrer"]),
        agent=_given(found["agent"]),
    )


def _given(text: str | None) -> str | None:
    return None if text in (None, "-", "") else text


def _application(number: int, found: dict[str, Any]) -> Entry | None:
    try:
        moment = datetime.fromisoformat(found["at"].replace(",", "."))
    except ValueError:
        return None
    level = found["level"].lower()
    return Entry(
        line=number,
        kind="application",
        at=moment.isoformat(),
        level=LEVELS.get(level, level),
        logger=found["logger"],
        message=found["message"],
    )
