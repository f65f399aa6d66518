"""Modules on this machine: folders and zips."""

from pathlib import Path
from typing import Any

from contracts.canonical import JSON, parse_json
from contracts.problems import ProblemsError
from lamina.cli.failure import bad_input
from modules_catalog.bundle import Bundle, read_bundle, read_folder
from modules_catalog.candidate import Candidate, read_candidate


def read_module(path: Path) -> Bundle:
    """Raises `Failure` where there is no module, or one that breaks a rule of bundles."""
    try:
        if path.is_dir():
            return read_folder(path)
        return read_bundle(path.read_bytes())
    except ProblemsError as error:
        raise bad_input(f"{path} is no bundle.", error.problems) from None


def checked_module(bundle: Bundle, path: Path) -> Candidate:
    """Raises `Failure` with every problem of the module's documents."""
    try:
        return read_candidate(bundle)
    except ProblemsError as error:
        raise bad_input(f"{path} has {len(error.problems)} problem(s).", error.problems) from None


def read_document(path: Path) -> dict[str, Any]:
    """A JSON document. Raises `Failure`."""
    try:
        document: JSON = parse_json(path.read_bytes())
    except ProblemsError as error:
        raise bad_input(f"{path} cannot be read.", error.problems) from None
    if not isinstance(document, dict):
        raise bad_input(f"{path} holds no JSON object.")
    return document
