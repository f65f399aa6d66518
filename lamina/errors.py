"""What goes wrong inside a module, as data.

Owns:      `ModuleError` and the two platform errors that a module may catch.
Promises:  every error has a name, a message for people and data for programs.
"""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, get_origin, get_type_hints

from lamina.shapes import plain_value


class ModuleError(Exception):
    """An error that the contract declares.

    Raise it by name, `ModuleError("no_words", {"min_length": 3})`, or declare a class: its annotated
    fields are the data, `message` is a template over them, `retryable` says whether another try may help,
    the docstring is the documentation, and the name is the class's in snake_case unless `name` says else.
    """

    name: ClassVar[str] = ""
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
        self.error_name = name or error_name(type(self))
        self.data: dict[str, Any] = plain_value({**(data or {}), **fields})
        super().__init__(text or _filled(self.message, self.data) or self.error_name)

    def document(self) -> dict[str, Any]:
        """The error as data: {name, message, data}."""
        return {"name": self.error_name, "message": str(self), "data": self.data}


class CapabilityRefused(ModuleError):
    """The module asked for what its contract does not declare, or what the host does not grant."""

    name = "system.capability"
    message = "{asked}: {reason}"
    asked: str
    reason: str


class Unavailable(ModuleError):
    """A remote host did not answer."""

    name = "system.unavailable"
    message = "{url} did not answer: {reason}"
    retryable = True
    url: str
    reason: str


def error_name(error: type[ModuleError]) -> str:
    """The name in the contract: `NoWords` is `no_words`."""
    return (
        error.name or re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", error.__name__).lower()
    )


def error_fields(error: type[ModuleError]) -> dict[str, Any]:
    """Field → type hint of the data of a declared error, in the order of declaration."""
    if error is ModuleError:
        return {}
    hints = get_type_hints(error, include_extras=True)
    own = ("name", "message", "retryable")
    return {key: hint for key, hint in hints.items() if key not in own and get_origin(hint) is not ClassVar}


def _filled(template: str, data: Mapping[str, Any]) -> str:
    return template.format_map(data) if data else template
