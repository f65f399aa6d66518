"""Linear memory of WebAssembly that knows whether more of it was asked for than there may be.

Owns:      `Memories`, which an engine takes its memories from: address space set aside, opened as it grows.
Promises:  none grows beyond the limit; `was_refused` says that one would have.
"""

import ctypes
import mmap
from itertools import count
from typing import Any, Final

_NO_ACCESS: Final = 0
_libc: Final = ctypes.CDLL(None, use_errno=True)
_libc.mmap.restype = ctypes.c_void_p
_libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
_libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
_libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]


class Memories:
    """`native`: the functions of wasmtime's library; `config`: of the engine, before it is made."""

    def __init__(self, native: Any, config: Any, limit: int) -> None:
        self.was_refused = False
        self._native = native
        self._limit = limit
        self._numbers = count(1)
        # Address, capacity, and what is set aside with its guard.
        self._made: dict[int, tuple[int, int, int]] = {}
        self._sizes: dict[int, int] = {}
        self._get = native.wasmtime_memory_get_callback_t(self._seen)
        self._grow = native.wasmtime_memory_grow_callback_t(self._grown)
        fields = dict(native.wasmtime_linear_memory_t._fields_)
        self._drop = fields["finalizer"](self._dropped)
        self._creator = native.wasmtime_memory_creator_t(
            None, native.wasmtime_new_memory_callback_t(self._new), fields["finalizer"](0)
        )
        native.wasmtime_config_host_memory_creator_set(config.ptr(), ctypes.byref(self._creator))

    def _new(
        self, _env: Any, _type: Any, minimum: int, _maximum: int, reserved: int, guard: int, made: Any
    ) -> int:
        # Code that was compiled for a reservation does not ask whether it stays within.
        capacity = max(self._limit, reserved, mmap.PAGESIZE)
        size = capacity + guard
        address = _libc.mmap(None, size, _NO_ACCESS, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)
        if address in (None, ctypes.c_void_p(-1).value):
            return self._refusal()
        number = next(self._numbers)
        self._made[number] = (address, capacity, size)
        self._sizes[number] = 0
        memory = made.contents
        memory.env, memory.get_memory, memory.grow_memory = number, self._get, self._grow
        memory.finalizer = self._drop
        return self._grown(number, minimum)

    def _seen(self, number: int, size: Any, capacity: Any) -> int:
        address, capacity[0], _ = self._made[number]
        size[0] = self._sizes[number]
        return address

    def _grown(self, number: int, size: int) -> int:
        address, _, _ = self._made[number]
        if size > self._limit:
            return self._refusal()
        if size and _libc.mprotect(address, size, mmap.PROT_READ | mmap.PROT_WRITE):
            return self._refusal()
        self._sizes[number] = size
        return 0

    def _refusal(self) -> int:
        self.was_refused = True
        error = self._native.wasmtime_error_new(ctypes.create_string_buffer(b"beyond the memory limit"))
        return int(ctypes.cast(error, ctypes.c_void_p).value or 0)

    def _dropped(self, number: int) -> None:
        address, _, size = self._made.pop(number)
        del self._sizes[number]
        _libc.munmap(address, size)
