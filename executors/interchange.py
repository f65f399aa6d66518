"""JSON values between nodes: one byte form (compact, keys sorted, UTF-8), believed only once it is ours.

Owns:      reading what a module sent, and writing the bytes that are kept.
Promises:  what `encode` returns is I-JSON, at most 64 levels deep, without NUL; integers are exact.
"""

import gc
from typing import Final

import msgspec.json
import orjson

from contracts.canonical import JSON, MAX_DEPTH
from executors.sandbox.codec import LARGE_BYTES, has_non_finite

_OPTIONS: Final = (
    orjson.OPT_SORT_KEYS
    | orjson.OPT_STRICT_INTEGER
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
)
_NO_BRACKETS: Final = bytes(set(range(256)) - set(b'[]{}"'))


class NotInterchangeable(ValueError):
    """A value that may not travel between nodes; the text says why."""


def decode(data: bytes) -> JSON:
    """Read what `encode` wrote. Raises ValueError."""
    if len(data) < LARGE_BYTES:
        return orjson.loads(data)
    if data.startswith(b'"') and data.endswith(b'"') and b"\\" not in data and b'"' not in data[1:-1]:
        return data[1:-1].decode()  # one text without an escape is what stands between its quotes
    return decode_foreign(data)


def decode_foreign(data: bytes) -> JSON:
    """Read what a sandbox sent. Raises `NotInterchangeable`."""
    is_collecting = len(data) >= LARGE_BYTES and gc.isenabled()
    if is_collecting:
        gc.disable()  # it would look at what is being made again and again
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise NotInterchangeable(f"Not JSON: {error}.") from error
    finally:
        if is_collecting:
            gc.enable()


def encode(value: JSON) -> bytes:
    """The bytes that travel and are kept. Raises `NotInterchangeable`."""
    try:
        data = orjson.dumps(value, option=_OPTIONS)
    except orjson.JSONEncodeError as error:
        raise NotInterchangeable(f"{error}.") from error
    kind = type(value)
    if kind is int or kind is bool:
        return data
    if kind is not str:
        if b"null" in data and has_non_finite([value]):
            raise NotInterchangeable("Infinity and NaN are not JSON. Use null or text.")
        if len(data) > MAX_DEPTH and data.count(b"[") + data.count(b"{") > MAX_DEPTH and _is_too_deep(data):
            raise NotInterchangeable(f"Nested deeper than {MAX_DEPTH} levels. Flatten it.")
    if b"\\" in data and b"\\u0000" in data and b"\\u0000" in data.replace(b"\\\\", b""):
        raise NotInterchangeable("A text holds the character NUL. Remove it.")
    return data


def shown(text: str) -> str:
    """A text that may stand in any database and page: without half surrogates, and without NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def _is_too_deep(data: bytes) -> bool:
    """By taking away innermost pairs of brackets, level by level: the work is done by C."""
    quoted = data.replace(b"\\\\", b"").replace(b'\\"', b"").translate(None, _NO_BRACKETS)
    brackets = b"".join(quoted.split(b'"')[::2])
    for _ in range(MAX_DEPTH):
        brackets = _without_innermost(brackets)
        if not brackets:
            return False
    return True


def _without_innermost(brackets: bytes) -> bytes:
    # Pairs that become neighbours by a removal belong to the next level, so they are marked, not joined.
    marked = brackets.replace(b"[]", b".").replace(b"{}", b".")
    return marked.replace(b".", b"")
