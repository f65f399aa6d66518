"""Where a comment is anchored: {file, line}, {pointer} into the contract, or nowhere."""

from contracts.canonical import JSON
from contracts.problems import Problem

MAX_TEXT = 500


def check_anchor(anchor: JSON) -> list[Problem]:
    match anchor:
        case None:
            return []
        case {"file": str(file), "line": int(line), **rest} if not rest and file and line > 0:
            return [] if len(file) <= MAX_TEXT and not isinstance(line, bool) else [_wrong()]
        case {"pointer": str(pointer), **rest} if not rest and pointer[:1] in ("", "/"):
            return [] if len(pointer) <= MAX_TEXT else [_wrong()]
        case _:
            return [_wrong()]


def _wrong() -> Problem:
    message = "An anchor is {file, line}, counted from 1, or {pointer} into the contract."
    return Problem(code="anchor", path="/anchor", message=message)
