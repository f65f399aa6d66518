"""`lamina diff OLD NEW`: what the step from one module to another must be called, and why."""

import json
from argparse import Namespace
from pathlib import Path
from typing import Final

from contracts.canonical import JSON
from contracts.evolution import Bump, Reason, derive_bump
from contracts.module import contract_document, parse_contract
from contracts.problems import ProblemsError
from lamina.cli.client import Client
from lamina.cli.credentials import read_login
from lamina.cli.failure import bad_input
from lamina.cli.modules import checked_module, read_document, read_module
from lamina.cli.versions import catalog_version

EXIT_CODES: Final = {"patch": 0, "minor": 10, "major": 20}


def diff(options: Namespace) -> int:
    try:
        bump = derive_bump(_contract(options.old), _contract(options.new))
    except ProblemsError as error:
        raise bad_input("The contracts cannot be compared.", error.problems) from None
    if options.json:
        print(json.dumps(_document(bump)))
    else:
        _print(bump)
    return EXIT_CODES[bump.level]


def _contract(named: str) -> JSON:
    """The contract document of a folder or zip, of a file that holds one, or of a version in the catalog."""
    path = Path(named)
    if path.suffix == ".json" and path.exists():
        return _complete(path)
    if path.exists():
        return checked_module(read_module(path), path).contract_document
    if "@" not in path.name:
        raise bad_input(
            f"{named} is neither a folder, a zip nor a file here, nor a version like text/word-count@1.2.0."
        )
    return catalog_version(Client(read_login()), named, "contract")["contract"]


def _complete(path: Path) -> JSON:
    try:
        return contract_document(parse_contract(read_document(path)))
    except ProblemsError as error:
        message = (
            f"{path} is no complete contract. A module's file counts with its module.toml: name the folder."
        )
        raise bad_input(message, error.problems) from None


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
