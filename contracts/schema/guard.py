"""The guard of a port at run time: does this value fulfil the schema?

Owns:      compiled jsonschema-rs validators, told to match patterns in linear time.
Promises:  `is_valid` for the fast path, `problems` with the pointer and the schema's words; never fetches a
           document.
"""

from itertools import islice
from typing import Any, Final

import jsonschema_rs

from contracts.canonical import JSON
from contracts.problems import Problem, ProblemsError, pointer

MAX_PROBLEMS: Final = 20
_MAX_WORDS: Final = 300


class Guard:
    """A compiled schema; make one with `compile_guard` and keep it."""

    __slots__ = ("_validator",)

    def __init__(self, validator: Any) -> None:
        self._validator = validator

    def is_valid(self, value: JSON) -> bool:
        """Whether the value fulfils the schema; what is no JSON value does not."""
        try:
            return bool(self._validator.is_valid(value))
        except (ValueError, TypeError, OverflowError):
            return False

    def problems(self, value: JSON) -> list[Problem]:
        """What the schema refuses about the value, at most `MAX_PROBLEMS`; none means it is valid."""
        try:
            errors = islice(self._validator.iter_errors(value), MAX_PROBLEMS)
            return [_problem(error) for error in errors]
        except (ValueError, TypeError, OverflowError) as error:
            return [Problem(code="not_json", path="", message=f"No JSON value: {error}. Send JSON.")]


def compile_guard(schema: JSON) -> Guard:
    """The guard of a self-contained schema (see `localise`); raises `ProblemsError` for what is no schema."""
    try:
        validator = jsonschema_rs.Draft202012Validator(
            schema, pattern_options=jsonschema_rs.RegexOptions(), validate_formats=False, offline=True
        )
    except jsonschema_rs.ValidationError as error:
        path = pointer(*error.instance_path)
        raise ProblemsError(
            [Problem(code="not_a_schema", path=path, message=_words(error.message))]
        ) from error
    except (ValueError, TypeError, jsonschema_rs.ReferencingError) as error:
        raise ProblemsError([Problem(code="not_a_schema", path="", message=_words(str(error)))]) from error
    return Guard(validator)


def _problem(error: Any) -> Problem:
    return Problem(code="value_refused", path=pointer(*error.instance_path), message=_message(error))


def _message(error: Any) -> str:
    """Fields that are missing or unknown are told plainly; of all else also where the schema says so."""
    match error.kind.name:
        case "required":
            return f"The field {_words(error.kind.property)} is missing. Add it."
        case "additionalProperties":
            names = _words(", ".join(error.kind.unexpected))
            return f"Not known here: {names}. Remove it, or look at its spelling."
    keyword = pointer(*error.schema_path)
    return f"{_words(error.message)}. The schema says so at {keyword or '/'}."


def _words(message: str) -> str:
    text = message.partition("\n")[0].rstrip(".")
    return text if len(text) <= _MAX_WORDS else text[:_MAX_WORDS] + "…"
