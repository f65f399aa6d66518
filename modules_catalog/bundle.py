"""The bundle: the files of a module version, content-addressed.

Owns:      `Bundle`, reading one from a zip or a folder, and writing the zip.
Promises:  what is returned keeps every limit of `bundle_rules.py`; the rest is refused with its reason.
Never:     executes, imports or unpacks anything to disk; trusts a size or name that a header claims.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from contracts.canonical import JSON, Digest, digest_of
from contracts.problems import ProblemsError
from modules_catalog.bundle_rules import Tally, check_names
from modules_catalog.folder import read_files
from modules_catalog.zip_reader import unzip
from modules_catalog.zip_writer import zip_files


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """`files`: name → bytes; `table`: the document `lamina/bundle@1`; `digest`: the digest of that table."""

    files: Mapping[str, bytes]
    table: JSON
    digest: Digest


def bundle_of(files: Mapping[str, bytes]) -> Bundle:
    """A bundle of files that are already in memory. Raises `ProblemsError` for what breaks a rule."""
    if problems := check_names(files):
        raise ProblemsError(problems)
    tally = Tally()
    for name in files:
        tally.add_file(name)
        tally.add_bytes(name, file_bytes=len(files[name]), new_bytes=len(files[name]))
    ordered = {name: bytes(files[name]) for name in sorted(files)}
    entries = {
        name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in ordered.items()
    }
    table = {"format": "lamina/bundle@1", "files": entries}
    return Bundle(files=MappingProxyType(ordered), table=table, digest=digest_of(table))


def read_bundle(data: bytes) -> Bundle:
    """Read a zip that anybody may have made. Raises `ProblemsError`."""
    return bundle_of(unzip(data))


def read_folder(folder: Path) -> Bundle:
    """Read a folder by the same rules; `__pycache__`, `*.pyc`, `.git` and `.DS_Store` are left out."""
    return bundle_of(read_files(folder))


def write_bundle(files: Mapping[str, bytes]) -> bytes:
    """The zip of these files: sorted, without times or owners. Raises `ProblemsError` as reading does."""
    return zip_files(bundle_of(files).files)
