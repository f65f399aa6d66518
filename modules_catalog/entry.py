"""The entry of a module: whether what module.toml names is there and is what it says.

Promises:  Python is parsed and WebAssembly measured; neither is ever run, imported or compiled.
"""

import ast
from collections.abc import Iterator
from typing import Final

from contracts.problems import Problem
from modules_catalog.bundle import Bundle
from modules_catalog.bundle_documents import missing
from modules_catalog.manifest import Manifest
from modules_catalog.wasm_header import WasmError, memory_bytes_at_start

MAX_SOURCE_BYTES: Final = 128 << 10
_PARAMETERS: Final = 2


def check_entry(bundle: Bundle, manifest: Manifest) -> Iterator[Problem]:
    """Problems of the entry file; an http module has none."""
    name = manifest.entry_file
    if name is None:
        return
    if name not in bundle.files:
        yield missing(name, "module.toml names it as the entry, but it is not in the bundle. Add it.")
    elif manifest.runtime == "python":
        yield from _check_python(name, bundle.files[name], manifest.entry.partition(":")[2])
    elif manifest.runtime == "wasm":
        yield from _check_wasm(name, bundle.files[name], manifest.limits.memory_bytes)


def _check_python(name: str, source: bytes, function: str) -> Iterator[Problem]:
    if len(source) > MAX_SOURCE_BYTES:
        message = f"Larger than {MAX_SOURCE_BYTES >> 10} KiB. Keep the entry file small and import the rest."
        yield Problem(code="too_large", path=name, message=message)
        return
    try:
        # As text, for a coding cookie would choose a codec; unnamed, for Python looks the line of an error up
        # in the file of that name.
        tree = ast.parse(source.decode(), filename="")
    except UnicodeDecodeError as error:
        message = f"Byte {error.start} is not UTF-8. Save it as UTF-8."
        yield Problem(code="not_utf8", path=name, message=message)
        return
    except SyntaxError as error:
        message = f"Line {error.lineno} is not Python: {error.msg}."
        yield Problem(code="syntax", path=name, message=message)
        return
    except (ValueError, RecursionError, MemoryError) as error:
        message = f"Cannot be parsed ({type(error).__name__}). Write it plainer."
        yield Problem(code="syntax", path=name, message=message)
        return
    found = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == function
    ]
    if not found:
        message = (
            f"Defines no function {function} at its top level. Write `def {function}(inputs, context):`."
        )
        yield Problem(code="entry", path=name, message=message)
    elif isinstance(found[-1], ast.AsyncFunctionDef):
        message = f"{function} is asynchronous. Write it with `def`."
        yield Problem(code="entry", path=name, message=message)
    elif not _takes_two(found[-1].args):
        message = f"{function} must take two arguments: `def {function}(inputs, context):`."
        yield Problem(code="entry", path=name, message=message)


def _takes_two(arguments: ast.arguments) -> bool:
    positional = len(arguments.posonlyargs) + len(arguments.args)
    needed = positional - len(arguments.defaults)
    needs_keywords = any(default is None for default in arguments.kw_defaults)
    enough = positional >= _PARAMETERS or arguments.vararg is not None
    return enough and needed <= _PARAMETERS and not needs_keywords


def _check_wasm(name: str, data: bytes, allowed: int) -> Iterator[Problem]:
    try:
        wanted = memory_bytes_at_start(data)
    except WasmError as error:
        yield Problem(code="wasm", path=name, message=f"Not WebAssembly: {error}. Build it again.")
        return
    if wanted > allowed:
        message = (
            f"Asks for {wanted >> 20} MiB of memory at its start, limits.memory_bytes allows "
            f"{allowed >> 20} MiB. Raise the limit or build it with a smaller initial memory."
        )
        yield Problem(code="memory", path=name, message=message)
