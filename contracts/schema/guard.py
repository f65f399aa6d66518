"""The guard of a port at run time: does this value fulfil the schema?

Owns:      compiled jsonschema-rs validators, told to match patterns in linear time.
Promises:  `is_valid` for the fast path, `problems` with the pointer and the schema's words, whose cost does not
           grow with what could be said; never fetches a document.
"""

from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

import jsonschema_rs

from contracts.canonical import JSON
from contracts.problems import Problem, ProblemsError, pointer
from contracts.schema.branches import union_at, without_branches

MAX_PROBLEMS: Final = 20
_MAX_WORDS: Final = 300
_MAX_VALUE: Final = 150
_MOST_ERRORS: Final = 50_000
_TEXT: Final = 100
_UNTOLD: Final = Problem(code="value_refused", path="", message="Its schema refuses it.")


class Guard:
    """A compiled schema; make one with `compile_guard` and keep it."""

    __slots__ = ("_explained", "_explainer", "_schema", "_size_explained", "_validator")

    def __init__(self, schema: JSON) -> None:
        self._schema = schema
        self._validator = _validator(schema)
        self._explained: JSON = None
        self._explainer: Any = None
        self._size_explained = 0

    def is_valid(self, value: JSON) -> bool:
        """Whether the value fulfils the schema; what is no JSON value does not."""
        try:
            return bool(self._validator.is_valid(value))
        except (ValueError, TypeError, OverflowError):
            return False

    def problems(self, value: JSON, *, at_most: int = MAX_PROBLEMS) -> list[Problem]:
        """What the schema refuses about the value, `at_most` of it; none means it is valid.

        Where the value and the schema are large together, or the schema has references, it is the first alone:
        all of them are found at once, and there may be more than memory holds.
        """
        if self.is_valid(value):
            return []
        if self._explainer is None:
            self._explained = without_branches(self._schema)
            self._size_explained = 0 if _refers(self._schema) else _MOST_ERRORS // _size(self._schema)
            try:
                self._explainer = _validator(self._explained)
            except ValueError:  # a reference into a union
                return [_UNTOLD]
        try:
            errors = islice(self._errors(value, at_most), at_most)
            return [self._problem(error) for error in errors] or [_UNTOLD]
        except (ValueError, TypeError, OverflowError) as error:
            return [Problem(code="not_json", path="", message=f"No JSON value: {error}. Send JSON.")]

    def _errors(self, value: JSON, at_most: int) -> Iterable[Any]:
        if at_most > 1 and _size(value, self._size_explained) <= self._size_explained:
            errors: Iterable[Any] = self._explainer.iter_errors(value)
            return errors
        try:
            self._explainer.validate(value)
        except jsonschema_rs.ValidationError as error:
            return [error]
        return []

    def _problem(self, error: Any) -> Problem:
        path = pointer(*error.instance_path)
        return Problem(code="value_refused", path=path, message=self._message(error))

    def _message(self, error: Any) -> str:
        """Fields that are missing or unknown are told plainly; of all else also where the schema says so."""
        place, words = error.schema_path, error.message
        match error.kind.name:
            case "required":
                return f"The field {_words(error.kind.property)} is missing. Add it."
            case "additionalProperties":
                names = _words(", ".join(error.kind.unexpected))
                return f"Not known here: {names}. Remove it, or look at its spelling."
            case "falseSchema" if union := union_at(self._explained, place):
                how_many = "any" if union[-1] == "anyOf" else "exactly one"
                shown = words.removeprefix("False schema does not allow ")
                shown = shown if len(shown) <= _MAX_VALUE else f"{shown[:_MAX_VALUE]}…"
                place, words = union, f"{shown} is not valid under {how_many} of the schemas of {union[-1]}"
        return f"{_words(words)}. The schema says so at {pointer(*place) or '/'}."


def _validator(schema: JSON) -> Any:
    return jsonschema_rs.Draft202012Validator(
        schema, pattern_options=jsonschema_rs.RegexOptions(), validate_formats=False, offline=True
    )


def _refers(schema: JSON) -> bool:
    """Whether a part of it may be told twice about one value, and about each part of it again."""
    if isinstance(schema, dict):
        return "$ref" in schema or any(map(_refers, schema.values()))
    return isinstance(schema, list) and any(map(_refers, schema))


def _size(value: JSON, most: int = _MOST_ERRORS) -> int:
    """How many values it holds, where each `_TEXT` characters are another; counted until it is above `most`."""
    pending, size = [value], 0
    while pending and size <= most:
        item = pending.pop()
        size += 1
        if isinstance(item, str):
            size += len(item) // _TEXT
        elif isinstance(item, dict | list):
            if len(item) > most:
                return len(item) + size
            if isinstance(item, dict):
                size += sum(len(key) // _TEXT for key in item if isinstance(key, str))
            pending.extend(item.values() if isinstance(item, dict) else item)
    return size


def compile_guard(schema: JSON) -> Guard:
    """The guard of a self-contained schema (see `localise`); raises `ProblemsError` for what is no schema."""
    try:
        return Guard(schema)
    except jsonschema_rs.ValidationError as error:
        path = pointer(*error.instance_path)
        raise ProblemsError(
            [Problem(code="not_a_schema", path=path, message=_words(error.message))]
        ) from error
    except (ValueError, TypeError, jsonschema_rs.ReferencingError) as error:
        raise ProblemsError([Problem(code="not_a_schema", path="", message=_words(str(error)))]) from error


def _words(message: str) -> str:
    text = message.partition("\n")[0].rstrip(".")
    return text if len(text) <= _MAX_WORDS else text[:_MAX_WORDS] + "…"
