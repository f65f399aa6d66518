"""`lamina diff OLD NEW`: what the step from one module to another must be called, and why."""

import json
from argparse import Namespace
from pathlib import Path
from typing import Final

from contracts.canonical import JSON
from contracts.evolution import Bump, Reason, derive_bump
from contracts.problems import ProblemsError
from lamina.cli.failure import bad_input
from lamina.cli.modules import checked_module, read_document, read_module

EXIT_CODES: Final = {"patch": 0, "minor": 10, "major": 20}


def diff(options: Namespace) -> int:
    try:
        bump = derive_bump(_contract(Path(options.old)), _contract(Path(options.new)))
    except ProblemsError as error:
        raise bad_input("The contracts cannot be compared.", error.problems) from None
    if options.json:
        print(json.dumps(_document(bump)))
    else:
        _print(bump)
    return EXIT_CODES[bump.level]


def _contract(path: Path) -> JSON:
    """The contract document of a folder or zip, or a file that holds one."""
    if not path.exists():
        raise bad_input(f"{path} does not exist.")
    if path.suffix == ".json":
        return read_document(path)
    return checked_module(read_module(path), path).contract_document


def _document(bump: Bump) -> JSON:
    return {
        "level": bump.level,
        "proven_level": bump.proven_level,
        "needs_attestation": bump.needs_attestation,
        "reasons": [_reason(reason) for reason in bump.reasons],
    }


def _reason(reason: Reason) -> JSON:
    document = {
        "level": reason.level,
        "path": reason.path,
        "message": reason.message,
        "verdict": reason.verdict,
    }
    return {**document, "witness": reason.witness} if reason.has_witness else document


def _print(bump: Bump) -> None:
    print(f"{bump.level}: {len(bump.reasons)} reason(s)")
    for reason in bump.reasons:
        witness = f" For example {json.dumps(reason.witness)}." if reason.has_witness else ""
        print(f"  {reason.level:5}  {reason.path or '/'}: {reason.message}{witness}")
    if bump.needs_attestation:
        print(f"What is not proven counts as major; a reviewer may attest that it is {bump.proven_level}.")
