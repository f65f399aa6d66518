"""`lamina run GRAPH --each FILE`: the inputs of many runs, read from a file, and its places in what is refused."""

from codecs import BOM_UTF8
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.canonical import JSON, parse_json
from contracts.problems import Problem, ProblemsError
from lamina.cli.failure import Failure, bad_input


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """The inputs of one run; `place` says where they stand."""

    place: str
    inputs: dict[str, JSON]


def read_items(path: Path) -> list[Item]:
    """Of a JSON array of objects, or of a file with an object on each line. Raises `Failure`."""
    # Some editors and spreadsheets write a byte order mark.
    data = path.read_bytes().removeprefix(BOM_UTF8)
    if data.lstrip()[:1] == b"[":
        found = [(f"{path}#/{place}", value) for place, value in enumerate(_parsed(str(path), data))]
    else:
        places = [(f"{path}:{number}", line) for number, line in enumerate(data.splitlines(), start=1)]
        found = [(place, _parsed(place, line)) for place, line in places if line.strip()]
    if not found:
        raise bad_input(f"{path} is empty. Write an object of inputs on each line, or an array of them.")
    for place, value in found:
        if not isinstance(value, dict):
            raise bad_input(f"{place} is no object. Give the inputs of a run as an object by name.")
    return [Item(place=place, inputs=value) for place, value in found]


def _parsed(place: str, data: bytes) -> Any:
    try:
        return parse_json(data)
    except ProblemsError as error:
        raise bad_input(f"{place} cannot be read.", error.problems) from None


def told_by_place(failure: Failure, items: Sequence[Item]) -> Failure:
    """The same refusal, with the places of the file where the server counts."""
    problems = [_told(problem, items) for problem in failure.problems]
    return Failure(str(failure), exit_code=failure.exit_code, problems=problems)


def _told(problem: Problem, items: Sequence[Item]) -> Problem:
    root, _, rest = problem.path.removeprefix("/").partition("/")
    index, _, within = rest.partition("/")
    if root != "each" or not index.isdigit():
        return problem
    place = items[int(index)].place
    path = f"{place} /{within}" if within else place
    return Problem(code=problem.code, path=path, message=problem.message)
