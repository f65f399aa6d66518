"""How the product says no: refusals that a user can read, and the decisions of policies.

Owns:      the five kinds of refusal that actions raise, `Decision`, and `require`.
Promises:  every refusal carries problems with a code, a place and what to do.
Never:     speaks of HTTP or GraphQL; the doors translate.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from contracts.problems import Problem


class Refused(Exception):
    """An action that did not happen. Nothing was changed."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("; ".join(problem.message for problem in self.problems))


class Invalid(Refused):
    """The input is wrong: each problem says where."""


class Forbidden(Refused):
    """The actor sees the thing and may not do this to it."""


class NotFound(Refused):
    """There is no such thing, or none that the actor may see."""


class Conflict(Refused):
    """The thing is not (or no longer) in the state that the request expects; `current` is what it is."""

    def __init__(self, problems: Iterable[Problem], *, current: str | None = None) -> None:
        super().__init__(problems)
        self.current = current


class Limited(Refused):
    """Too much at once; try again after `retry_after_seconds`."""

    def __init__(self, problems: Iterable[Problem], *, retry_after_seconds: int) -> None:
        super().__init__(problems)
        self.retry_after_seconds = retry_after_seconds


class Unauthenticated(Exception):
    """Nobody is signed in, or the token is not (or no longer) good."""

    message: Final = "Sign in, or send a valid token."

    def __init__(self) -> None:
        super().__init__(self.message)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a policy says: yes, or no and why."""

    problem: Problem | None = None

    @property
    def is_allowed(self) -> bool:
        return self.problem is None


ALLOWED: Final = Decision()


def denied(code: str, message: str) -> Decision:
    return Decision(Problem(code=code, path="", message=message))


def require(decision: Decision) -> None:
    """Raises `Forbidden` with the reason of a policy that says no."""
    if decision.problem is not None:
        raise Forbidden([decision.problem])


def invalid(code: str, path: str, message: str) -> Invalid:
    return Invalid([Problem(code=code, path=path, message=message)])


def not_found(noun: str) -> NotFound:
    message = f"There is no such {noun}, or you may not see it."
    return NotFound([Problem(code="not_found", path="", message=message)])


def conflict(code: str, message: str, *, path: str = "", current: str | None = None) -> Conflict:
    return Conflict([Problem(code=code, path=path, message=message)], current=current)
