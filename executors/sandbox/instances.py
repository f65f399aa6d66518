"""Instances of WebAssembly: of core modules in the canonical ABI, and of components.

Owns:      making one in a store, and calling its `run(input: string) -> result<string, string>`.
Promises:  nothing outside of a module's memory is read or written for it, whatever it answers.
Never:     keeps an instance: whoever makes one uses it for one call.
"""

import ctypes
import importlib
import struct
from functools import partial
from types import SimpleNamespace
from typing import Any, Final, Protocol

from executors.sandbox.natively import ADDRESS, NativeStore, Stores, function

EXPORTED: Final = ("memory", "cabi_realloc", "run")
_RESULT: Final = struct.Struct("<BxxxII")


class Trapped(Exception):
    """The module ended its call with a trap."""


class Instances(Protocol):
    """`has_imports`: they may tell it what time it is, or a random number, when it is made."""

    has_imports: bool

    def store(self) -> Any:
        """For one instance."""
        ...

    def make(self, store: Any) -> Any:
        """An instance for one call."""
        ...

    def call(self, store: Any, instance: Any, text: str) -> tuple[bool, str]:
        """Whether the answer is ok, and the answer. Raises `Trapped`."""
        ...


class OfComponent:
    """`compiled` is native code: it must come from the compiler of `executors.sandbox.wasm`."""

    def __init__(self, runtime: Any, engine: Any, compiled: bytes) -> None:
        self._new_store = partial(runtime.Store, engine)
        components = importlib.import_module("wasmtime.component")
        self._compiled = components.Component.deserialize(engine, compiled)
        self._linker = components.Linker(engine)
        self._linker.add_wasip2()
        self._type: SimpleNamespace | None = None
        self.has_imports = bool(self._compiled.type.imports(engine))

    def store(self) -> Any:
        return self._new_store()

    def make(self, store: Any) -> Any:
        return self._linker.instantiate(store, self._compiled)

    def call(self, store: Any, instance: Any, text: str) -> tuple[bool, str]:
        answer = self._typed(instance.get_func(store, "run"), store)(store, text)
        return answer.tag == "ok", str(answer.payload)

    def _typed(self, function: Any, store: Any) -> Any:
        """The function, with the type that it has in every store: looking it up takes longer than the call."""
        if self._type is None:
            found = function.type(store)
            self._type = SimpleNamespace(params=found.params, result=found.result)
        function.type = lambda _: self._type
        return function


class OfCoreModule:
    """Through functions of the library, by address (see `natively.py`).

    `compiled` is native code: it must come from the compiler of `executors.sandbox.wasm`. Of several instances only
    the one that was made last can be called.
    """

    def __init__(self, runtime: Any, engine: Any, compiled: bytes) -> None:
        self._runtime = runtime
        self._native = native = importlib.import_module("wasmtime._ffi")
        linker = runtime.Linker(engine)
        linker.define_wasi()
        module = runtime.Module.deserialize(engine, compiled)
        self._linked = linker.instantiate_pre(module)
        self._linked_at = ctypes.addressof(self._linked.ptr().contents)
        self._engine = engine  # the stores know its address alone
        self._stores = Stores(native, engine)
        self.has_imports = bool(module.imports)
        self._instantiate = function(native.dll, "wasmtime_instance_pre_instantiate", ADDRESS, "aaaa")
        self._find = function(native.dll, "wasmtime_instance_export_get", ctypes.c_bool, "aatna")
        self._call = function(native.dll, "wasmtime_func_call", ADDRESS, "aaanana")
        self._data = function(native.dll, "wasmtime_memory_data", ADDRESS, "aa")
        self._data_size = function(native.dll, "wasmtime_memory_data_size", ctypes.c_size_t, "aa")
        self._instance = native.wasmtime_instance_t()
        self._exports = (native.wasmtime_extern_t * len(EXPORTED))()
        self._memory, self._allocate, self._run = (ctypes.addressof(export.of) for export in self._exports)
        code = native.WASMTIME_EXTERN_FUNC.value
        kinds = (native.WASMTIME_EXTERN_MEMORY.value, code, code)
        self._wanted = [
            (name.encode(), len(name), export, ctypes.addressof(export), kind)
            for name, export, kind in zip(EXPORTED, self._exports, kinds, strict=True)
        ]
        self._values = (native.wasmtime_val_t * 4)()
        for value in self._values:
            value.kind = native.WASMTIME_I32.value
        self._given = [value.of for value in self._values]
        self._found = native.wasmtime_val_t()
        self._result = self._found.of
        self._trap = ctypes.c_void_p()
        self._places = tuple(map(ctypes.addressof, (self._instance, self._values, self._found, self._trap)))

    def store(self) -> NativeStore:
        return NativeStore(self._stores)

    def make(self, store: NativeStore) -> int:
        """The address of its store's context."""
        context, (place, _, _, trap) = store.context, self._places
        self._require_success(self._instantiate(self._linked_at, context, place, trap))
        for name, length, export, address, kind in self._wanted:
            if not self._find(context, place, name, length, address) or export.kind != kind:
                raise Trapped(f"Its export {name.decode()} is missing or of another kind.")
        return context

    def call(self, store: NativeStore, instance: int, text: str) -> tuple[bool, str]:
        data = text.encode()
        at = self._called(instance, self._allocate, 0, 0, 1, len(data))
        ctypes.memmove(self._within(self._memory_of(instance), at, len(data)), data, len(data))
        result = self._called(instance, self._run, at, len(data))
        memory = self._memory_of(instance)
        raw = ctypes.string_at(self._within(memory, result, _RESULT.size), _RESULT.size)
        refusal, start, size = _RESULT.unpack(raw)
        answer = ctypes.string_at(self._within(memory, start, size), size)
        try:
            return refusal == 0, answer.decode()
        except UnicodeDecodeError as error:
            raise Trapped("Its answer is no UTF-8.") from error

    def _called(self, context: int, function: int, *arguments: int) -> int:
        """Call a function of i32, which returns one."""
        for given, argument in zip(self._given, arguments, strict=False):
            given.i32 = argument
        _, values, found, trap = self._places
        self._require_success(self._call(context, function, values, len(arguments), found, 1, trap))
        if self._found.kind != self._values[0].kind:
            raise Trapped("A function that should return an i32 returns something else.")
        return int(self._result.i32) & 0xFFFF_FFFF

    def _require_success(self, error: int | None) -> None:
        """Raises what the library reported, or what the module ended with."""
        native, runtime = self._native, self._runtime
        if error:
            raise runtime.WasmtimeError._from_ptr(ctypes.cast(error, ctypes.POINTER(native.wasmtime_error_t)))
        if trap := self._trap.value:
            self._trap.value = None
            raise runtime.Trap._from_ptr(ctypes.cast(trap, ctypes.POINTER(native.wasm_trap_t)))

    def _memory_of(self, context: int) -> tuple[int, int]:
        """Where a module's memory lies in this process, and its size. Either may change with each call."""
        return self._data(context, self._memory) or 0, self._data_size(context, self._memory)

    @staticmethod
    def _within(memory: tuple[int, int], at: int, size: int) -> int:
        """Where bytes of a module's memory lie in this process. Raises `Trapped` for what is outside of it."""
        start, length = memory
        if at + size > length:
            raise Trapped(f"It names {size} bytes at {at}, which lie outside of its memory.")
        return start + at
