"""Whether a value is in some cells: our own evaluation, used to guide the search.

Never:     decides an answer by itself; witnesses are confirmed by two validators that share no code with
           this.
"""

from collections.abc import Iterable
from typing import Any

from contracts.canonical import JSON
from contracts.schema.exact import exact, is_equal
from contracts.schema.numeric import holds_number
from contracts.schema.outcome import Fuel
from contracts.schema.strings import Strings
from contracts.schema.terms import ARRAY, NUMBER, OBJECT, STRING, Handle, Space, Term, truth


def kind_of(value: JSON) -> int:
    """The index of a value's kind in `KINDS`."""
    if value is None:
        return 0
    if isinstance(value, bool):
        return 2 if value else 1
    if isinstance(value, int | float):
        return NUMBER
    if isinstance(value, str):
        return STRING
    return ARRAY if isinstance(value, list) else OBJECT


class Evaluator:
    """Evaluates terms on values; None means that an opaque literal decides."""

    def __init__(self, space: Space, strings: Strings, fuel: Fuel) -> None:
        self.space = space
        self.strings = strings
        self.fuel = fuel

    def holds(self, handle: Handle, value: JSON) -> bool | None:
        if handle is self.space.anything:
            return True
        kind = kind_of(value)
        return self.term_holds(self.space.opened(handle).terms[kind], kind, value)

    def term_holds(self, term: Term, kind: int, value: JSON) -> bool | None:
        self.fuel.spend(1)
        if kind == NUMBER:
            return holds_number(term, exact(value))
        if kind == STRING:
            return self.strings.holds(term, value)
        if kind == ARRAY:
            return truth(term, lambda literal: self._array_literal(literal, value))
        if kind == OBJECT:
            return truth(term, lambda literal: self._object_literal(literal, value))
        return truth(term, lambda literal: None)

    def _array_literal(self, literal: Term, items: list[JSON]) -> bool | None:
        args = literal.args
        match literal.op:
            case "more":
                return bool(len(items) >= args[0])
            case "fewer":
                return bool(len(items) <= args[0])
            case "items":
                return _all(self.holds(args[2], item) for item in items[args[0] : args[1]])
            case "item":
                return _any(self.holds(args[2], item) for item in items[args[0] : args[1]])
            case "having":
                return self._at_least(args[0], [self.holds(args[1], item) for item in items])
            case "lacking":
                enough = self._at_least(args[0] + 1, [self.holds(args[1], item) for item in items])
                return None if enough is None else not enough
            case "unique":
                return not _has_twins(items)
            case "repeated":
                return _has_twins(items)
        return None

    def _object_literal(self, literal: Term, fields: dict[str, JSON]) -> bool | None:
        args = literal.args
        match literal.op:
            case "every":
                return _all(self._every(args, key, item) for key, item in _in_reach(args[0], fields))
            case "some":
                return _any(self._some(args, key, item) for key, item in _in_reach(args[0], fields))
            case "keys":
                return self._at_least(args[0], [self.strings.holds(args[1], key) for key in fields])
            case "no_keys":
                enough = self._at_least(args[0] + 1, [self.strings.holds(args[1], key) for key in fields])
                return None if enough is None else not enough
        return None

    def _every(self, args: tuple[Any, ...], key: str, item: JSON) -> bool | None:
        """The key is outside of the set, or its value is in the cells."""
        applies = self.strings.holds(args[0], key)
        if applies is False:
            return True
        accepted = self.holds(args[1], item)
        return accepted if applies or accepted else None

    def _some(self, args: tuple[Any, ...], key: str, item: JSON) -> bool | None:
        """The key is in the set and its value is in the cells."""
        applies = self.strings.holds(args[0], key)
        if applies is False:
            return False
        accepted = self.holds(args[1], item)
        return accepted if applies or accepted is False else None

    def _at_least(self, count: int, values: list[bool | None]) -> bool | None:
        if values.count(True) >= count:
            return True
        return None if len(values) - values.count(False) >= count else False


def _in_reach(keys: Term, fields: dict[str, JSON]) -> Iterable[tuple[str, JSON]]:
    """The fields that a set of keys may speak of: an enumeration only of those that it names."""
    if keys.op == "in":
        return [(key, fields[key]) for key in keys.args[0] if key in fields]
    return fields.items()


def _has_twins(items: list[JSON]) -> bool:
    return any(is_equal(left, right) for index, left in enumerate(items) for right in items[index + 1 :])


def _all(values: Iterable[bool | None]) -> bool | None:
    result: bool | None = True
    for value in values:
        if value is False:
            return False
        if value is None:
            result = None
    return result


def _any(values: Iterable[bool | None]) -> bool | None:
    result: bool | None = False
    for value in values:
        if value is True:
            return True
        if value is None:
            result = None
    return result
