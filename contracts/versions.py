"""Semantic versions (SemVer 2.0) and the pins of a graph.

Owns:      parsing, order and the ranges `1.2.0`, `^1.2.0`, `~1.2.0`, `stable`, `next`.
Promises:  precedence as SemVer 2.0 §11 says; a range takes pre-releases only where npm's ranges do.
Never:     knows which versions exist.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import total_ordering
from typing import Final, Literal, Self

from contracts.problems import Problem, ProblemsError

_VERSION: Final = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
    r"(?:-((?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*))?"
    r"(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?\Z",
    re.ASCII,
)
Bump = Literal["patch", "minor", "major"]


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """A semantic version. Build metadata is kept and takes no part in the order."""

    major: int
    minor: int
    patch: int
    prerelease: tuple[str, ...] = ()
    build: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises `ProblemsError` where the text is no semantic version."""
        found = _VERSION.match(text)
        if found is None:
            message = f"{text!r} is not a semantic version. Write three numbers, such as 1.2.0."
            raise ProblemsError([Problem(code="version", path="", message=message)])
        major, minor, patch, prerelease, build = found.groups()
        parts = tuple(prerelease.split(".")) if prerelease else ()
        return cls(int(major), int(minor), int(patch), parts, build or "")

    @property
    def release(self) -> tuple[int, int, int]:
        return self.major, self.minor, self.patch

    def _precedence(self) -> tuple[object, ...]:
        identifiers = tuple(
            (0, int(part), "") if part.isdigit() else (1, 0, part) for part in self.prerelease
        )
        return (*self.release, not self.prerelease, identifiers)

    def __lt__(self, other: "Version") -> bool:
        return self._precedence() < other._precedence()

    def __str__(self) -> str:
        suffix = f"-{'.'.join(self.prerelease)}" if self.prerelease else ""
        return f"{self.major}.{self.minor}.{self.patch}{suffix}" + (f"+{self.build}" if self.build else "")


def bump_between(old: Version, new: Version) -> Bump:
    """What a release claims by its number; below 1.0.0 a minor step claims a major change, as in npm."""
    if new.major != old.major:
        return "major"
    if new.minor != old.minor:
        return "major" if new.major == 0 else "minor"
    return "minor" if new.major == 0 else "patch"


def is_exact(pin: str) -> bool:
    return _VERSION.match(pin) is not None


def satisfies(version: Version, pin: str) -> bool:
    """Whether a version is one that a pin allows."""
    if pin == "stable":
        return not version.prerelease
    if pin == "next":
        return True
    if pin[:1] not in ("^", "~"):
        return str(version) == pin
    low = Version.parse(pin[1:])
    if version < low or (version.prerelease and version.release != low.release):
        return False
    return version.release < _ceiling(low, caret=pin[0] == "^")


def _ceiling(low: Version, *, caret: bool) -> tuple[int, int, int]:
    """The first release that the range excludes."""
    if not caret or (low.major == 0 and low.minor > 0):
        return low.major, low.minor + 1, 0
    if low.major == 0:
        return 0, 0, low.patch + 1
    return low.major + 1, 0, 0


def highest(versions: Iterable[Version], pin: str) -> Version | None:
    """The highest version that a pin allows, or none."""
    return max((version for version in versions if satisfies(version, pin)), default=None)
