"""The inputs of a call, brought together: json as bytes, tables and binaries as they are kept.

Owns:      reading json inputs from the artifact store, and checking tables and binaries against their ports.
Never:     reads a table or binary.
"""

import asyncio
from collections.abc import Mapping

from contracts.canonical import Digest
from executors.artifacts import ArtifactStore
from executors.guards import ContractGuard, Violation
from executors.protocol import Value


def check_blobs(guard: ContractGuard, blobs: dict[str, Value]) -> None:
    for name, value in blobs.items():
        port = guard.blob_inputs.get(name)
        if port is None or port.media != value.media:
            raise Violation(f"input port {name}: the contract has no such {value.media} port")
        if value.size > port.bytes_allowed:
            raise Violation(f"input port {name}: {value.size} bytes where {port.bytes_allowed} are allowed")
    for name, port in guard.blob_inputs.items():
        if port.is_required and name not in blobs:
            raise Violation(f"input port {name}: nothing is wired into it")


class Lost(Exception):
    """An input is no longer kept."""

    def __init__(self, port: str, artifact: Digest) -> None:
        super().__init__(
            f"What input port {port} would be given, the artifact {artifact}, is no longer kept. "
            "Run again from the node that made it."
        )


async def gathered(
    inputs: Mapping[str, Value], artifacts: ArtifactStore
) -> tuple[dict[str, bytes], dict[str, Value]]:
    """The json inputs as bytes, read from the store where they are kept there, and the blobs. Raises `Lost`."""
    values: dict[str, bytes] = {}
    blobs: dict[str, Value] = {}
    for name, value in inputs.items():
        if value.media != "json":
            if value.artifact is not None and not artifacts.has(value.artifact):
                raise Lost(name, value.artifact)
            blobs[name] = value
        elif value.data is not None:
            values[name] = value.data
        elif value.artifact is not None:
            try:
                values[name] = await asyncio.to_thread(_read, artifacts, value.artifact)
            except FileNotFoundError:
                raise Lost(name, value.artifact) from None
    return values, blobs


def _read(artifacts: ArtifactStore, artifact: Digest) -> bytes:
    with artifacts.open(artifact) as file:
        return file.read()
