"""What a user can fix.

Owns:      `Problem`, the answer of every `check_*` function, and `ProblemsError`, raised by every `parse_*`.
Promises:  a problem says what is wrong, where (a pointer or a path) and what to do.
Never:     stands for a broken promise of our own code; those are ordinary exceptions.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that a user can fix.

    `code` is a stable snake_case word, `path` an RFC 6901 pointer (in bundles `file#pointer`, in graphs a
    pointer into the graph document), `message` a sentence that also says what to do.
    """

    code: str
    path: str
    message: str

    def within(self, prefix: str) -> "Problem":
        """The same problem seen from a document that holds this one at `prefix`."""
        return Problem(code=self.code, path=prefix + self.path, message=self.message)


class ProblemsError(ValueError):
    """A document that cannot be read, with every reason that was found."""

    code = "invalid"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("; ".join(f"{p.path or '/'}: {p.message}" for p in self.problems))


def pointer(*parts: str | int) -> str:
    """The RFC 6901 pointer of a path of keys and indexes; "" is the whole document."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
