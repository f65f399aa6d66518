"""Finds everything that a regular expression with named groups matches."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from lamina import Context, ModuleError, Port, Schema, module

MAX_LINE = 10_000
QUANTIFIER = re.compile(r"[*+?]|\{(\d*)(,?)(\d*)\}")
CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Inputs:
    text: Annotated[str, Port(max_bytes=4 << 20, doc="The text to search.")]


@dataclass(frozen=True, kw_only=True)
class Config:
    pattern: Annotated[
        str,
        Schema(
            minLength=1,
            maxLength=2000,
            description="Python's syntax; name what you want: `(?P<year>[0-9]{4})`.",
        ),
    ]
    ignore_case: Annotated[bool, Schema(description="Whether A and a are the same.")] = False
    per: Annotated[
        Literal["line", "text"],
        Schema(description="line: each line by itself, and only lines ≤ 10,000 characters."),
    ] = "line"
    max_matches: Annotated[
        int, Schema(minimum=1, maximum=100_000, description="More matches are an error.")
    ] = 10_000


@dataclass(frozen=True, kw_only=True)
class Match:
    line: Annotated[int, Schema(minimum=1)]
    text: str
    groups: Annotated[dict[str, str | None], Schema(description="Named groups; null where one took no part.")]


@dataclass(frozen=True, kw_only=True)
class Outputs:
    matches: Annotated[
        list[Match], Port(max_bytes=16 << 20, doc="Each match with its place, its text and its groups.")
    ]
    rows: Annotated[
        list[dict[str, str | None]], Port(max_bytes=16 << 20, doc="The groups of each match alone.")
    ]


class BadPattern(ModuleError):
    """The pattern cannot be read, or could take forever on some text."""

    message = "the pattern cannot be used: {reason}"
    reason: str


class LineTooLong(ModuleError):
    """A line (or the text, per text) is too long to be searched safely."""

    message = "line {line} has {length} characters, {max_length} are searched"
    line: Annotated[int, Schema(minimum=1)]
    length: int
    max_length: int


class TooManyMatches(ModuleError):
    """There are more matches than `max_matches`."""

    message = "more than {max_matches} matches"
    max_matches: int


@module(errors=[BadPattern, LineTooLong, TooManyMatches])
def run(inputs: Inputs, context: Context[Config]) -> Outputs:
    config = context.config
    pattern = _compiled(config)
    lines = inputs.text.split("\n") if config.per == "line" else [inputs.text]
    limit = MAX_LINE if config.per == "line" else 10 * MAX_LINE
    matches: list[Match] = []
    for number, line in enumerate(lines, start=1):
        if len(line) > limit:
            raise LineTooLong(line=number, length=len(line), max_length=limit)
        for found in pattern.finditer(line):
            if len(matches) == config.max_matches:
                raise TooManyMatches(max_matches=config.max_matches)
            at = number + line.count("\n", 0, found.start())
            matches.append(Match(line=at, text=found[0], groups=found.groupdict()))
    return Outputs(matches=matches, rows=[match.groups for match in matches])


def _compiled(config: Config) -> re.Pattern[str]:
    if wrong := _why_slow(config.pattern):
        raise BadPattern(reason=wrong)
    flags = re.MULTILINE | (re.IGNORECASE if config.ignore_case else 0)
    try:
        return re.compile(config.pattern, flags)
    except (re.error, OverflowError, RecursionError) as error:
        raise BadPattern(reason=str(error)) from error


def _why_slow(pattern: str) -> str:
    """Refuses what backtracks without end: a repeated group that repeats or chooses inside, and look-behinds.

    A flat sequence of repeats is at worst polynomial; the length of a line and the wall limit bound it.
    """
    groups: list[bool] = []  # per open group: does it repeat or choose inside
    unbounded = at = 0
    last_group_varies = False
    while at < len(pattern):
        character = pattern[at]
        step, just_closed = 1, False
        if character == "\\":
            if at + 1 < len(pattern) and pattern[at + 1] in "123456789":
                return "back-references are not allowed"
            step = 2
        elif character == "[" and (found := CLASS.match(pattern, at)):
            step = found.end() - at
        elif character == "(":
            if pattern.startswith(("(?=", "(?!", "(?<=", "(?<!", "(?P=", "(?("), at):
                return "look-around, conditions and back-references are not allowed"
            groups.append(False)
            step = 3 if pattern.startswith(("(?:", "(?P"), at) else 1
        elif character == ")":
            last_group_varies, just_closed = (groups.pop() if groups else False), True
            if groups:
                groups[-1] = groups[-1] or last_group_varies
        elif character == "|" and groups:
            groups[-1] = True
        if not just_closed and character in "()|":
            at += step
            continue
        repeat = QUANTIFIER.match(pattern, at + step)
        if repeat:
            is_unbounded = repeat[0] in "*+" or (repeat[2] == "," and not repeat[3])
            is_repeated = is_unbounded or (repeat[0] != "?" and int(repeat[3] or repeat[1] or 0) > 1)
            if just_closed and last_group_varies and is_repeated:
                return "a repeated group may not repeat or choose inside"
            if groups and repeat[0] != "?":
                groups[-1] = groups[-1] or is_unbounded or bool(repeat[2])
            elif groups:
                groups[-1] = True
            unbounded += is_unbounded
            step += repeat.end() - repeat.start()
            if pattern[at + step : at + step + 1] in ("?", "+"):
                step += 1
        at += step
    return "more than 20 unbounded repeats" if unbounded > 20 else ""
