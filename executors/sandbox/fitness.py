"""Whether compiled WebAssembly is a module: what it exports, of which types, and what it imports.

Owns:      `unfit`, which says in a sentence what is wrong, and `reason_of`, an error of wasmtime on one line.
Never:     runs any of it.
"""

import importlib
from typing import Any, Final

from executors.sandbox.instances import EXPORTED

_WASI: Final = "wasi_snapshot_preview1"
_HALF_A_REASON: Final = 250
_RUN: Final = "func(input: string) -> result<string, string>"
_FORMS: Final = {
    "memory": "a memory",
    "cabi_realloc": "(i32 i32 i32 i32) -> i32",
    "run": "(i32 i32) -> i32",
}


def unfit(runtime: Any, engine: Any, compiled: Any, *, is_component: bool) -> str | None:
    """Why what was compiled is no module, or None."""
    if is_component:
        run = compiled.type.exports(engine).get("run")
        if run is None:
            return "The component exports no function run."
        is_fit = _is_run(run.ty)
        return None if is_fit else f"Its run is not {_RUN}."
    types = {export.name: export.type for export in compiled.exports}
    if missing := [name for name in EXPORTED if name not in types]:
        return f"It exports no {missing[0]}. A core module exports memory, cabi_realloc and run."
    for name in EXPORTED:
        if _form(runtime, types[name]) != _FORMS[name]:
            return f"Its {name} is not {_FORMS[name]}."
    wanted = next((each for each in compiled.imports if each.module != _WASI), None)
    if wanted is not None:
        return f"It imports {wanted.module}.{wanted.name}. Only {_WASI} is offered."
    return _unlinked(runtime, engine, compiled)


def _is_run(found: Any) -> bool:
    components = importlib.import_module("wasmtime.component")
    if not isinstance(found, components.FuncType) or len(found.params) != 1:
        return False
    types = [found.params[0][1], found.result]
    if isinstance(found.result, components.ResultType):
        types[1:] = [found.result.ok, found.result.err]
    return len(types) == 3 and all(isinstance(each, components.String) for each in types)


def _form(runtime: Any, found: Any) -> str:
    """The type of an export, as `_FORMS` says it."""
    if not isinstance(found, runtime.FuncType):
        return "a memory" if isinstance(found, runtime.MemoryType) else "something else"
    return f"({' '.join(map(str, found.params))}) -> {' '.join(map(str, found.results))}"


def _unlinked(runtime: Any, engine: Any, compiled: Any) -> str | None:
    """What it imports and would not get, or None."""
    linker = runtime.Linker(engine)
    linker.define_wasi()
    try:
        linker.instantiate_pre(compiled)
    except runtime.WasmtimeError as error:
        return f"It cannot be linked: {reason_of(error)}."
    return None


def reason_of(error: Exception) -> str:
    """On one line; of a long one, where it happened and why."""
    text = " ".join(str(error).split())
    if len(text) <= 2 * _HALF_A_REASON:
        return text
    return f"{text[:_HALF_A_REASON]} … {text[-_HALF_A_REASON:]}"
