"""The artifact store of this installation."""

from functools import cache

from executors.artifacts import FolderArtifacts
from studio.deployment import deployment


@cache
def artifact_store() -> FolderArtifacts:
    return FolderArtifacts(deployment().artifacts)
