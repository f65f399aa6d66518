"""Reads a zip that somebody may have built to do harm.

Owns:      the zip structures: end record, central directory, local headers, deflate streams.
Promises:  both headers of an entry agree, entries do not overlap, every byte is counted as it is inflated.
Never:     believes a header; supports what a bundle has no use for (zip64, encryption, links, other methods).
"""

import stat
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from contracts.problems import ProblemsError
from modules_catalog.bundle_rules import (
    MAX_BUNDLE_BYTES,
    MAX_FILE_BYTES,
    MAX_FILES,
    MAX_RATIO,
    Tally,
    check_names,
    refusal,
    shown,
)

_END: Final = struct.Struct("<4s4H2IH")
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")
_LOCAL: Final = struct.Struct("<4s5H3I2H")
_MAX_ZIP_BYTES: Final = MAX_BUNDLE_BYTES + (MAX_FILES << 10)
_ENCRYPTED: Final = 0x0001 | 0x0040 | 0x2000
_SIZES_FOLLOW: Final = 0x0008
_STORED, _DEFLATED = 0, 8
_ZIP64_EXTRA: Final = 0x0001
_UNICODE_PATH_EXTRA: Final = 0x7075
_CHUNK: Final = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One entry of the central directory, before any of it is believed."""

    name: str
    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    mode: int

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/")


def unzip(data: bytes) -> dict[str, bytes]:
    """Name → bytes. Raises `ProblemsError` with the first thing that is wrong."""
    if len(data) > _MAX_ZIP_BYTES:
        raise refusal("bundle_too_large", "", f"The zip is larger than {_MAX_ZIP_BYTES >> 20} MiB.")
    directory_at, end_at, count = _end_record(data)
    entries = _central_directory(data, directory_at, end_at, count)
    for entry in entries:
        _check_entry(entry)
    files = [entry for entry in entries if not entry.is_folder]
    names = [entry.name for entry in files]
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise refusal("duplicate_name", twice, "Stands twice in the zip. Keep one.")
    folders = [entry.name.rstrip("/") for entry in entries if entry.is_folder]
    if problems := check_names(names) or check_names(set(folders)):
        raise ProblemsError(problems)
    if sum(entry.size for entry in entries) > MAX_BUNDLE_BYTES:
        message = f"The files add up to more than {MAX_BUNDLE_BYTES >> 20} MiB. Keep large data outside."
        raise refusal("bundle_too_large", "", message)
    starts = _data_starts(data, entries, directory_at)
    tally = Tally()
    return {entry.name: _content(data, entry, starts[entry.offset], tally) for entry in files}


def _end_record(data: bytes) -> tuple[int, int, int]:
    """Where the central directory begins and ends, and how many entries it says it has."""
    found = []
    at = data.rfind(b"PK\x05\x06")
    while at >= 0 and at >= len(data) - _END.size - 0xFFFF:
        if at + _END.size <= len(data):
            fields = _END.unpack_from(data, at)
            if at + _END.size + fields[7] == len(data):
                found.append((at, fields))
        at = data.rfind(b"PK\x05\x06", 0, at)
    if not found:
        raise refusal("not_a_zip", "", "Not a zip, or cut short. Send the whole zip of the module's folder.")
    if len(found) > 1:
        raise refusal("ambiguous_zip", "", "Two readers could see different files in this zip. Zip it anew.")
    at, (_, disk, directory_disk, here, count, size, offset, _) = found[0]
    if 0xFFFF in (here, count) or 0xFFFFFFFF in (size, offset):
        raise refusal("too_many_files", "", f"A zip64. A bundle has at most {MAX_FILES} files.")
    if count > MAX_FILES:
        message = f"{count} entries, {MAX_FILES} are allowed. Leave out what the module can do without."
        raise refusal("too_many_files", "", message)
    if (disk, directory_disk) != (0, 0) or here != count or offset + size != at:
        raise refusal("not_a_zip", "", "The directory of the zip is not where its end says. Zip it anew.")
    return offset, at, count


def _central_directory(data: bytes, at: int, end: int, count: int) -> list[_Entry]:
    entries = []
    for _ in range(count):
        if at + _CENTRAL.size > end:
            raise _damaged()
        fields = _CENTRAL.unpack_from(data, at)
        name_size, extra_size, comment_size, disk = fields[10:14]
        name_at = at + _CENTRAL.size
        at = name_at + name_size + extra_size + comment_size
        if fields[0] != b"PK\x01\x02" or at > end or disk != 0:
            raise _damaged()
        raw_name = data[name_at : name_at + name_size]
        entry = _Entry(
            name=raw_name.decode("latin-1"),
            raw_name=raw_name,
            flags=fields[3],
            method=fields[4],
            crc=fields[7],
            packed=fields[8],
            size=fields[9],
            offset=fields[16],
            mode=fields[15] >> 16,
        )
        _check_extra(entry, data[name_at + name_size : name_at + name_size + extra_size])
        entries.append(entry)
    if at != end:
        raise _damaged()
    return entries


def _check_extra(entry: _Entry, extra: bytes) -> None:
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, at)
        if kind in (_ZIP64_EXTRA, _UNICODE_PATH_EXTRA):
            raise refusal(
                "ambiguous_zip", entry.name, "Carries a second size or name. Zip it with plain settings."
            )
        at += 4 + size


def _check_entry(entry: _Entry) -> None:
    if entry.flags & _ENCRYPTED:
        raise refusal("encrypted", entry.name, "Encrypted. Zip it without a password.")
    kind = stat.S_IFMT(entry.mode)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR) or (kind == stat.S_IFDIR) > entry.is_folder:
        raise refusal("not_a_file", entry.name, "A link, device or pipe. Put the file itself there.")
    if entry.method not in (_STORED, _DEFLATED):
        message = f"Compressed by method {entry.method}. Only stored and deflated files are read."
        raise refusal("compression", entry.name, message)
    if entry.is_folder and entry.size:
        raise refusal("size_mismatch", entry.name, "A folder that claims to hold bytes. Zip it anew.")
    if entry.size > MAX_FILE_BYTES:
        message = f"Larger than {MAX_FILE_BYTES >> 20} MiB. Keep large data outside the bundle."
        raise refusal("file_too_large", entry.name, message)
    if entry.size > entry.packed * MAX_RATIO:
        message = f"Packed more than {MAX_RATIO} times. Store it without compression."
        raise refusal("ratio", entry.name, message)
    if entry.method == _STORED and entry.size != entry.packed:
        raise refusal("size_mismatch", entry.name, "A stored file whose two sizes differ. Zip it anew.")


def _data_starts(data: bytes, entries: Sequence[_Entry], limit: int) -> dict[int, int]:
    """Offset of a local header → where its bytes begin; no two entries may share a byte."""
    starts: dict[int, int] = {}
    free_from = 0
    for entry in sorted(entries, key=lambda entry: entry.offset):
        start = _local_header(data, entry, limit)
        if entry.offset < free_from:
            raise refusal("overlap", entry.name, "Shares its bytes with another file. Zip it anew.")
        free_from = start + entry.packed
        if free_from > limit:
            raise refusal("overlap", entry.name, "Reaches into the directory of the zip. Zip it anew.")
        starts[entry.offset] = start
    return starts


def _local_header(data: bytes, entry: _Entry, limit: int) -> int:
    if entry.offset + _LOCAL.size > limit:
        raise _damaged(entry.name)
    fields = _LOCAL.unpack_from(data, entry.offset)
    signature, _, flags, method, _, _, crc, packed, size = fields[:9]
    name_size, extra_size = int(fields[9]), int(fields[10])
    name_at = entry.offset + _LOCAL.size
    if signature != b"PK\x03\x04" or name_at + name_size + extra_size > limit:
        raise _damaged(entry.name)
    told = (entry.crc, entry.packed, entry.size)
    sizes_agree = (crc, packed, size) == told or (flags & _SIZES_FOLLOW and (crc, packed, size) == (0, 0, 0))
    if (data[name_at : name_at + name_size], flags, method) != (entry.raw_name, entry.flags, entry.method):
        raise refusal("ambiguous_zip", entry.name, "Its two headers disagree. Zip it anew.")
    if not sizes_agree:
        raise refusal("size_mismatch", entry.name, "Its two headers disagree about its size. Zip it anew.")
    _check_extra(entry, data[name_at + name_size : name_at + name_size + extra_size])
    return name_at + name_size + extra_size


def _content(data: bytes, entry: _Entry, start: int, tally: Tally) -> bytes:
    tally.add_file(entry.name)
    packed = memoryview(data)[start : start + entry.packed]
    content = bytes(packed) if entry.method == _STORED else _inflate(packed, entry, tally)
    if entry.method == _STORED:
        tally.add_bytes(entry.name, file_bytes=len(content), new_bytes=len(content))
    if len(content) != entry.size:
        raise _lie(entry)
    if zlib.crc32(content) != entry.crc:
        raise refusal(
            "checksum", entry.name, "Its checksum is wrong: it was damaged on the way. Send it again."
        )
    return content


def _inflate(packed: memoryview, entry: _Entry, tally: Tally) -> bytes:
    """Inflates in small steps and stops at the first byte beyond what the headers said."""
    stream, content, at = zlib.decompressobj(-15), bytearray(), 0
    pending: bytes | memoryview = b""
    while not stream.eof:
        if not pending:
            pending, at = packed[at : at + _CHUNK], at + _CHUNK
        try:
            piece = stream.decompress(pending, _CHUNK)
        except zlib.error as error:
            raise _damaged(entry.name) from error
        if not piece and not pending and not stream.eof:
            raise _damaged(entry.name)
        pending = stream.unconsumed_tail
        content += piece
        tally.add_bytes(entry.name, file_bytes=len(content), new_bytes=len(piece))
        if len(content) > entry.size:
            raise _lie(entry)
    if stream.unused_data or pending or at < len(packed):
        raise _lie(entry)
    return bytes(content)


def _lie(entry: _Entry) -> ProblemsError:
    return refusal("size_mismatch", entry.name, "Its size is not the one that the zip states. Zip it anew.")


def _damaged(name: str = "") -> ProblemsError:
    return refusal("damaged_zip", shown(name), "The zip is damaged here. Zip it anew and send it again.")
