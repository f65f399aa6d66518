"""What goes wrong inside a module, as data.

Owns:      `ModuleError` and the two platform errors that a module may catch.
Promises:  every error has a name, a message for people and data for programs.
"""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final, get_origin, get_type_hints

from lamina.shapes import plain_value

_WORD_START: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_RESERVED: Final = frozenset(("args", "data", "document", "error_name", "message", "retryable"))


class ModuleError(Exception):
    """An error that the contract declares.

    Raise it by name, `ModuleError("no_words", {"min_length": 3})`, or declare a class: its annotated
    fields are the data, `message` is a template over them, `retryable` says whether another try may help,
    the docstring is the documentation, and the name is the class's in snake_case unless `error_name` differs.
    """

    error_name: ClassVar[str] = ""
    message: ClassVar[str] = ""
    retryable: ClassVar[bool] = False

    def __init__(
        self, name: str = "", data: Mapping[str, Any] | None = None, text: str = "", /, **fields: Any
    ) -> None:
        declared = error_fields(type(self))
        if type(self) is ModuleError:
            if not name:
                raise TypeError('An error needs a name: ModuleError("no_words", {…}).')
        elif name or set(fields) != set(declared):
            wanted = ", ".join(f"{field}=…" for field in declared) or "nothing"
            raise TypeError(f"{type(self).__name__} takes {wanted}.")
        for key, item in fields.items():
            setattr(self, key, item)
        self._name = name or name_of(type(self))
        self.data: dict[str, Any] = plain_value({**(data or {}), **fields})
        super().__init__(text or _filled(self.message, self.data) or self._name)

    def document(self) -> dict[str, Any]:
        """The error as data: {name, message, data}."""
        return {"name": self._name, "message": str(self), "data": self.data}


class CapabilityRefused(ModuleError):
    """The module asked for what its contract does not declare, or what the host does not grant."""

    error_name = "system.capability"
    message = "{asked}: {reason}"
    asked: str
    reason: str


class Unavailable(ModuleError):
    """A remote host did not answer."""

    error_name = "system.unavailable"
    message = "{url} did not answer: {reason}"
    retryable = True
    url: str
    reason: str


def name_of(error: type[ModuleError]) -> str:
    """The name in the contract: `NoWords` is `no_words`."""
    return error.error_name or _WORD_START.sub("_", error.__name__).lower()


def error_fields(error: type[ModuleError]) -> dict[str, Any]:
    """Field → type hint of the data of a declared error, in the order of declaration."""
    if error is ModuleError:
        return {}
    hints = get_type_hints(error, include_extras=True)
    fields = {key: hint for key, hint in hints.items() if get_origin(hint) is not ClassVar}
    if taken := sorted(fields.keys() & _RESERVED):
        raise TypeError(f"{error.__name__}: every error has a {taken[0]}. Give the field another name.")
    return fields


def _filled(template: str, data: Mapping[str, Any]) -> str:
    return template.format_map(data) if data else template
