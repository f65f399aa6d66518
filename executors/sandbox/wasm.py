"""WebAssembly inside the sandbox: a fresh store per call, nothing of the system given to it.

Owns:      `load`, which makes an entry function of a compiled file: a component or a core module with
           `run(input: string) -> result<string, string>`, core modules in the canonical ABI; and `compiler`.
Promises:  a call ends at its deadline by itself; memory beyond the limit is refused; after a call all is dropped.
"""

import contextlib
import ctypes
import importlib.util
import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from executors.sandbox.linear import Memories
from lamina.errors import ModuleError

_TICK_SECONDS: Final = 0.01
_IDLE_TICKS: Final = 50
_COMPONENT: Final = b"\x00asm\x0d\x00\x01\x00"
_RESULT_BYTES: Final = 12
_LINEAR_GUARD: Final = 1 << 16
_GROWTH_BYTES: Final = 1 << 20
_WASI: Final = "wasi_snapshot_preview1"
_EXPORTED: Final = ("memory", "cabi_realloc", "run")
_REASON_LENGTH: Final = 500
COMPILED_FILE: Final = "compiled~wasm"  # no file of a bundle can have this name
Entry = Callable[[dict[str, Any], Any], dict[str, Any]]


class Overtime(Exception):
    """The call did not end by its deadline."""


class Trapped(Exception):
    """The module ended its call with a trap."""


def compiler(folder: str, entry: str, options: dict[str, Any]) -> Entry:
    """The entry function that compiles a wasm file to the output `compiled`. `options`: packages."""
    runtime = _runtime(options["packages"][0])

    def run(inputs: dict[str, Any], context: Any) -> dict[str, Any]:
        data = Path(folder, entry).read_bytes()
        kind = _components().Component if data.startswith(_COMPONENT) else runtime.Module
        try:
            compiled = kind(runtime.Engine(_configuration(runtime)), data)
        except runtime.WasmtimeError as error:
            raise ModuleError("not_wasm", {}, f"It cannot be compiled: {_reason(error)}.") from error
        if reason := _unfit(compiled, is_component=data.startswith(_COMPONENT)):
            raise ModuleError("not_wasm", {}, reason)
        return {"compiled": bytes(compiled.serialize())}

    return run


def _unfit(compiled: Any, *, is_component: bool) -> str | None:
    """Why what was compiled is no module, or None."""
    if is_component:
        return None if compiled.get_export_index("run") else "The component exports no function run."
    names = {export.name for export in compiled.exports}
    if missing := [name for name in _EXPORTED if name not in names]:
        return f"It exports no {missing[0]}. A core module exports memory, cabi_realloc and run."
    wanted = next((each for each in compiled.imports if each.module != _WASI), None)
    if wanted is not None:
        return f"It imports {wanted.module}.{wanted.name}. Only {_WASI} is offered."
    return None


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:_REASON_LENGTH]


def _components() -> Any:
    return importlib.import_module("wasmtime.component")


def load(folder: str, entry: str, options: dict[str, Any]) -> Entry:
    """The entry function of what `compiler` made of a wasm file. `options`: packages, memory_bytes."""
    runtime = _runtime(options["packages"][0])
    with Path(folder, entry).open("rb") as file:
        is_component = file.read(len(_COMPONENT)) == _COMPONENT
    compiled = Path(folder, COMPILED_FILE)
    program = Program(runtime, compiled, options["memory_bytes"], is_component=is_component)

    def run(inputs: dict[str, Any], context: Any) -> dict[str, Any]:
        text = json.dumps(
            {"config": context.config, "inputs": inputs}, ensure_ascii=False, separators=(",", ":")
        )
        is_ok, answer = program.call(text, context.seconds_left)
        try:
            document = json.loads(answer)
        except (ValueError, RecursionError) as error:
            raise ModuleError("system.contract", {}, f"The module answered with no JSON: {error}.") from error
        if not isinstance(document, dict):
            raise ModuleError("system.contract", {}, "The module answered with no object.")
        if is_ok:
            return document
        data = document.get("data", {})
        name, message = str(document.get("name", "error")), str(document.get("message", ""))
        raise ModuleError(name, data if isinstance(data, dict) else {"data": data}, message)

    return run


