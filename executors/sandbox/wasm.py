"""WebAssembly inside the sandbox: a fresh store per call, nothing of the system given to it.

Owns:      `load`, which makes an entry function of a compiled file: a component or a core module with
           `run(input: string) -> result<string, string>`, core modules in the canonical ABI; and `compiler`.
Promises:  a call ends at its deadline by itself; memory beyond the limit is refused; after a call all is dropped.
"""

import contextlib
import importlib.util
import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from executors.sandbox.engines import configuration, pooled
from executors.sandbox.fitness import reason_of, unfit
from executors.sandbox.instances import Instances, OfComponent, OfCoreModule, Trapped
from executors.sandbox.linear import Memories
from lamina.errors import ModuleError

_TICK_SECONDS: Final = 0.01
_IDLE_TICKS: Final = 50
_AHEAD_TICKS: Final = 2
_CHANCES: Final = 3
_COMPONENT: Final = b"\x00asm\x0d\x00\x01\x00"
COMPILED_FILE: Final = "compiled~wasm"  # no file of a bundle can have this name
_compact: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
Entry = Callable[[dict[str, Any], Any], dict[str, Any]]


class Overtime(Exception):
    """The call did not end by its deadline."""


def compiler(folder: str, entry: str, options: dict[str, Any]) -> Entry:
    """The entry function that compiles a wasm file to the output `compiled`. `options`: packages."""
    runtime = _runtime(options["packages"][0])

    def run(inputs: dict[str, Any], context: Any) -> dict[str, Any]:
        data = Path(folder, entry).read_bytes()
        kind = (
            importlib.import_module("wasmtime.component").Component
            if data.startswith(_COMPONENT)
            else runtime.Module
        )
        engine = runtime.Engine(configuration(runtime))
        try:
            compiled = kind(engine, data)
        except runtime.WasmtimeError as error:
            raise ModuleError("not_wasm", {}, f"It cannot be compiled: {reason_of(error)}.") from error
        if reason := unfit(runtime, engine, compiled, is_component=data.startswith(_COMPONENT)):
            raise ModuleError("not_wasm", {}, reason)
        return {"compiled": bytes(compiled.serialize())}

    return run


def load(folder: str, entry: str, options: dict[str, Any]) -> "Loaded":
    """The entry function of what `compiler` made of a wasm file. `options`: packages, memory_bytes."""
    runtime = _runtime(options["packages"][0])
    with Path(folder, entry).open("rb") as file:
        is_component = file.read(len(_COMPONENT)) == _COMPONENT
    compiled = Path(folder, COMPILED_FILE)
    return Loaded(Program(runtime, compiled, options["memory_bytes"], is_component=is_component))


class Loaded:
    """The entry function of a module; `get_ready` is to be called between two calls."""

    def __init__(self, program: "Program") -> None:
        self._program = program
        self.get_ready = program.get_ready

    def __call__(self, inputs: dict[str, Any], context: Any) -> dict[str, Any]:
        text = _compact({"config": context.config, "inputs": inputs})
        is_ok, answer = self._program.call(text, context.seconds_left)
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
        self._memories: Memories | None = None
        self._engine, self._instances = self._made(notes_refusals=notes_refusals)
        # What could find out when it was made is made when it is called.
        self._chances = 0 if self._instances.has_imports else _CHANCES
        self._ready: tuple[Any, Any] | None = None
        self._spent: Any = None
        self._doubting: Program | None = None
        self._is_called = self._was_called = False
        self._ticking = threading.Event()
        threading.Thread(target=self._tick, daemon=True).start()

    def _made(self, *, notes_refusals: bool) -> tuple[Any, Instances]:
        runtime, code = self._runtime, self._file.read_bytes()
        if not self._is_component and not notes_refusals:
            with contextlib.suppress(runtime.WasmtimeError):  # it needs more than the pool has
                engine = pooled(runtime, self._memory_bytes)
                return engine, OfCoreModule(runtime, engine, code)
        config = configuration(runtime)
        if notes_refusals:
            self._memories = Memories(importlib.import_module("wasmtime._ffi"), config, self._memory_bytes)
        engine = runtime.Engine(config)
        if self._is_component:
            return engine, OfComponent(runtime, engine, code)
        return engine, OfCoreModule(runtime, engine, code)

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
            self._drop_spent()
            if self._lacked_memory(text, ends - time.monotonic()):
                raise MemoryError from None
            raise

    def get_ready(self) -> None:
        """Between two calls: drop the instance of the last, make that of the next, where it cannot tell the
        difference. One that does not come into being at once is left to the next call, which will tell why.
        """
        self._drop_spent()
        if not self._chances or self._ready is not None:
            return
        self._let_tick()
        store = self._store(_AHEAD_TICKS)
        try:
            self._ready = (store, self._instances.make(store))
            self._chances = _CHANCES
        except (self._runtime.Trap, self._runtime.WasmtimeError, Trapped):
            self._chances -= 1  # a busy machine may have kept it from the processor
            store.close()
        finally:
            self._is_called = False

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
        self._doubting._drop_spent()
        return memories.was_refused

    def _called_once(self, text: str, seconds: float) -> tuple[bool, str]:
        self._drop_spent()
        ticks = max(1, int(seconds / _TICK_SECONDS))
        self._let_tick()
        try:
            (store, instance), self._ready = self._ready or (self._store(ticks), None), None
            self._spent = store
            if instance is None:
                instance = self._instances.make(store)
            else:
                store.set_epoch_deadline(ticks)
            return self._instances.call(store, instance, text)
        except (self._runtime.Trap, self._runtime.WasmtimeError) as error:
            reason = reason_of(error)  # it may begin with names that the module chose
            if reason.endswith("wasm trap: interrupt"):
                raise Overtime from error
            if reason.startswith("out of memory"):
                raise MemoryError from error
            raise Trapped(reason) from error
        finally:
            self._is_called = False

    def _store(self, ticks: int) -> Any:
        store = self._instances.store()
        memory_size = self._memory_bytes if self._memories is None else -1
        store.set_limits(memory_size=memory_size, instances=64, tables=64, memories=8)
        if self._instances.has_imports:
            store.set_wasi(self._runtime.WasiConfig())
        store.set_epoch_deadline(ticks)
        return store

    def _drop_spent(self) -> None:
        if self._spent is not None:
            self._spent.close()
            self._spent = None

    def _let_tick(self) -> None:
        """From the beginning of a call to its end, when `_is_called` is taken back."""
        self._is_called = self._was_called = True
        if not self._ticking.is_set():
            self._ticking.set()
