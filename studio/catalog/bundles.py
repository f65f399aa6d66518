"""Where bundles are kept: their tables in the database, their files by digest on disk.

Owns:      storing and reading the files of bundles; the `BundleStore` that executors read from.
Promises:  a bundle that has a row can be read whole; equal files are kept once.
Never:     executes, imports or interprets what is in a bundle; knows who may see it.
"""

from collections.abc import Mapping
from functools import cache

from contracts.canonical import Digest, canonical_bytes
from executors.artifacts import FolderArtifacts
from modules_catalog.bundle import Bundle
from studio.catalog.models import StoredBundle, StoredContract
from studio.deployment import deployment


@cache
def blobs() -> FolderArtifacts:
    return FolderArtifacts(deployment().bundles)


def keep_files(bundle: Bundle) -> None:
    """Write the files of a bundle durably; what is there already is not written again."""
    for name, entry in bundle.table["files"].items():
        if not blobs().has(f"sha256:{entry['sha256']}"):
            blobs().put(bundle.files[name])


def read_file(table: Mapping[str, Mapping[str, Mapping[str, str]]], name: str) -> bytes | None:
    """One file of a bundle by its table, or None where the bundle has no such file."""
    entry = table["files"].get(name)
    if entry is None:
        return None
    with blobs().open(f"sha256:{entry['sha256']}") as file:
        return file.read()


def read_files(table: Mapping[str, Mapping[str, Mapping[str, str]]]) -> dict[str, bytes]:
    """All files of a bundle by its table."""
    found = {name: read_file(table, name) for name in table["files"]}
    return {name: data for name, data in found.items() if data is not None}


class DatabaseBundles:
    """The `BundleStore` of this installation; safe from any thread."""

    def files(self, bundle: Digest) -> Mapping[str, bytes]:
        row = StoredBundle.objects.filter(pk=bundle).first()
        if row is None:
            raise KeyError(bundle)
        return read_files(row.table)

    def contract(self, contract: Digest) -> bytes:
        row = StoredContract.objects.filter(pk=contract).first()
        if row is None:
            raise KeyError(contract)
        return canonical_bytes(row.document)
