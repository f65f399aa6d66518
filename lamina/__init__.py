"""What a module's author writes against: the decorator, the context, errors and the types of ports.

Needs the standard library only: the same package is mounted in the sandbox.
"""

from lamina.context import Context, HttpResponse
from lamina.declare import Port, Schema, module
from lamina.errors import CapabilityRefused, ModuleError, Unavailable
from lamina.handles import Binary, Table

__all__ = [
    "Binary",
    "CapabilityRefused",
    "Context",
    "HttpResponse",
    "ModuleError",
    "Port",
    "Schema",
    "Table",
    "Unavailable",
    "module",
]
