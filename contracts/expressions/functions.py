"""What expressions may call: CEL's functions over JSON, timestamps and durations.

Owns:      each function's implementation, and the kinds that it takes and gives.
Promises:  total: a bad argument raises `Fault` with what to do; work is linear in the size of arguments.
Never:     reads a clock, a locale or a time zone table: zones are offsets such as "+02:00".
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, Final

from contracts.canonical import JSON
from contracts.expressions.lexer import MAX_INTEGER

Kind = str  # null, bool, int, double, text, list, map, timestamp, duration
ANY: Final = frozenset({"null", "bool", "int", "double", "text", "list", "map", "timestamp", "duration"})
NUMBER: Final = frozenset({"int", "double"})
TEXT: Final = frozenset({"text"})
MAX_TEXT: Final = 4 << 20


class Fault(Exception):
    """An operation that has no result; the evaluator adds the place."""


def kind_of(value: Any) -> Kind:
    match value:
        case None:
            return "null"
        case bool():
            return "bool"
        case int():
            return "int"
        case float():
            return "double"
        case str():
            return "text"
        case datetime():
            return "timestamp"
        case timedelta():
            return "duration"
        case list() | tuple():
            return "list"
        case _:
            return "map"


@dataclass(frozen=True, slots=True)
class Function:
    """`takes`: the kinds of each parameter, of which the last `optional` may be left out."""

    call: Callable[..., Any]
    takes: tuple[frozenset[Kind], ...]
    gives: frozenset[Kind]
    optional: int = 0
    schema: JSON = None


def integer(value: int) -> int:
    if not -MAX_INTEGER - 1 <= value <= MAX_INTEGER:
        raise Fault("The result has more than 64 bits. Use double(…).")
    return value


def _to_int(value: Any) -> int:
    match value:
        case int():
            return value
        case float():
            if not math.isfinite(value):
                raise Fault("Infinity and NaN are no integers.")
            return integer(math.trunc(value))
        case datetime():
            return math.floor(value.timestamp())
        case str() if re.fullmatch(r"[+-]?[0-9]{1,19}", value):
            return integer(int(value))
    raise Fault(f"The text {_shown(value)} is no integer.")


def _to_double(value: Any) -> float:
    try:
        return float(value)
    except ValueError:
        raise Fault(f"The text {_shown(value)} is no number.") from None


def _to_text(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case datetime():
            return instant(value)
        case timedelta():
            return seconds_text(value)
    return str(value)


def _to_bool(value: Any) -> bool:
    if isinstance(value, str):
        if value in ("true", "True", "TRUE", "t", "1"):
            return True
        if value in ("false", "False", "FALSE", "f", "0"):
            return False
        raise Fault(f"The text {_shown(value)} is neither true nor false.")
    return bool(value)


def instant(value: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, as all documents write instants."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds_text(value: timedelta) -> str:
    total = value / timedelta(seconds=1)
    return f"{int(total) if total.is_integer() else total}s"


def _timestamp(value: Any) -> datetime:
    try:
        if isinstance(value, int):
            return datetime.fromtimestamp(value, UTC)
        if isinstance(value, str):
            found = datetime.fromisoformat(value)
            if found.tzinfo is None or "T" not in value.upper():
                raise ValueError
            return found.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise Fault(f"{_shown(value)} is no instant. Write it as 2026-01-31T09:00:00Z.") from None
    instant: datetime = value
    return instant


_PARTS: Final = re.compile(r"(\d+(?:\.\d+)?|\.\d+)(h|ms|us|ns|m|s)")
_UNITS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}


def _duration(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    body = value[1:] if value[:1] in ("-", "+") else value
    parts = _PARTS.findall(body)
    if not parts or "".join(number + unit for number, unit in parts) != body:
        raise Fault(f"{_shown(value)} is no duration. Write it as 1h30m or 90s.")
    try:
        total = timedelta(seconds=sum(float(number) * _UNITS[unit] for number, unit in parts))
    except OverflowError:
        raise Fault(f"The duration {_shown(value)} is too long.") from None
    return -total if value.startswith("-") else total


def _local(value: datetime, zone: str) -> datetime:
    found = re.fullmatch(r"([+-]?)(\d\d):(\d\d)", zone)
    if zone in ("", "UTC", "Z"):
        return value
    if found is None or int(found[2]) > 14 or int(found[3]) > 59:
        raise Fault(f"{_shown(zone)} is no offset. Write it as +02:00.")
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return value.astimezone(timezone(-offset if found[1] == "-" else offset))


def _moment(read: Callable[[datetime], int]) -> Function:
    return Function(
        lambda value, zone="": read(_local(value, zone)),
        (frozenset({"timestamp"}), TEXT),
        frozenset({"int"}),
        optional=1,
    )


def _span(unit_seconds: float) -> Function:
    return Function(
        lambda value: math.trunc(value / timedelta(seconds=unit_seconds)),
        (frozenset({"duration"}),),
        frozenset({"int"}),
    )


@lru_cache(maxsize=256)
def _pattern(pattern: str) -> Any:
    # jsonschema-rs brings a linear-time engine; a backtracking one could be stalled by a value.
    import jsonschema_rs

    try:
        return jsonschema_rs.Draft202012Validator(
            {"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions(size_limit=1 << 20)
        )
    except (ValueError, jsonschema_rs.ValidationError):
        raise Fault(
            f"{_shown(pattern)} is no regular pattern (look-around and back-references are not)."
        ) from None


def is_pattern(pattern: str) -> bool:
    try:
        _pattern(pattern)
    except Fault:
        return False
    return True


def _matches(text: str, pattern: str) -> bool:
    return bool(_pattern(pattern).is_valid(text))


def _substring(text: str, start: int, end: int | None = None) -> str:
    stop = len(text) if end is None else end
    if not 0 <= start <= stop <= len(text):
        raise Fault(f"Positions {start} to {stop} are not within a text of {len(text)} characters.")
    return text[start:stop]


def _replace(text: str, old: str, new: str) -> str:
    if text.count(old) * len(new) > MAX_TEXT:
        raise Fault(f"The result has more than {MAX_TEXT} characters.")
    return text.replace(old, new)


def _slice(items: list[JSON], start: int, end: int) -> list[JSON]:
    if not 0 <= start <= end <= len(items):
        raise Fault(f"Positions {start} to {end} are not within a list of {len(items)} items.")
    return list(items[start:end])


def _char_at(text: str, position: int) -> str:
    if not 0 <= position <= len(text):
        raise Fault(f"Position {position} is not within a text of {len(text)} characters.")
    return text[position : position + 1]


def _join(items: list[Any], separator: str = "") -> str:
    if not all(isinstance(item, str) for item in items):
        raise Fault("join needs a list of texts. Convert the items with map(item, string(item)).")
    return separator.join(items)


def _split(text: str, separator: str) -> list[str]:
    return text.split(separator) if separator else list(text)


def _greatest(*values: Any) -> Any:
    return max(_numbers(values))


def _least(*values: Any) -> Any:
    return min(_numbers(values))


def _numbers(values: tuple[Any, ...]) -> list[Any]:
    found = list(values[0]) if len(values) == 1 and isinstance(values[0], list | tuple) else list(values)
    if not found:
        raise Fault("The list is empty: there is no greatest or least number.")
    if not all(kind_of(value) in NUMBER for value in found):
        raise Fault("Only numbers can be compared here.")
    return found


def _round(value: float) -> float:
    return float(math.copysign(math.floor(abs(value) + 0.5), value))


def _sum(items: list[Any]) -> Any:
    if not all(kind_of(item) in NUMBER for item in items):
        raise Fault("sum needs a list of numbers.")
    total = sum(items)
    return integer(total) if isinstance(total, int) else total


def _lower(text: str) -> str:
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in text)


def _upper(text: str) -> str:
    return "".join(chr(ord(c) - 32) if "a" <= c <= "z" else c for c in text)


def _size(value: Any) -> int:
    return len(value)


_INT, _BOOL, _DOUBLE, _LIST = (frozenset({kind}) for kind in ("int", "bool", "double", "list"))
_SIZED: Final = frozenset({"text", "list", "map"})
_COUNT: Final = {"type": "integer", "minimum": 0}
_TEXTS: Final = {"type": "array", "items": {"type": "string"}}
_SEARCH: Final = (TEXT, TEXT)
SIZE: Final = Function(_size, (_SIZED,), _INT, schema=_COUNT)

FUNCTIONS: Final[Mapping[str, Function]] = {
    "size": SIZE,
    "int": Function(_to_int, (NUMBER | TEXT | {"timestamp"},), _INT),
    "double": Function(_to_double, (NUMBER | TEXT,), _DOUBLE),
    "string": Function(_to_text, (NUMBER | TEXT | {"bool", "timestamp", "duration"},), TEXT),
    "bool": Function(_to_bool, (TEXT | {"bool"},), _BOOL),
    "timestamp": Function(_timestamp, (TEXT | {"int", "timestamp"},), frozenset({"timestamp"})),
    "duration": Function(_duration, (TEXT | {"duration"},), frozenset({"duration"})),
    "dyn": Function(lambda value: value, (ANY,), ANY),
    "matches": Function(_matches, _SEARCH, _BOOL),
    "math.greatest": Function(_greatest, (NUMBER | _LIST, *[NUMBER] * 9), NUMBER, optional=9),
    "math.least": Function(_least, (NUMBER | _LIST, *[NUMBER] * 9), NUMBER, optional=9),
    "math.abs": Function(abs, (NUMBER,), NUMBER),
    "math.ceil": Function(lambda value: float(math.ceil(value)), (NUMBER,), _DOUBLE),
    "math.floor": Function(lambda value: float(math.floor(value)), (NUMBER,), _DOUBLE),
    "math.round": Function(_round, (NUMBER,), _DOUBLE),
    ".size": SIZE,
    ".contains": Function(lambda text, part: part in text, _SEARCH, _BOOL),
    ".startsWith": Function(lambda text, part: text.startswith(part), _SEARCH, _BOOL),
    ".endsWith": Function(lambda text, part: text.endswith(part), _SEARCH, _BOOL),
    ".matches": Function(_matches, _SEARCH, _BOOL),
    ".charAt": Function(_char_at, (TEXT, _INT), TEXT),
    ".indexOf": Function(lambda text, part: text.find(part), _SEARCH, _INT),
    ".lastIndexOf": Function(lambda text, part: text.rfind(part), _SEARCH, _INT),
    ".lowerAscii": Function(_lower, (TEXT,), TEXT),
    ".upperAscii": Function(_upper, (TEXT,), TEXT),
    ".trim": Function(lambda text: text.strip(), (TEXT,), TEXT),
    ".replace": Function(_replace, (TEXT, TEXT, TEXT), TEXT),
    ".split": Function(_split, _SEARCH, _LIST, schema=_TEXTS),
    ".substring": Function(_substring, (TEXT, _INT, _INT), TEXT, optional=1),
    ".join": Function(_join, (_LIST, TEXT), TEXT, optional=1),
    ".reverse": Function(lambda items: items[::-1], (_LIST,), _LIST),
    ".slice": Function(_slice, (_LIST, _INT, _INT), _LIST),
    ".sum": Function(_sum, (_LIST,), NUMBER),
    ".getFullYear": _moment(lambda at: at.year),
    ".getMonth": _moment(lambda at: at.month - 1),
    ".getDate": _moment(lambda at: at.day),
    ".getDayOfMonth": _moment(lambda at: at.day - 1),
    ".getDayOfWeek": _moment(lambda at: at.isoweekday() % 7),
    ".getDayOfYear": _moment(lambda at: at.timetuple().tm_yday - 1),
    ".getHours": _moment(lambda at: at.hour),
    ".getMinutes": _moment(lambda at: at.minute),
    ".getSeconds": _moment(lambda at: at.second),
    ".getMilliseconds": _moment(lambda at: at.microsecond // 1000),
    ".toHours": _span(3600),
    ".toMinutes": _span(60),
    ".toSeconds": _span(1),
}


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:36]}…{text[-1]}"
