"""How much memory a WebAssembly file asks for at its start, read without running or compiling it.

Owns:      the section headers of core modules and components (binary format, version 1 and component layer).
"""

from typing import Final

PAGE_BYTES: Final = 64 << 10
_MODULE: Final = b"\x00asm\x01\x00\x00\x00"
_COMPONENT: Final = b"\x00asm\x0d\x00\x01\x00"
_MEMORY_SECTION: Final = 5
_NESTED_MODULE, _NESTED_COMPONENT = 1, 4
_MAX_NESTING: Final = 8
_HAS_MAXIMUM, _IS_64_BIT = 1, 4


class WasmError(ValueError):
    """Bytes that are no WebAssembly."""

    code = "wasm"


def memory_bytes_at_start(data: bytes) -> int:
    """The sum of the initial memories of a core module or component. Raises `WasmError`."""
    return _measure(memoryview(data), nesting=0)


def _measure(data: memoryview, *, nesting: int) -> int:
    magic = bytes(data[:8])
    if magic not in (_MODULE, _COMPONENT):
        raise WasmError("its first bytes are others")
    if nesting > _MAX_NESTING:
        raise WasmError("components nested too deep")
    total, at = 0, 8
    while at < len(data):
        section = data[at]
        size, at = _number(data, at + 1)
        if at + size > len(data):
            raise WasmError("a section is cut short")
        body = data[at : at + size]
        if magic == _MODULE and section == _MEMORY_SECTION:
            total += _memories(body)
        elif magic == _COMPONENT and section in (_NESTED_MODULE, _NESTED_COMPONENT):
            total += _measure(body, nesting=nesting + 1)
        at += size
    return total


def _memories(body: memoryview) -> int:
    count, at = _number(body, 0)
    total = 0
    for _ in range(count):
        flags, at = _number(body, at)
        pages, at = _number(body, at)
        if flags & _HAS_MAXIMUM:
            _, at = _number(body, at)
        if flags & ~(_HAS_MAXIMUM | 2 | _IS_64_BIT):
            raise WasmError("a memory of an unknown kind")
        total += pages * PAGE_BYTES
    return total


def _number(data: memoryview, at: int) -> tuple[int, int]:
    """An unsigned LEB128 number and where the next byte is."""
    value = shift = 0
    while at < len(data) and shift < 64:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise WasmError("a number is cut short")
