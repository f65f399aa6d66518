"""Reads on threads that keep their connection open."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection

P = ParamSpec("P")
T = TypeVar("T")


def read_anew(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The answer of `function`, outside of any transaction.

    A kept connection may have died since its last use; on a new one the read stands or falls.
    """
    try:
        return function(*args, **kwargs)
    except (OperationalError, InterfaceError):
        connection.close()
        return function(*args, **kwargs)
