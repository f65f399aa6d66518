"""The artifact store of this installation."""

from functools import cache

from contracts.canonical import Digest
from executors.artifacts import FolderArtifacts
from studio.deployment import deployment


@cache
def artifact_store() -> FolderArtifacts:
    return FolderArtifacts(deployment().artifacts)


def read_artifact(artifact: Digest) -> bytes | None:
    """All its bytes; None when it is no longer kept. For json values, which are bounded."""
    try:
        with artifact_store().open(artifact) as file:
            return file.read()
    except FileNotFoundError:
        return None
