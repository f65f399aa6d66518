"""The JSON files of a bundle, read within bounds.

Promises:  a problem of a file has the path `file#pointer`; no file is parsed that is larger than its bound.
"""

from typing import Final

from contracts.canonical import JSON, parse_json
from contracts.formats import DocumentKind, check_structure
from contracts.problems import Problem, ProblemsError
from modules_catalog.bundle import Bundle

MAX_DOCUMENT_BYTES: Final = 256 << 10
MAX_EXAMPLES_BYTES: Final = 1 << 20


def in_file(name: str, problems: list[Problem] | tuple[Problem, ...]) -> list[Problem]:
    """The same problems, seen from the bundle."""
    return [problem.within(f"{name}#") for problem in problems]


def missing(name: str, message: str) -> Problem:
    return Problem(code="missing_file", path=name, message=message)


def read_document(bundle: Bundle, name: str, kind: DocumentKind) -> tuple[JSON, list[Problem]]:
    """The document of a file that is there, or None and its problems."""
    data = bundle.files[name]
    if len(data) > MAX_DOCUMENT_BYTES:
        message = f"Larger than {MAX_DOCUMENT_BYTES >> 10} KiB. Put data in files of its own ($file)."
        return None, [Problem(code="too_large", path=name, message=message)]
    try:
        document = parse_json(data)
    except ProblemsError as error:
        return None, in_file(name, error.problems)
    problems = check_structure(kind, document)
    return (None if problems else document), in_file(name, problems)


def names_below(bundle: Bundle, folder: str) -> list[str]:
    """The JSON files of a folder, in order."""
    return [name for name in bundle.files if name.startswith(f"{folder}/") and name.endswith(".json")]
