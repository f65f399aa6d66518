"""Functions of wasmtime's library, called with addresses, and a store made with them.

The package's own classes wrap and check each value anew; what they do takes longer than most calls.
"""

import ctypes
from typing import Any, Final

ADDRESS: Final = ctypes.c_void_p
_TAKES: Final = {"a": ADDRESS, "n": ctypes.c_size_t, "l": ctypes.c_int64, "t": ctypes.c_char_p}


def function(library: Any, name: str, result: Any, arguments: str) -> Any:
    """A function that takes addresses (a), sizes (n), signed numbers (l) and texts (t) as they are."""
    found = library[name]
    found.restype, found.argtypes = result, [_TAKES[kind] for kind in arguments]
    return found


class Stores:
    """Makes the stores of an engine. `native`: the functions of wasmtime's library."""

    def __init__(self, native: Any, engine: Any) -> None:
        library = native.dll
        self.engine = ctypes.addressof(engine.ptr().contents)
        self.new = function(library, "wasmtime_store_new", ADDRESS, "aaa")
        self.context = function(library, "wasmtime_store_context", ADDRESS, "a")
        self.limit = function(library, "wasmtime_store_limiter", None, "alllll")
        self.set_wasi = function(library, "wasmtime_context_set_wasi", ADDRESS, "aa")
        self.set_deadline = function(library, "wasmtime_context_set_epoch_deadline", None, "an")
        self.delete = function(library, "wasmtime_store_delete", None, "a")


class NativeStore:
    """As the package's own; `context` is the address of what functions are called with."""

    __slots__ = ("_address", "_stores", "context")

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._address: int | None = stores.new(stores.engine, None, None)
        self.context: int = stores.context(self._address)

    def set_limits(self, *, memory_size: int, instances: int, tables: int, memories: int) -> None:
        """-1: no limit."""
        self._stores.limit(self._address, memory_size, -1, instances, tables, memories)

    def set_wasi(self, configured: Any) -> None:
        error = self._stores.set_wasi(self.context, ctypes.addressof(configured._consume().contents))
        assert not error, "what is given is empty"

    def set_epoch_deadline(self, ticks: int) -> None:
        """From now on."""
        self._stores.set_deadline(self.context, ticks)

    def close(self) -> None:
        if self._address is not None:
            self._stores.delete(self._address)
            self._address = None
