"""What a bundle may hold: names, counts and sizes.

Owns:      the limits, the grammar of file names, and `Tally`, the counters that every reader feeds.
Promises:  a limit is enforced while bytes arrive, before they are kept.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from contracts.problems import Problem, ProblemsError

MAX_FILES: Final = 2_000
MAX_FILE_BYTES: Final = 16 << 20
MAX_BUNDLE_BYTES: Final = 64 << 20
MAX_RATIO: Final = 100
MAX_NAME: Final = 240
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*\Z")


def refusal(code: str, name: str, message: str) -> ProblemsError:
    """A refused bundle; `name` is the file, "" the whole."""
    return ProblemsError([Problem(code=code, path=shown(name), message=message)])


def shown(name: str) -> str:
    """A hostile name made fit for a message."""
    printable = name.encode("ascii", "backslashreplace").decode()
    printable = "".join(
        character if character.isprintable() else repr(character)[1:-1] for character in printable
    )
    return printable if len(printable) <= MAX_NAME else f"{printable[:MAX_NAME]}…"


def check_names(names: Iterable[str]) -> list[Problem]:
    """Problems of names: characters, traversal, and two names that a file system may take for one."""
    problems = []
    places: dict[str, tuple[str, str]] = {}
    for name in names:
        if not is_name(name):
            message = (
                "Not a file name of a bundle. Use letters, digits, '.', '_', '-' and '/' between folders; "
                f"no '..', no leading '/', no drive, at most {MAX_NAME} characters."
            )
            problems.append(Problem(code="file_name", path=shown(name), message=message))
        else:
            problems.extend(_clashes(name, places))
    return problems


def is_name(name: str) -> bool:
    if len(name) > MAX_NAME or _NAME.match(name) is None:
        return False
    return not any(set(part) == {"."} for part in name.split("/"))


def _clashes(name: str, places: dict[str, tuple[str, str]]) -> Iterable[Problem]:
    parts = name.split("/")
    for depth in range(1, len(parts) + 1):
        place, kind = "/".join(parts[:depth]), "file" if depth == len(parts) else "folder"
        other, other_kind = places.setdefault(place.lower(), (place, kind))
        if (kind, other_kind) == ("folder", "folder") and place == other:
            continue
        if (place, kind) != (other, other_kind):
            message = f"Clashes with {other}: some systems take them for one. Rename one of them."
            yield Problem(code="duplicate_name", path=name, message=message)
            return


@dataclass(slots=True)
class Tally:
    """Counts what has really been read; raises `ProblemsError` at the first byte too many."""

    files: int = 0
    total: int = 0

    def add_file(self, name: str) -> None:
        self.files += 1
        if self.files > MAX_FILES:
            raise refusal(
                "too_many_files",
                name,
                f"More than {MAX_FILES} files. Leave out what the module can do without.",
            )

    def add_bytes(self, name: str, *, file_bytes: int, new_bytes: int) -> None:
        """`file_bytes` so far of this file, `new_bytes` of them just arrived."""
        self.total += new_bytes
        if file_bytes > MAX_FILE_BYTES:
            message = f"Larger than {MAX_FILE_BYTES >> 20} MiB. Keep large data outside the bundle."
            raise refusal("file_too_large", name, message)
        if self.total > MAX_BUNDLE_BYTES:
            message = f"The files add up to more than {MAX_BUNDLE_BYTES >> 20} MiB. Keep large data outside."
            raise refusal("bundle_too_large", name, message)
