"""Loading an entry function and calling it.

Owns:      the one way in which a module's code is reached: `load_entry`, then `call`.
Promises:  the decorated and the plain form look the same from outside: dicts by port in, dicts by port out.
Never:     validates against the contract; catches what a module raises.
"""

import importlib.util
import re
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from lamina.context import Context
from lamina.declare import declaration_of
from lamina.errors import ModuleError
from lamina.shapes import Convert, fields_of, is_foreign, plain_value, reader_of, record_class, writer_of

Entry = Callable[..., Any]


def load_entry(folder: Path, entry: str) -> Entry:
    """Execute the entry file of a bundle's folder and return its function.

    `entry` is `file.py:function`. The caller puts `folder` on `sys.path` if the bundle has several files.
    Raises ImportError where file or function is missing, and whatever the file raises.
    """
    file, _, name = entry.partition(":")
    path = folder / file
    module_name = "lamina_entry_" + re.sub(r"\W", "_", str(path))
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ImportError(f"The entry file {file} is missing.")
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = loaded  # type hints are resolved through it
    spec.loader.exec_module(loaded)
    function: Entry | None = getattr(loaded, name, None)
    if function is None or not callable(function):
        raise ImportError(f"{file} defines no function {name}.")
    return function


def call(function: Entry, inputs: Mapping[str, Any], context: Context[Any]) -> dict[str, Any]:
    """Call an entry function: dicts by port in, a dict by port out.

    Inputs are JSON values, `Table` and `Binary`; the context's config is a dict. Of the outputs, JSON ports
    are JSON values; table and binary ports are `bytes`, `Table`, `Binary`, or the file of `context.writer`.
    """
    declaration = declaration_of(function)
    if declaration is None:
        return _by_port(function(dict(inputs), context))
    input_hint, config_hint, output_hint = declaration.hints
    config = context.config if config_hint is None else _reader(config_hint)(context.config or {})
    outputs = function(_reader(input_hint)(inputs), context.configured(config))
    return _ports_of(output_hint, outputs)


@cache
def _reader(hint: Any) -> Convert:
    return reader_of(hint) or dict


def _ports_of(hint: Any, outputs: Any) -> dict[str, Any]:
    record = record_class(hint)
    if record is None or is_foreign(record):
        return _by_port(plain_value(outputs))
    ports: dict[str, Any] = {}
    for name, may_be_missing, write in _writers(record):
        value = outputs.get(name) if isinstance(outputs, Mapping) else getattr(outputs, name)
        if value is None and may_be_missing:
            continue
        ports[name] = write(value) if write is not None else value
    return ports


@cache
def _writers(record: Any) -> tuple[tuple[str, bool, Convert | None], ...]:
    return tuple((field.name, not field.is_required, writer_of(field.hint)) for field in fields_of(record))


def _by_port(outputs: Any) -> dict[str, Any]:
    if type(outputs) is not dict and not isinstance(outputs, Mapping):
        raise ModuleError(
            "system.contract", {}, f"The module returned a {type(outputs).__name__}, not a dict by port."
        )
    return dict(outputs)
