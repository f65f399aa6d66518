"""Instances of WebAssembly: of core modules in the canonical ABI, and of components.

Owns:      making one in a store, and calling its `run(input: string) -> result<string, string>`.
Promises:  nothing outside of a module's memory is read or written for it, whatever it answers.
Never:     keeps an instance: whoever makes one uses it for one call.
"""

import ctypes
import importlib
from types import SimpleNamespace
from typing import Any, Final, Protocol

EXPORTED: Final = ("memory", "cabi_realloc", "run")
_RESULT_BYTES: Final = 12


class Trapped(Exception):
    """The module ended its call with a trap."""


class Instances(Protocol):
    """`has_imports`: they may tell it what time it is, or a random number, when it is made."""

    has_imports: bool

    def make(self, store: Any) -> Any:
        """An instance for one call."""
        ...

    def call(self, store: Any, instance: Any, text: str) -> tuple[bool, str]:
        """Whether the answer is ok, and the answer. Raises `Trapped`."""
        ...


class OfComponent:
    """`compiled` is native code: it must come from the compiler of `executors.sandbox.wasm`."""

    def __init__(self, engine: Any, compiled: bytes) -> None:
        components = importlib.import_module("wasmtime.component")
        self._compiled = components.Component.deserialize(engine, compiled)
        self._linker = components.Linker(engine)
        self._linker.add_wasip2()
        self._type: SimpleNamespace | None = None
        self.has_imports = bool(self._compiled.type.imports(engine))

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
    """Through the functions of wasmtime's library: its Python classes wrap all exports, and each value, anew.

    `compiled` is native code: it must come from the compiler of `executors.sandbox.wasm`.
    """

    def __init__(self, runtime: Any, engine: Any, compiled: bytes) -> None:
        self._runtime = runtime
        self._native = native = importlib.import_module("wasmtime._ffi")
        linker = runtime.Linker(engine)
        linker.define_wasi()
        module = runtime.Module.deserialize(engine, compiled)
        self._linked = linker.instantiate_pre(module)
        self.has_imports = bool(module.imports)
        self._names = [(ctypes.create_string_buffer(name.encode()), len(name)) for name in EXPORTED]
        self._kinds = [
            native.WASMTIME_EXTERN_MEMORY.value,
            native.WASMTIME_EXTERN_FUNC.value,
            native.WASMTIME_EXTERN_FUNC.value,
        ]
        self._given = (native.wasmtime_val_t * 4)()
        for value in self._given:
            value.kind = native.WASMTIME_I32.value
        self._found = native.wasmtime_val_t()
        self._trap = ctypes.POINTER(native.wasm_trap_t)()

    def make(self, store: Any) -> Any:
        """Its exports, in the order of `EXPORTED`."""
        instance = self._linked.instantiate(store)._instance
        context, exports = store._context(), []
        for (name, length), kind in zip(self._names, self._kinds, strict=True):
            export = self._native.wasmtime_extern_t()
            is_there = self._native.wasmtime_instance_export_get(
                context, ctypes.byref(instance), name, length, ctypes.byref(export)
            )
            if not is_there or export.kind != kind:
                raise Trapped(f"Its export {name.value.decode()} is missing or of another kind.")
            exports.append(export)
        return exports

    def call(self, store: Any, instance: Any, text: str) -> tuple[bool, str]:
        memory, allocate, run = instance
        context, memory = store._context(), ctypes.byref(memory.of.memory)
        data = text.encode()
        at = self._called(context, allocate, 0, 0, 1, len(data))
        ctypes.memmove(self._memory(context, memory, at, len(data)), data, len(data))
        result = self._called(context, run, at, len(data))
        raw = ctypes.string_at(self._memory(context, memory, result, _RESULT_BYTES), _RESULT_BYTES)
        start, size = int.from_bytes(raw[4:8], "little"), int.from_bytes(raw[8:12], "little")
        return raw[0] == 0, ctypes.string_at(self._memory(context, memory, start, size), size).decode()

    def _called(self, context: Any, function: Any, *arguments: int) -> int:
        """Call a function of i32, which returns one."""
        native, given, found, trap = self._native, self._given, self._found, self._trap
        for place, argument in enumerate(arguments):
            given[place].of.i32 = argument
        error = native.wasmtime_func_call(
            context,
            ctypes.byref(function.of.func),
            given,
            len(arguments),
            ctypes.byref(found),
            1,
            ctypes.byref(trap),
        )
        if error:
            raise self._runtime.WasmtimeError._from_ptr(error)
        if trap:
            self._trap = ctypes.POINTER(native.wasm_trap_t)()
            raise self._runtime.Trap._from_ptr(trap)
        if found.kind != native.WASMTIME_I32.value:
            raise Trapped("A function that should return an i32 returns something else.")
        return int(found.of.i32) & 0xFFFF_FFFF

    def _memory(self, context: Any, memory: Any, at: int, size: int) -> int:
        """Where bytes of a module's memory lie in this process. Raises `Trapped` for what is outside of it."""
        if at + size > self._native.wasmtime_memory_data_size(context, memory):
            raise Trapped(f"It names {size} bytes at {at}, which lie outside of its memory.")
        return ctypes.addressof(self._native.wasmtime_memory_data(context, memory).contents) + at
