"""Writes the zip of a bundle: sorted names, one fixed time, one fixed mode."""

import struct
import zlib
from collections.abc import Mapping
from typing import Final

from modules_catalog.bundle_rules import MAX_RATIO

_LOCAL: Final = struct.Struct("<4s5H3I2H")
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")
_END: Final = struct.Struct("<4s4H2IH")
_DATE: Final = (1 << 5) | 1  # 1 January 1980, the first day that a zip can name
_MADE_BY_UNIX: Final = (3 << 8) | 20
_MODE: Final = 0o100644 << 16


def zip_files(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files; the same files always give the same bytes."""
    body, directory = bytearray(), bytearray()
    for name in sorted(files):
        data, encoded = files[name], name.encode("ascii")
        method, packed = _packed(data)
        fields = (20, 0, method, 0, _DATE, zlib.crc32(data), len(packed), len(data), len(encoded), 0)
        directory += _CENTRAL.pack(b"PK\x01\x02", _MADE_BY_UNIX, *fields, 0, 0, 0, _MODE, len(body)) + encoded
        body += _LOCAL.pack(b"PK\x03\x04", *fields) + encoded + packed
    end = _END.pack(b"PK\x05\x06", 0, 0, len(files), len(files), len(directory), len(body), 0)
    return bytes(body + directory + end)


def _packed(data: bytes) -> tuple[int, bytes]:
    """Deflated where that helps, and never so well that a reader takes it for a bomb."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = compressor.compress(data) + compressor.flush()
    if len(packed) >= len(data) or len(data) > len(packed) * MAX_RATIO:
        return 0, data
    return 8, packed
