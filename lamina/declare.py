"""What an author writes beside the code: `Schema`, `Port` and the decorator `module`.

Owns:      the marks on type hints and on the entry function; `lamina/derive.py` reads them.
Never:     changes the function: a decorated function is called and tested like any other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, get_args, get_origin, get_type_hints, overload

from lamina.context import Context
from lamina.errors import ModuleError

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])
MARK = "__lamina__"


class Schema:
    """JSON Schema keywords for a value: `Annotated[str, Schema(maxLength=100)]`."""

    def __init__(self, **keywords: Any) -> None:
        self.keywords = keywords


class Port:
    """Fields of a port: `columns` of a table, `type` of a binary; unknown, max_bytes and doc of any."""

    def __init__(
        self,
        *,
        columns: Sequence[Mapping[str, Any]] | str | None = None,
        type: str | None = None,  # noqa: A002 - the name that the port has in contract.json
        unknown: str | None = None,
        max_bytes: int | None = None,
        doc: str | None = None,
    ) -> None:
        given = {"columns": columns, "type": type, "unknown": unknown, "max_bytes": max_bytes, "doc": doc}
        self.fields = {key: value for key, value in given.items() if value is not None}


@dataclass(kw_only=True)
class Declaration:
    """What the decorator learned of an entry function."""

    function: Callable[..., Any]
    errors: tuple[type[ModuleError], ...] = ()
    errors_open: bool = False
    comparators: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def hints(self) -> tuple[Any, Any, Any]:
        """The hints of inputs, config and outputs; None for config without a type."""
        names = list(self.function.__code__.co_varnames[: self.function.__code__.co_argcount])
        hints = get_type_hints(self.function, include_extras=True)
        if len(names) != 2 or names[0] not in hints or "return" not in hints:
            raise TypeError(
                f"Write {self.function.__qualname__}(inputs: Inputs, context: Context[Config]) -> Outputs."
            )
        context = hints.get(names[1])
        if (get_origin(context) or context) is not Context:
            raise TypeError(f"The second argument of {self.function.__qualname__} must be a Context.")
        config = (*get_args(context), None)[0]
        return hints[names[0]], None if config is type(None) else config, hints["return"]


@overload
def module(function: FunctionT, /) -> FunctionT: ...
@overload
def module(
    *,
    errors: Sequence[type[ModuleError]] = (),
    errors_open: bool = False,
    comparators: Mapping[str, Any] | None = None,
) -> Callable[[FunctionT], FunctionT]: ...
def module(
    function: Any = None,
    /,
    *,
    errors: Sequence[type[ModuleError]] = (),
    errors_open: bool = False,
    comparators: Mapping[str, Any] | None = None,
) -> Any:
    """Marks the entry function of a module: its type hints are the contract.

    `errors` are the classes that it may raise, `errors_open` that undeclared ones may appear too;
    `comparators` say how two outputs compare: pointer → exact, ignore, unordered, {absolute}, {relative}.
    """

    def mark(entry: Any) -> Any:
        declaration = Declaration(
            function=entry, errors=tuple(errors), errors_open=errors_open, comparators=dict(comparators or {})
        )
        setattr(entry, MARK, declaration)
        return entry

    return mark if function is None else mark(function)


def declaration_of(function: Callable[..., Any]) -> Declaration | None:
    """What `module` left on a function; None for the plain form."""
    return getattr(function, MARK, None)
