"""WebAssembly inside the sandbox: a fresh store per call, nothing of the system given to it.

Owns:      `load`, which makes an entry function of a wasm file: a component or a core module with
           `run(input: string) -> result<string, string>`, core modules in the canonical ABI.
Promises:  a call ends at its deadline by itself; memory beyond the limit is refused; after a call all is dropped.
"""

import importlib.util
import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from lamina.errors import ModuleError

_TICK_SECONDS: Final = 0.01
_COMPONENT: Final = b"\x00asm\x0d\x00\x01\x00"
_RESULT_BYTES: Final = 12
_LINEAR_GUARD: Final = 1 << 16
Run = Callable[[str], tuple[bool, str]]


class Overtime(Exception):
    """The call did not end by its deadline."""


def load(folder: str, entry: str, options: dict[str, Any]) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    """The entry function of a wasm file. `options`: packages, memory_bytes."""
    runtime = _runtime(options["packages"][0])
    program = Program(runtime, Path(folder, entry).read_bytes(), options["memory_bytes"])

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
    """A compiled file."""

    def __init__(self, runtime: Any, data: bytes, memory_bytes: int) -> None:
        self._runtime = runtime
        self._memory_bytes = memory_bytes
        self._engine = runtime.Engine(_configuration(runtime, memory_bytes))
        self._is_component = data.startswith(_COMPONENT)
        self._components = importlib.import_module("wasmtime.component") if self._is_component else None
        kind = self._components.Component if self._components else runtime.Module
        self._compiled = kind(self._engine, data)
        self._ticking = threading.Event()
        threading.Thread(target=self._tick, daemon=True).start()

    def _tick(self) -> None:
        while self._ticking.wait():
            time.sleep(_TICK_SECONDS)
            self._engine.increment_epoch()

    def call(self, text: str, seconds: float) -> tuple[bool, str]:
        """Whether the answer is ok, and the answer. Raises `Overtime`, MemoryError and what traps raise."""
        store = self._runtime.Store(self._engine)
        store.set_limits(memory_size=self._memory_bytes, instances=64, tables=64, memories=8)
        store.set_wasi(self._runtime.WasiConfig())
        store.set_epoch_deadline(max(1, int(seconds / _TICK_SECONDS)))
        self._ticking.set()
        try:
            return self._component(store, text) if self._is_component else self._module(store, text)
        except self._runtime.Trap as trap:
            if "interrupt" in str(trap):
                raise Overtime from trap
            raise
        finally:
            self._ticking.clear()
            store.close()

    def _component(self, store: Any, text: str) -> tuple[bool, str]:
        assert self._components is not None
        with self._components.Linker(self._engine) as linker:
            linker.add_wasip2()
            instance = linker.instantiate(store, self._compiled)
        function = instance.get_func(store, "run")
        if function is None:
            raise ModuleError("system.contract", {}, "The component exports no function run.")
        answer = function(store, text)
        return answer.tag == "ok", str(answer.payload)

    def _module(self, store: Any, text: str) -> tuple[bool, str]:
        linker = self._runtime.Linker(self._engine)
        linker.define_wasi()
        exports = linker.instantiate(store, self._compiled).exports(store)
        try:
            memory, allocate, run = exports["memory"], exports["cabi_realloc"], exports["run"]
        except KeyError as error:
            message = "The module must export memory, cabi_realloc and run."
            raise ModuleError("system.contract", {}, message) from error
        data = text.encode()
        at = allocate(store, 0, 0, 1, len(data)) & 0xFFFF_FFFF
        memory.write(store, data, at)
        result = run(store, at, len(data)) & 0xFFFF_FFFF
        raw = memory.read(store, result, result + _RESULT_BYTES)
        start, size = int.from_bytes(raw[4:8], "little"), int.from_bytes(raw[8:12], "little")
        answer = bytes(memory.read(store, start, start + size)) if size else b""
        return raw[0] == 0, answer.decode()


def _configuration(runtime: Any, memory_bytes: int) -> Any:
    """Small reservations, so that it lives within the address space that a worker is given."""
    config = runtime.Config()
    config.epoch_interruption = True
    config.parallel_compilation = False
    config.memory_reservation = 0
    config.memory_reservation_for_growth = min(memory_bytes, 1 << 20)
    config.memory_guard_size = _LINEAR_GUARD
    config.memory_init_cow = False
    config.cranelift_nan_canonicalization = True
    config.wasm_threads = False
    return config
