"""How a command ends: its exit codes, and the error that carries one."""

import sys
from collections.abc import Mapping, Sequence
from typing import Final

from contracts.problems import Problem

DONE: Final = 0
REFUSED: Final = 1
BAD_INPUT: Final = 2
UNREACHABLE: Final = 3
RUN_FAILED: Final = 4
RUN_CANCELLED: Final = 5
RUN_TIMED_OUT: Final = 6


class Failure(Exception):
    """A command that did not do what it was asked; `problems` say where, as `file#pointer` or pointer."""

    def __init__(self, message: str, *, exit_code: int = REFUSED, problems: Sequence[Problem] = ()) -> None:
        self.exit_code, self.problems = exit_code, tuple(problems)
        super().__init__(message)


def located(problem: Problem) -> str:
    """What a problem says, behind its place where it has one."""
    return f"{problem.path}: {problem.message}" if problem.path else problem.message


def print_notes(problems: Sequence[Mapping[str, str]]) -> None:
    """What the server remarked on something that it did all the same."""
    for problem in problems:
        print(f"  note: {located(Problem(**problem))}", file=sys.stderr)


def bad_input(message: str, problems: Sequence[Problem] = ()) -> Failure:
    return Failure(message, exit_code=BAD_INPUT, problems=problems)
