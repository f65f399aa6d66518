"""The two independent validators that have the last word on a witness.

Owns:      jsonschema-rs, and jsonschema twice: told to read patterns and multiples as this language does, and as it
           is published.
Promises:  never fetches a document, never backtracks without bound, never raises: None is "cannot judge".
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import jsonschema_rs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]  # has no types

from contracts.canonical import JSON
from contracts.problems import pointer
from contracts.schema.automaton import automaton_of, why_not_regular
from contracts.schema.documents import form_of
from contracts.schema.exact import children, exact, is_number
from contracts.schema.numeric import is_multiple
from contracts.schema.regex import NotRegular, is_plain

BACKTRACK_LIMIT: Final = 10_000
_SHORT: Final = 12  # texts that any pattern may be tried on
_LONG: Final = 1_000
_META_SCHEMA: Final = jsonschema_rs.Draft202012Validator(
    {"$ref": "https://json-schema.org/draft/2020-12/schema"}, validate_formats=False, offline=True
)


class Referee:
    """Both validators of one schema."""

    def __init__(self, schema: JSON) -> None:
        self.schema = schema
        self._compiled: Any = None

    @property
    def _fast(self) -> Any:
        """The compiled jsonschema-rs validator, False when it cannot be made."""
        if self._compiled is None:
            self._compiled = _compiled(self.schema)
        return self._compiled

    def accepts(self, value: JSON) -> bool | None:
        """Whether the schema accepts the value; None unless both validators say the same."""
        first = self._first(value)
        if first is None or self._second(value) is not first:
            return None
        return first

    def confirms(self, value: JSON, *, is_accepted: bool) -> bool:
        """Whether the validators agree on this; jsonschema as it is published where it can judge at all."""
        if self.accepts(value) is not is_accepted:
            return False
        if self._is_slow(value):
            return True
        return _judged(Draft202012Validator, self.schema, value) in (is_accepted, None)

    def refusal(self, value: JSON) -> Any:
        """The first error of the fast validator, None when it accepts the value."""
        if self._fast is False:
            return None
        return next(iter(self._fast.iter_errors(value)), None)

    def _first(self, value: JSON) -> bool | None:
        if self._fast is False:
            return None
        try:
            return bool(self._fast.is_valid(value))
        except (ValueError, TypeError, OverflowError):
            return None

    def _second(self, value: JSON) -> bool | None:
        if b"unevaluatedProperties" in form_of(self.schema) and self._is_slow(value):
            return None
        return _judged(_Validator, self.schema, value)

    def _is_slow(self, value: JSON) -> bool:
        """Whether Python's regular expressions, which backtrack, could take long over the texts of the value."""
        longest = max(map(len, _texts(value)), default=0)
        if longest <= _SHORT:
            return False
        return longest > _LONG or not all(map(is_plain, _patterns(self.schema)))


def _judged(validator: Any, schema: JSON, value: JSON) -> bool | None:
    try:
        return bool(validator(schema, registry=REGISTRY).is_valid(value))
    except Exception:  # noqa: BLE001  whatever stops a validator only means that it cannot judge
        return None


def _texts(value: JSON) -> Iterator[str]:
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            yield from item
        pending.extend(children(item))


def _patterns(schema: JSON) -> Iterator[str]:
    """Everything that may be a pattern, wherever it stands."""
    pending = [schema]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            if isinstance(item.get("pattern"), str):
                yield item["pattern"]
            if isinstance(item.get("patternProperties"), dict):
                yield from item["patternProperties"]
        pending.extend(children(item))


def malformed(schema: JSON) -> str | None:
    """Why this is no JSON Schema 2020-12, in the words of a validator, or None."""
    try:
        if _META_SCHEMA.is_valid(schema):
            return None
        error = next(iter(_META_SCHEMA.iter_errors(schema)))
    except (ValueError, TypeError, OverflowError) as unreadable:
        return str(unreadable).partition("\n")[0]
    return f"{pointer(*error.instance_path) or '/'}: {error.message}"


def _compiled(schema: JSON) -> Any:
    options = jsonschema_rs.FancyRegexOptions(backtrack_limit=BACKTRACK_LIMIT)
    try:
        return jsonschema_rs.Draft202012Validator(
            schema, pattern_options=options, validate_formats=False, offline=True
        )
    except (ValueError, TypeError, jsonschema_rs.ReferencingError):
        return False


def _matches(pattern: str, text: str) -> bool:
    """A pattern that is not regular goes to Python's engine, which backtracks: only short texts may."""
    if why_not_regular(pattern) is None:
        return automaton_of(pattern).matches(text)
    if len(text) > _SHORT:
        raise NotRegular(f"the text is too long for the pattern {pattern}")
    return re.search(pattern, text) is not None


def _pattern(validator: Any, pattern: str, instance: JSON, schema: JSON) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not _matches(pattern, instance):
        yield ValidationError(f"does not match {pattern}")


def _pattern_properties(
    validator: Any, patterns: Any, instance: JSON, schema: JSON
) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        for pattern, item in patterns.items():
            for key, value in instance.items():
                if _matches(pattern, key):
                    yield from validator.descend(value, item, path=key, schema_path=pattern)


def _additional_properties(
    validator: Any, item: Any, instance: JSON, schema: Any
) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        patterns = schema.get("patternProperties", {})
        for key, value in instance.items():
            if key not in schema.get("properties", {}) and not any(
                _matches(pattern, key) for pattern in patterns
            ):
                yield from validator.descend(value, item, path=key)


def _multiple_of(validator: Any, step: Any, instance: JSON, schema: JSON) -> Iterator[ValidationError]:
    if is_number(instance) and not is_multiple(exact(instance), exact(step)):
        yield ValidationError(f"is not a multiple of {step}")


_Validator: Final[Any] = extend(  # type: ignore[no-untyped-call]  # nor has this
    Draft202012Validator,
    {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
        "multipleOf": _multiple_of,
    },
)
