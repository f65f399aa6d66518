"""C8: every package of a lock is pinned to one version and held by hashes."""

import re
from collections.abc import Iterator
from typing import Final

from contracts.problems import Problem, pointer

MAX_LOCK_BYTES: Final = 1 << 20
_PACKAGE: Final = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(\[[A-Za-z0-9._,\s-]*\])?\s*==\s*(?P<version>[0-9][A-Za-z0-9.!+_-]*)"
    r"\s*(;(?P<marker>[^\\]*?))?(?P<hashes>(\s+--hash=\S+)*)\s*\Z"
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
        found = _PACKAGE.match(requirement)
        if found is None:
            message = "Only `name==version --hash=sha256:…` is read: no options, links or ranges."
            problems.append(_problem("dependency", name, line, message))
            continue
        package = re.sub(r"[-_.]+", "-", found["name"]).lower()
        hashes = found["hashes"].split()
        if not hashes or not all(map(_HASH.match, hashes)):
            message = f"{package} needs SHA-256 hashes. Lock it with hashes."
            problems.append(_problem("dependency_hash", name, line, message))
        if (package, found["marker"]) in seen:
            problems.append(_problem("dependency", name, line, f"{package} stands twice. Keep one version."))
        seen.add((package, found["marker"]))
    return problems


def _requirements(text: str) -> Iterator[tuple[int, str]]:
    """Line number and requirement, its continuation lines joined, without comments."""
    joined, start = "", 0
    for number, raw in enumerate(text.splitlines(), start=1):
        line = re.sub(r"(^|\s)#.*", "", raw).rstrip()
        start = start or number
        if line.endswith("\\"):
            joined += line[:-1] + " "
            continue
        joined += line
        if joined.strip():
            yield start, joined.strip()
        joined, start = "", 0
    if joined.strip():
        yield start, joined.strip()


def _problem(code: str, name: str, line: int, message: str) -> Problem:
    return Problem(code=code, path=f"{name}#{pointer(line)}", message=message)
