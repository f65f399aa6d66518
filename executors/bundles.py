"""Bundles as executors need them: fetched by digest, verified, entry known.

Owns:      the check of a bundle's files and contract against the digests of a plan.
Promises:  nothing of a bundle is used before every byte of it has been verified.
Never:     executes or imports anything of a bundle.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from contracts.canonical import Digest, digest_of, digest_of_bytes
from contracts.module import contract_digest, join_contract, parse_contract
from contracts.problems import ProblemsError
from executors.protocol import BundleStore


class BundleRefused(Exception):
    """A bundle is missing, altered, or not the one its plan means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """`entry` as module.toml has it: `run.py:run`, a wasm file, or an https URL; `lock` of its dependencies."""

    files: Mapping[str, bytes]
    entry: str
    lock: bytes | None


def fetch_bundle(store: BundleStore, bundle: Digest, contract: Digest) -> Bundle:
    """Read and verify a bundle. Blocks. Raises `BundleRefused`."""
    try:
        files = store.files(bundle)
    except KeyError as error:
        raise BundleRefused(f"The bundle {bundle} is not kept here. Publish it again.") from error
    if bundle_digest(files) != bundle:
        raise BundleRefused(f"The files kept for {bundle} have another digest. Restore them from a backup.")
    try:
        manifest = tomllib.loads(files["module.toml"].decode())
        joined = join_contract(json.loads(files["contract.json"]), manifest)
        own_contract = contract_digest(parse_contract(joined))
        entry = str(manifest["entry"])
        lock = files[manifest["dependencies"]] if "dependencies" in manifest else None
    except (KeyError, ValueError, ProblemsError) as error:
        raise BundleRefused(f"The bundle {bundle} cannot be read: {error}") from error
    if own_contract != contract:
        raise BundleRefused(f"The bundle {bundle} has the contract {own_contract}, the plan says {contract}.")
    return Bundle(files=files, entry=entry, lock=lock)


def bundle_digest(files: Mapping[str, bytes]) -> Digest:
    """The digest of a file table (formats.md §a)."""
    table = {
        name: {"bytes": len(data), "sha256": digest_of_bytes(data).removeprefix("sha256:")}
        for name, data in files.items()
    }
    return digest_of({"format": "lamina/bundle@1", "files": table})
