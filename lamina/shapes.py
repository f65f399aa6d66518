"""Between JSON values and the classes that an author declares.

Owns:      fields of a class, and the two directions: `reader_of` (JSON → class), `writer_of` (class → JSON).
Promises:  what needs no conversion costs nothing: the reader of plain JSON types is None.
Never:     validates; the host's guards have done that, or will.
"""

import dataclasses
import sys
import types
from collections.abc import Callable, Mapping
from functools import cache
from typing import (
    Annotated,
    Any,
    Literal,
    NamedTuple,
    NotRequired,
    Required,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from lamina.handles import Binary, Table

Convert = Callable[[Any], Any]
MISSING: Any = dataclasses.MISSING


class Field(NamedTuple):
    """One field of a declared class; `default` is MISSING, or the value that stands in."""

    name: str
    hint: Any
    default: Any
    is_required: bool


def bare(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """A hint without `Annotated`, `Required` and `NotRequired`, and what `Annotated` added."""
    notes: tuple[Any, ...] = ()
    while (origin := get_origin(hint)) in (Annotated, Required, NotRequired):
        if origin is Annotated:
            notes = (*hint.__metadata__, *notes)
        hint = get_args(hint)[0]
    return hint, notes


def is_union(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType)


def without_none(hint: Any) -> tuple[Any, bool]:
    """`X | None` as (X, True), keeping what `Annotated` says of the whole; else (hint, False)."""
    inner, notes = bare(hint)
    if not is_union(inner) or type(None) not in get_args(inner):
        return hint, False
    rest = tuple(argument for argument in get_args(inner) if argument is not type(None))
    joined: Any = Union[rest]  # noqa: UP007 - built from a tuple, which `|` cannot do
    return (Annotated[(joined, *notes)] if notes else joined), True


def record_class(hint: Any) -> Any | None:
    """The dataclass, TypedDict, pydantic or msgspec class behind a hint, or None."""
    origin = get_origin(hint) or hint
    if not isinstance(origin, type):
        return None
    if dataclasses.is_dataclass(origin) or is_typeddict(origin) or is_foreign(origin):
        return origin
    return None


def is_foreign(cls: Any) -> bool:
    """A pydantic model or a msgspec struct: these bring a schema and a conversion of their own."""
    return hasattr(cls, "model_json_schema") or hasattr(cls, "__struct_fields__")


@cache
def fields_of(cls: Any) -> tuple[Field, ...]:
    """The fields of a dataclass or TypedDict, in order."""
    hints = get_type_hints(cls, include_extras=True)
    if is_typeddict(cls):
        return tuple(
            Field(name, hint, MISSING, name in cls.__required_keys__) for name, hint in hints.items()
        )
    return tuple(
        Field(field.name, hints[field.name], default := _default_of(field), default is MISSING)
        for field in dataclasses.fields(cls)
        if field.init
    )


def _default_of(field: "dataclasses.Field[Any]") -> Any:
    return field.default if field.default_factory is dataclasses.MISSING else field.default_factory()


def reader_of(hint: Any) -> Convert | None:
    """What makes the declared type out of a JSON value or handle; None where the value is it already."""
    hint, _ = bare(hint)
    record = record_class(hint)
    if record is not None:
        return _record_reader(record)
    if hint is int:
        return _read_int
    if hint is float:
        return float
    if hint is bytes:
        return _read_bytes
    if is_union(hint):
        return _union_reader(hint)
    return _container(hint, reader_of)


def writer_of(hint: Any) -> Convert | None:
    """What makes a JSON value of the declared type; None where the value is one already."""
    hint, _ = bare(hint)
    record = record_class(hint)
    if record is not None or hint is Any or isinstance(hint, TypeVar) or is_union(hint):
        return plain_value
    return _container(hint, writer_of)


def _container(hint: Any, converter: Callable[[Any], Convert | None]) -> Convert | None:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (list, tuple) and arguments:
        if origin is tuple and not (len(arguments) == 2 and arguments[1] is Ellipsis):
            each = [converter(argument) or _same for argument in arguments]
            return lambda items: tuple(make(item) for make, item in zip(each, items, strict=True))
        one = converter(arguments[0])
        if origin is tuple:
            return tuple if one is None else lambda items: tuple(map(one, items))
        return None if one is None else lambda items: list(map(one, items))
    if origin is dict and (entry := converter(arguments[1])) is not None:
        return lambda entries: {key: entry(item) for key, item in entries.items()}
    return None


@cache
def _record_reader(cls: Any) -> Convert:
    if is_foreign(cls):
        return _foreign_reader(cls)
    readers: list[tuple[str, Convert | None]] = []

    def read(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise TypeError(f"{cls.__name__} is made of an object, not of a {type(value).__name__}.")
        if not readers:  # filled on first use: a class may hold itself
            readers.extend((field.name, reader_of(field.hint)) for field in fields_of(cls))
        return cls(
            **{
                name: convert(value[name]) if convert is not None else value[name]
                for name, convert in readers
                if name in value
            }
        )

    return read


def _foreign_reader(cls: Any) -> Convert:
    if hasattr(cls, "model_validate"):
        return lambda value: cls.model_validate(value)
    return lambda value: sys.modules["msgspec"].convert(value, cls)


def _union_reader(hint: Any) -> Convert | None:
    """The branch is chosen by the JSON type of the value; among several classes, the first that fits."""
    branches = [(branch, reader_of(branch)) for branch in get_args(hint)]
    if all(convert is None for _, convert in branches):
        return None

    def read(value: Any) -> Any:
        for branch, convert in branches:
            if _fits(branch, value):
                try:
                    return convert(value) if convert is not None else value
                except (TypeError, ValueError):
                    continue
        return value

    return read


def _fits(hint: Any, value: Any) -> bool:
    hint, _ = bare(hint)
    if record_class(hint) is not None or (get_origin(hint) or hint) is dict:
        return isinstance(value, Mapping)
    origin = get_origin(hint)
    if origin is Literal:
        return value in get_args(hint)
    if (origin or hint) in (list, tuple):
        return isinstance(value, list)
    if hint is type(None):
        return value is None
    if hint in (int, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    if hint is bytes:
        return isinstance(value, Binary | Table | bytes)
    return not isinstance(hint, type) or isinstance(value, hint)


def plain_value(value: Any) -> Any:
    """JSON of whatever an author returned; handles, bytes and files pass as they are."""
    if isinstance(value, list | tuple):
        return [plain_value(item) for item in value]
    if isinstance(value, Mapping):
        return {key: plain_value(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain_value(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if hasattr(value, "__struct_fields__"):
        return sys.modules["msgspec"].to_builtins(value)
    return value


def _same(value: Any) -> Any:
    return value


def _read_int(value: Any) -> Any:
    """JSON Schema counts 2.0 as an integer; Python does not."""
    return int(value) if isinstance(value, float) else value


def _read_bytes(value: Any) -> bytes:
    return bytes(value.buffer) if isinstance(value, Binary | Table) else bytes(value)
