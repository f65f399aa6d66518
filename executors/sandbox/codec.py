"""JSON inside the sandbox: orjson of the host's interpreter, under a name that no module's own copy can have.

Owns:      loading it before the walls stand, and the two directions.
Promises:  whatever has no JSON form is refused; where memory does not suffice the process ends with
           `EXIT_NO_MEMORY` at the worst, as the library does not look at what it is refused.
"""

import ctypes
import gc
import importlib.util
import json
import math
import mmap
import signal
import sys
from collections.abc import Iterable
from typing import Any, Final

_NAME: Final = "executors.sandbox.orjson"
LARGE_BYTES: Final = 64 << 10
_SMALL: Final = frozenset({int, float, bool, type(None)})
_SHORT: Final = 1 << 12
_SET_ASIDE: Final = 17  # times its length
_sparing: Final = json.JSONEncoder(ensure_ascii=False).encode
EXIT_NO_MEMORY: Final = int(signal.SIGSEGV)
_libc: Final = ctypes.CDLL(None)
_json: Any = None
_options: int = 0


class NotJson(ValueError):
    """An output that has no JSON form."""


def prepare(file: str) -> None:
    """Load the library from its file, and what it imports at its first use. Raises ImportError."""
    global _json, _options
    spec = importlib.util.spec_from_file_location(_NAME, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no library of this interpreter")
    _json = importlib.util.module_from_spec(spec)
    sys.modules[_NAME] = _json
    spec.loader.exec_module(_json)
    _options = _json.OPT_STRICT_INTEGER | _json.OPT_PASSTHROUGH_DATACLASS | _json.OPT_PASSTHROUGH_DATETIME
    decode(encode({"warm": [1, 1.5, None]}))


def decode(data: bytes | memoryview) -> Any:
    """Of what the host sent."""
    if len(data) < LARGE_BYTES:
        return _json.loads(data)
    was_collecting = gc.isenabled()
    gc.disable()  # it would look at what is being made again and again
    _leave_on_fault()
    try:
        return _json.loads(data)
    finally:
        _fall_on_fault()
        if was_collecting:
            gc.enable()


def encode(value: Any) -> bytes:
    """Raises `NotJson`."""
    if type(value) in _SMALL or (type(value) is str and len(value) < _SHORT):
        return _encoded(value)
    _leave_on_fault()
    try:
        if isinstance(value, str) and len(value) >= LARGE_BYTES and not _has_room_for(value):
            return _sparing(value).encode()
        return _encoded(value)
    except UnicodeEncodeError as error:
        raise NotJson(f"An output is not JSON: {error}.") from error
    finally:
        _fall_on_fault()


def _encoded(value: Any) -> bytes:
    try:
        data: bytes = _json.dumps(value, option=_options)
    except (TypeError, RecursionError) as error:
        raise NotJson(f"An output is not JSON: {error}.") from error
    if not isinstance(value, str) and b"null" in data and has_non_finite([value]):
        raise NotJson("An output is not JSON: Infinity and NaN have no form in it.")
    return data


def _has_room_for(text: str) -> bool:
    """Whether the library can have what it sets aside for a text before it looks at it."""
    try:
        mmap.mmap(-1, _SET_ASIDE * len(text), flags=mmap.MAP_PRIVATE).close()
    except (OSError, ValueError):
        return False
    return True


def _leave_on_fault() -> None:
    """A fault now is memory that was not to be had: `_exit` takes the number of the signal as its code."""
    _libc.signal(EXIT_NO_MEMORY, _libc._exit)


def _fall_on_fault() -> None:
    _libc.signal(EXIT_NO_MEMORY, None)


def has_non_finite(values: Iterable[Any]) -> bool:
    """Whether NaN or an infinity stands anywhere in them."""
    for value in values:
        if isinstance(value, float):
            if not math.isfinite(value):
                return True
        elif isinstance(value, dict):
            if has_non_finite(value.values()):
                return True
        elif isinstance(value, list | tuple) and has_non_finite(value):
            return True
    return False
