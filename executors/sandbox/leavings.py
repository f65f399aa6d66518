"""What a module leaves in its scratch folder, removed.

Promises:  any depth, any modes, and no more open files than two.
Never:     follows a link, even one that a process left behind puts there meanwhile.
"""

import itertools
import os
from collections.abc import Iterator
from typing import Final

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def empty(scratch: str) -> None:
    """Level by level: what is inside of a folder is moved up first, so that no depth is too deep.

    Raises `OSError`.
    """
    fresh = (f"{os.urandom(8).hex()}-{number}" for number in itertools.count())
    top = os.open(scratch, _FOLDER)
    try:
        while entries := _opened(top):
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    _lift(entry.name, top, fresh)
                else:
                    os.unlink(entry.name, dir_fd=top)
    finally:
        os.close(top)


def _lift(name: str, top: int, fresh: Iterator[str]) -> None:
    folder = os.open(name, _FOLDER, dir_fd=top)
    try:
        for entry in _opened(folder):
            os.rename(entry.name, next(fresh), src_dir_fd=folder, dst_dir_fd=top)
    finally:
        os.close(folder)
    os.rmdir(name, dir_fd=top)


def _opened(folder: int) -> list["os.DirEntry[str]"]:
    """What is in it. To read a folder, or to move it, is to have rights to it, which only root always has.

    Root changes no modes: that could be led astray, where an ordinary user changes no more than a module could.
    """
    with os.scandir(folder) as found:
        entries = list(found)
    if os.geteuid() != 0:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                os.chmod(entry.name, 0o700, dir_fd=folder)
    return entries
