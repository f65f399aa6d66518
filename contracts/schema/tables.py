"""Table and binary ports: which columns and media types may flow where.

Owns:      the widening lattice int32 < int64 < decimal, float32 < float64 (never from integers to floats),
           columns by name, nullability, units; media types and ranges.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from contracts.canonical import JSON
from contracts.problems import pointer
from contracts.schema.verdict import Verdict

Column = Mapping[str, JSON]
Columns = Sequence[Column]

_DIGITS: Final = {"int32": 10, "int64": 19}
_DECIMAL: Final = re.compile(r"decimal\((\d+),(\d+)\)")


def judge_columns(out_columns: str | Columns, in_columns: str | Columns) -> Verdict:
    """Whether every table with `out_columns` may flow into a port with `in_columns`.

    By name; further columns are allowed. A `no` points at the columns of both sides and says why; there is
    no witness.
    """
    if isinstance(in_columns, str):
        return Verdict(answer="yes", proof=(f"/: {in_columns} accepts any table",))
    if isinstance(out_columns, str):
        return Verdict(answer="unknown", reason=f"Nothing says what columns {out_columns} stands for.")
    places = {column["name"]: index for index, column in enumerate(out_columns)}
    for index, wanted in enumerate(in_columns):
        place = places.get(wanted["name"])
        if place is None:
            return _refused("name", f"The column {wanted['name']} is missing.", "", pointer(index))
        refusal = _column_refusal(out_columns[place], wanted)
        if refusal is not None:
            return _refused(*refusal, pointer(place), pointer(index))
    return Verdict(answer="yes", proof=tuple(f"/{item['name']}: fits" for item in in_columns))


def _refused(keyword: str, reason: str, pointer_a: str, pointer_b: str) -> Verdict:
    return Verdict(answer="no", keyword=keyword, reason=reason, pointer_a=pointer_a, pointer_b=pointer_b)


def _column_refusal(given: Column, wanted: Column) -> tuple[str, str] | None:
    name = wanted["name"]
    if not widens(given["type"], wanted["type"]):
        return "type", f"The column {name} is {given['type']}, which does not widen to {wanted['type']}."
    if given.get("nullable", False) and not wanted.get("nullable", False):
        return "nullable", f"The column {name} may hold null, which is not accepted."
    if wanted.get("unit") and given.get("unit") != wanted["unit"]:
        return "unit", f"The column {name} is in {given.get('unit') or 'no unit'}, not in {wanted['unit']}."
    return None


def widens(given: str, wanted: str) -> bool:
    """Whether every value of one column type is a value of the other."""
    if given == wanted or (given, wanted) in (("int32", "int64"), ("float32", "float64")):
        return True
    target = _DECIMAL.fullmatch(wanted)
    if target is None:
        return False
    precision, scale = int(target[1]), int(target[2])
    if given in _DIGITS:
        return precision - scale >= _DIGITS[given]
    source = _DECIMAL.fullmatch(given)
    if source is None:
        return False
    return scale >= int(source[2]) and precision - scale >= int(source[1]) - int(source[2])


def join_columns(left: Columns, right: Columns) -> list[Column]:
    """The columns that rows of both tables have, each wide enough for both."""
    others = {column["name"]: column for column in right}
    result: list[Column] = []
    for column in left:
        other = others.get(column["name"])
        if other is None or column.get("unit") != other.get("unit"):
            continue
        wide = next((one for one in (column, other) if _is_wide(one, column, other)), None)
        if wide is not None:
            is_nullable = column.get("nullable", False) or other.get("nullable", False)
            result.append({**column, "type": wide["type"], **({"nullable": True} if is_nullable else {})})
    return result


def _is_wide(column: Column, left: Column, right: Column) -> bool:
    return widens(left["type"], column["type"]) and widens(right["type"], column["type"])


def judge_media_type(out_type: str, in_type: str) -> Verdict:
    """Whether every binary of the type or range `out_type` may flow into a port of `in_type`."""
    given, given_parameters = _media(out_type)
    wanted, wanted_parameters = _media(in_type)
    fits = all(want in ("*", have) for have, want in zip(given, wanted, strict=True))
    if fits and wanted_parameters <= given_parameters:
        return Verdict(answer="yes", proof=(f"/: {out_type} is within {in_type}",))
    return Verdict(answer="no", keyword="type", reason=f"{out_type} is not within {in_type}.")


def _media(text: str) -> tuple[tuple[str, str], frozenset[str]]:
    kind, *parameters = (part.strip().lower() for part in text.split(";"))
    major, _, minor = kind.partition("/")
    return (major, minor or "*"), frozenset(parameters)
