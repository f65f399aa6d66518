"""Canonical JSON (RFC 8785) and digests.

Owns:      the one byte form of a document, the digest of bytes and documents, and reading I-JSON (RFC 7493).
Promises:  equal documents have equal bytes everywhere; what is not I-JSON is refused with its reason.
Never:     rewrites numbers: an integer beyond 2**53 - 1 is refused, not rounded.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring
from typing import Any, Final

from contracts.problems import Problem, ProblemsError

JSON = Any  # None | bool | int | float | str | list[JSON] | dict[str, JSON]
Digest = str  # "sha256:" and 64 hexadecimal digits

MAX_DEPTH: Final = 64
MAX_INTEGER: Final = 2**53 - 1


def digest_of_bytes(data: bytes | memoryview) -> Digest:
    """`sha256:` and the SHA-256 of the bytes in hexadecimal."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def digest_of(document: JSON) -> Digest:
    """The digest of a document: SHA-256 over its RFC 8785 bytes."""
    return digest_of_bytes(canonical_bytes(document))


def canonical_bytes(document: JSON) -> bytes:
    """The RFC 8785 form of a JSON document, UTF-8.

    Raises `ProblemsError` for what has no such form: non-finite numbers, integers beyond 2**53 - 1,
    lone surrogates, keys that are not text, depth above 64.
    """
    parts: list[str] = []
    _write(document, parts, path="", depth=0)
    return "".join(parts).encode()


def _write(value: JSON, parts: list[str], *, path: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise _refusal("too_deep", path, f"Nested deeper than {MAX_DEPTH} levels. Flatten the document.")
    match value:
        case None | bool():
            parts.append("null" if value is None else "true" if value else "false")
        case str():
            parts.append(_quoted(value, path))
        case int():
            if abs(value) > MAX_INTEGER:
                raise _refusal("number_range", path, "An integer beyond 2^53 - 1. Write it as text.")
            parts.append(str(value))
        case float():
            parts.append(_number(value, path))
        case Mapping():
            _write_object(value, parts, path=path, depth=depth)
        case Sequence():
            separator = "["
            for index, item in enumerate(value):
                parts.append(separator)
                _write(item, parts, path=f"{path}/{index}", depth=depth + 1)
                separator = ","
            parts.append("]" if separator == "," else "[]")
        case _:
            raise _refusal("not_json", path, f"A {type(value).__name__} is not a JSON value.")


def _write_object(value: Mapping[str, JSON], parts: list[str], *, path: str, depth: int) -> None:
    if not all(isinstance(key, str) for key in value):
        raise _refusal("not_json", path, "The keys of an object must be text.")
    separator = "{"
    for key in sorted(value, key=lambda text: text.encode("utf-16-be", "surrogatepass")):
        parts.append(separator)
        parts.append(_quoted(key, path))
        parts.append(":")
        _write(value[key], parts, path=f"{path}/{key}", depth=depth + 1)
        separator = ","
    parts.append("}" if separator == "," else "{}")


def _quoted(text: str, path: str) -> str:
    if not text.isascii() and any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        raise _refusal("lone_surrogate", path, "The text holds half of a surrogate pair. Remove it.")
    return encode_basestring(text)


def _number(value: float, path: str) -> str:
    """ECMAScript's Number.prototype.toString, as RFC 8785 §3.2.2.3 asks."""
    if not math.isfinite(value):
        raise _refusal("number_range", path, "Infinity and NaN are not JSON. Use null or text.")
    if value == 0:
        return "0"
    sign, digits, exponent = _shortest(value)
    point = len(digits) + exponent
    if 0 < point <= 21:
        text = digits.ljust(point, "0") if exponent >= 0 else f"{digits[:point]}.{digits[point:]}"
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        fraction = f".{digits[1:]}" if len(digits) > 1 else ""
        text = f"{digits[0]}{fraction}e{point - 1:+d}"
    return sign + text


def _shortest(value: float) -> tuple[str, str, int]:
    """Sign, digits without zeros at either end, and the power of ten of the last digit."""
    mantissa, _, power = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = fraction.rstrip("0")
    exponent = int(power or 0) - len(fraction)
    digits = (whole + fraction).lstrip("0")
    stripped = digits.rstrip("0")
    return ("-" if value < 0 else ""), stripped, exponent + len(digits) - len(stripped)


def parse_json(data: bytes, *, max_depth: int = MAX_DEPTH) -> JSON:
    """Read I-JSON: UTF-8, no duplicate keys, finite numbers, no lone surrogates, bounded depth.

    Raises `ProblemsError` that says what is wrong and where.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise _refusal("not_utf8", "", f"Byte {error.start} is not UTF-8. Save it as UTF-8.") from error
    _check_nesting(text, max_depth)
    try:
        value = json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _refusal("not_json", "", f"Not JSON at {where}: {error.msg}.") from error
    except ValueError as error:
        if isinstance(error, ProblemsError):
            raise
        raise _refusal("number_range", "", "A number has too many digits. Write it as text.") from error
    _check_scalars(value)
    return value


def _check_nesting(text: str, max_depth: int) -> None:
    """Before the parser: brackets inside texts count too, which can only matter for texts full of them."""
    if text.count("[") + text.count("{") <= max_depth:
        return
    depth = 0
    inside_text = escaped = False
    for character in text:
        if inside_text:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                inside_text = False
        elif character == '"':
            inside_text = True
        elif character in "[{":
            depth += 1
            if depth > max_depth:
                raise _refusal("too_deep", "", f"Nested deeper than {max_depth} levels. Flatten it.")
        elif character in "]}":
            depth -= 1


def _check_scalars(value: JSON) -> None:
    pending: list[tuple[str, JSON]] = [("", value)]
    while pending:
        path, item = pending.pop()
        if isinstance(item, dict):
            for key, entry in item.items():
                _quoted(key, path)
                pending.append((f"{path}/{key}", entry))
        elif isinstance(item, list):
            pending.extend((f"{path}/{index}", entry) for index, entry in enumerate(item))
        elif isinstance(item, str):
            _quoted(item, path)
        elif isinstance(item, float):
            _number(item, path)


def _unique_keys(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    result = dict(pairs)
    if len(result) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _refusal("duplicate_key", "", f"The key {twice!r} stands twice in one object. Keep one.")
    return result


def _no_constant(text: str) -> JSON:
    raise _refusal("number_range", "", f"{text} is not JSON. Use null or text.")


def _refusal(code: str, path: str, message: str) -> ProblemsError:
    return ProblemsError([Problem(code=code, path=path, message=message)])
