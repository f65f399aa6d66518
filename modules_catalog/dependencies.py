"""C8: every package of a lock is pinned to one version and held by hashes."""

import re
from collections.abc import Iterator
from typing import Final

from contracts.problems import Problem, pointer

MAX_LOCK_BYTES: Final = 1 << 20
_PACKAGE: Final = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(\[[A-Za-z0-9._,-]*\])?==(?P<version>[0-9][A-Za-z0-9.!+_-]*)\Z"
)
_HASH: Final = re.compile(r"--hash=sha256:[0-9a-f]{64}\Z")


def check_dependency_lock(name: str, data: bytes) -> list[Problem]:
    """Problems of a requirements.lock, as `file#/line`."""
    if len(data) > MAX_LOCK_BYTES:
        return [
            _problem("too_large", name, 1, f"Larger than {MAX_LOCK_BYTES >> 20} MiB. Lock fewer packages.")
        ]
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return [_problem("not_utf8", name, 1, "Not UTF-8. Save it as UTF-8.")]
    problems, seen = [], set()
    for line, requirement in _requirements(text):
        words = requirement.split()
        hashes = [word for word in words if word.startswith("--hash=")]
        package, _, marker = " ".join(word for word in words if not word.startswith("--hash=")).partition(";")
        found = _PACKAGE.match("".join(package.split()))
        if found is None or any(word.startswith("-") for word in (*package.split(), *marker.split())):
            message = "Only `name==version --hash=sha256:…` is read: no options, links or ranges."
            problems.append(_problem("dependency", name, line, message))
            continue
        known_as = re.sub(r"[-_.]+", "-", found["name"]).lower()
        if not hashes or not all(map(_HASH.match, hashes)):
            message = f"{known_as} needs SHA-256 hashes. Lock it with hashes."
            problems.append(_problem("dependency_hash", name, line, message))
        if (known_as, marker) in seen:
            problems.append(_problem("dependency", name, line, f"{known_as} stands twice. Keep one version."))
        seen.add((known_as, marker))
    return problems


def _requirements(text: str) -> Iterator[tuple[int, str]]:
    """Line number and requirement, its continuation lines joined, without comments."""
    parts: list[str] = []
    start = 1
    for number, raw in enumerate([*text.splitlines(), ""], start=1):
        if not parts:
            start = number
        line = _without_comment(raw)
        parts.append(line.removesuffix("\\"))
        if line.endswith("\\"):
            continue
        if requirement := " ".join(parts).strip():
            yield start, requirement
        parts = []


def _without_comment(line: str) -> str:
    at = line.find("#")
    while at > 0 and not line[at - 1].isspace():
        at = line.find("#", at + 1)
    return (line if at < 0 else line[:at]).rstrip()


def _problem(code: str, name: str, line: int, message: str) -> Problem:
    return Problem(code=code, path=f"{name}#{pointer(line)}", message=message)