def _runtime(package: str) -> Any:
    """wasmtime from its own folder: the one beside it holds packages that are no business of a module."""
    spec = importlib.util.spec_from_file_location(
        "wasmtime", f"{package}/__init__.py", submodule_search_locations=[package]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["wasmtime"] = module
    spec.loader.exec_module(module)
    return module


class Program:
    """A compiled file. `compiled` is native code: it must come from `compiler`, of the same file.

    One that `notes_refusals` is slower, and knows why it trapped.
    """

    def __init__(
        self,
        runtime: Any,
        compiled: Path,
        memory_bytes: int,
        *,
        is_component: bool,
        notes_refusals: bool = False,
    ) -> None:
        self._runtime = runtime
        self._file = compiled
        self._memory_bytes = memory_bytes
        self._is_component = is_component
        self._native = importlib.import_module("wasmtime._ffi")
        self._enter = importlib.import_module("wasmtime._func").enter_wasm
        config = _configuration(runtime)
        self._memories = Memories(self._native, config, memory_bytes) if notes_refusals else None
        self._engine = runtime.Engine(config)
        self._type: SimpleNamespace | None = None
        if is_component:
            self._compiled = _components().Component.deserialize(self._engine, compiled.read_bytes())
            self._linker = _components().Linker(self._engine)
            self._linker.add_wasip2()
        else:
            linker = runtime.Linker(self._engine)
            linker.define_wasi()
            module = runtime.Module.deserialize(self._engine, compiled.read_bytes())
            self._linked = linker.instantiate_pre(module)
        self._doubting: Program | None = None
        self._is_called = self._was_called = False
        self._ticking = threading.Event()
        threading.Thread(target=self._tick, daemon=True).start()

    def _tick(self) -> None:
        """On for a while after a call: to be woken for each would cost the call more than the ticks do."""
        idle = 0
        while self._ticking.wait():
            time.sleep(_TICK_SECONDS)
            self._engine.increment_epoch()
            idle = 0 if self._was_called else idle + 1
            self._was_called = False
            if idle >= _IDLE_TICKS and not self._is_called:
                self._ticking.clear()
                if self._is_called:  # since it was looked at
                    self._ticking.set()

    def call(self, text: str, seconds: float) -> tuple[bool, str]:
        """Whether the answer is ok, and the answer. Raises `Overtime`, MemoryError and `Trapped`."""
        ends = time.monotonic() + seconds
        try:
            return self._called_once(text, seconds)
        except Trapped:
            if self._lacked_memory(text, ends - time.monotonic()):
                raise MemoryError from None
            raise

    def _lacked_memory(self, text: str, seconds: float) -> bool:
        """A trap does not tell, and neither does a store: the same again, with memory that does."""
        if self._memories is not None:
            return False
        if self._doubting is None:
            self._doubting = Program(
                self._runtime,
                self._file,
                self._memory_bytes,
                is_component=self._is_component,
                notes_refusals=True,
            )
        memories = self._doubting._memories
        assert memories is not None
        memories.was_refused = False
        with contextlib.suppress(Trapped, Overtime):
            self._doubting._called_once(text, seconds)
        return memories.was_refused

    def _called_once(self, text: str, seconds: float) -> tuple[bool, str]:
        store = self._runtime.Store(self._engine)
        memory_size = self._memory_bytes if self._memories is None else -1
        store.set_limits(memory_size=memory_size, instances=64, tables=64, memories=8)
        store.set_wasi(self._runtime.WasiConfig())
        store.set_epoch_deadline(max(1, int(seconds / _TICK_SECONDS)))
        self._is_called = self._was_called = True
        self._ticking.set()
        try:
            return self._component(store, text) if self._is_component else self._module(store, text)
        except (self._runtime.Trap, self._runtime.WasmtimeError) as error:
            if "wasm trap: interrupt" in str(error):
                raise Overtime from error
            raise Trapped(_reason(error)[-_REASON_LENGTH:]) from error
        finally:
            self._is_called = False
            store.close()

    def _component(self, store: Any, text: str) -> tuple[bool, str]:
        instance = self._linker.instantiate(store, self._compiled)
        answer = self._typed(instance.get_func(store, "run"), store)(store, text)
        return answer.tag == "ok", str(answer.payload)

    def _typed(self, function: Any, store: Any) -> Any:
        """The function, with the type that it has in every store: looking it up takes longer than the call."""
        if self._type is None:
            found = function.type(store)
            self._type = SimpleNamespace(params=found.params, result=found.result)
        function.type = lambda _: self._type
        return function

    def _module(self, store: Any, text: str) -> tuple[bool, str]:
        exports = self._linked.instantiate(store).exports(store)
        memory, allocate, run = (exports[name] for name in _EXPORTED)
        data = text.encode()
        at = self._called(store, allocate, 0, 0, 1, len(data))
        ctypes.memmove(_address(memory, store, at, len(data)), data, len(data))
        result = self._called(store, run, at, len(data))
        raw = ctypes.string_at(_address(memory, store, result, _RESULT_BYTES), _RESULT_BYTES)
        start, size = int.from_bytes(raw[4:8], "little"), int.from_bytes(raw[8:12], "little")
        return raw[0] == 0, ctypes.string_at(_address(memory, store, start, size), size).decode()

    def _called(self, store: Any, function: Any, *arguments: int) -> int:
        """Call a function of i32, which returns one; the library judges every argument by its type anew."""
        native = self._native
        given = (native.wasmtime_val_t * len(arguments))()
        for place, argument in enumerate(arguments):
            given[place].kind = native.WASMTIME_I32.value
            given[place].of.i32 = argument
        found = native.wasmtime_val_t()
        with self._enter(store) as trap:
            error = native.wasmtime_func_call(
                store._context(),
                ctypes.byref(function._func),
                given,
                len(arguments),
                ctypes.byref(found),
                1,
                trap,
            )
            if error:
                raise self._runtime.WasmtimeError._from_ptr(error)
        if found.kind != native.WASMTIME_I32.value:
            raise Trapped("A function that should return an i32 returns something else.")
        return int(found.of.i32) & 0xFFFF_FFFF


def _address(memory: Any, store: Any, at: int, size: int) -> int:
    """Where bytes of a module's memory lie in this process. Raises `Trapped` for what is outside of it."""
    if at + size > memory.data_len(store):
        raise Trapped(f"It names {size} bytes at {at}, which lie outside of its memory.")
    return ctypes.addressof(memory.data_ptr(store).contents) + at


def _configuration(runtime: Any) -> Any:
    """Small reservations, so that it lives within the address space that a worker is given.

    The same for compiling and running: code is compiled for these settings.
    """
    config = runtime.Config()
    config.epoch_interruption = True
    config.parallel_compilation = False
    config.memory_reservation = 0
    config.memory_reservation_for_growth = _GROWTH_BYTES
    config.memory_guard_size = _LINEAR_GUARD
    config.memory_init_cow = False
    config.cranelift_nan_canonicalization = True
    config.wasm_threads = False
    return config
