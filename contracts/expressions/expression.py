"""A compiled expression and what evaluating it may raise."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from contracts.canonical import JSON, MAX_DEPTH
from contracts.canonical import MAX_INTEGER as JSON_INTEGER
from contracts.expressions.evaluation import FUEL, compiled
from contracts.expressions.functions import FUNCTIONS, instant, seconds_text
from contracts.expressions.lexer import refusal
from contracts.expressions.macros import Frame, OutOfFuel, Refused, Step
from contracts.expressions.parser import parse
from contracts.expressions.tree import Call, Tree, children, fields_read, free_names


class ExpressionError(Exception):
    """An expression had no result for these values; `system.expression` of a run."""

    code = "expression"

    def __init__(self, text: str, message: str, at: int = 0) -> None:
        super().__init__(f"{message} (in {_excerpt(text, at)})")
        self.text = text
        self.at = at


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """An expression, ready to be evaluated. `names`: the variables it takes from outside."""

    text: str
    names: frozenset[str]
    tree: Tree = field(repr=False)
    step: Step = field(repr=False)

    def evaluate(self, variables: Mapping[str, JSON], *, fuel: int = FUEL) -> JSON:
        """The result as JSON: instants as RFC 3339 text, durations as seconds with an s.

        Raises `ExpressionError` for a fault, for work beyond `fuel` (about 0.3 µs a unit) and for a result
        that JSON cannot hold.
        """
        try:
            return _json(self.step(Frame(variables, fuel)), 0)
        except Refused as refused:
            raise ExpressionError(self.text, refused.message, refused.at) from None
        except OutOfFuel:
            message = "The expression does too much work. Filter earlier, or use a module."
            raise ExpressionError(self.text, message) from None

    def fields_of(self, variable: str) -> frozenset[str] | None:
        """The fields of a variable that are read by name; None where all of it may be read."""
        found = frozenset(fields_read(self.tree, variable))
        return None if None in found else frozenset(name for name in found if name is not None)


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Expression:
    """Raises `ProblemsError` with the place and what to do."""
    tree = parse(text)
    _check_calls(text, tree)
    names = frozenset(name.name for name in free_names(tree))
    return Expression(text, names, tree, compiled(tree))


def _check_calls(text: str, tree: Tree) -> None:
    if isinstance(tree, Call):
        function = FUNCTIONS.get(tree.function)
        if function is None:
            raise refusal(text, tree.at, _no_function(tree.function))
        most, least = len(function.takes), len(function.takes) - function.optional
        if not least <= len(tree.arguments) <= most:
            # A method's target is its first argument, which the author does not count.
            own = tree.function.startswith(".")
            wanted = " to ".join(str(count - own) for count in sorted({least, most}))
            name = tree.function.lstrip(".")
            raise refusal(text, tree.at, f"{name} takes {wanted} arguments, not {len(tree.arguments) - own}.")
    for child in children(tree):
        _check_calls(text, child)


def _no_function(function: str) -> str:
    name = function.lstrip(".")
    if not function.startswith(".") and f".{name}" in FUNCTIONS:
        return f"{name} is called on a value: value.{name}(…)."
    if function.startswith(".") and name in FUNCTIONS:
        return f"{name} takes its value as an argument: {name}(value)."
    known = ", ".join(sorted({known.lstrip(".") for known in FUNCTIONS}))
    return f"There is no function {name!r}. There are {known}, all, exists, exists_one, filter, has, map."


def _json(value: Any, depth: int) -> JSON:
    match value:
        case None | bool() | str():
            return value
        case int():
            if abs(value) > JSON_INTEGER:
                raise Refused(0, f"The result {value} is beyond 2^53 - 1. Use string(…) or double(…)")
            return value
        case float():
            if not math.isfinite(value):
                raise Refused(0, "The result is infinite or no number")
            return value
        case datetime():
            return instant(value)
        case timedelta():
            return seconds_text(value)
    if depth >= MAX_DEPTH:
        raise Refused(0, f"The result is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, Mapping):
        return {key: _json(entry, depth + 1) for key, entry in value.items()}
    return [_json(entry, depth + 1) for entry in value]


def _excerpt(text: str, at: int) -> str:
    start = max(0, at - 30)
    part = text[start : start + 60]
    return ("…" if start else "") + part + ("…" if start + 60 < len(text) else "")
