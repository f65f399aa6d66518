"""Reads the files of a folder by the rules of a bundle.

Promises:  follows no link and opens nothing but ordinary files; sizes are counted while reading.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from modules_catalog.bundle_rules import MAX_FILE_BYTES, Tally, is_name, refusal

_IGNORED: Final = frozenset(("__pycache__", ".git", ".DS_Store"))


def read_files(folder: Path) -> dict[str, bytes]:
    """Name → bytes. Raises `ProblemsError` for links, devices and everything beyond a limit."""
    if not folder.is_dir():
        raise refusal("no_folder", str(folder), "No such folder. Give the folder that holds module.toml.")
    tally = Tally()
    return {name: _read(path, name, tally) for name, path in _walk(folder, "")}


def _walk(folder: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    with os.scandir(folder) as entries:
        ordered = sorted(entries, key=lambda entry: entry.name)
    for entry in ordered:
        name = prefix + entry.name
        if entry.name in _IGNORED or entry.name.endswith(".pyc"):
            continue
        if not is_name(name):
            raise refusal(
                "file_name", name, "Use letters, digits, '.', '_' and '-' in the names of files and folders."
            )
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), f"{name}/")
        elif entry.is_file(follow_symlinks=False):
            yield name, Path(entry.path)
        else:
            raise _not_a_file(name)


def _read(path: Path, name: str, tally: Tally) -> bytes:
    tally.add_file(name)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise refusal("unreadable", name, f"Cannot be read: {error.strerror}.") from error
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _not_a_file(name)
        data = file.read(MAX_FILE_BYTES + 1)
    tally.add_bytes(name, file_bytes=len(data), new_bytes=len(data))
    return data


def _not_a_file(name: str) -> Exception:
    return refusal("not_a_file", name, "A link, device or pipe. Put the file itself there.")
