"""Take in a value that a run will be started with."""

from typing import BinaryIO

from contracts.canonical import Digest
from studio.audit.actions.append_entry import append_entry
from studio.refusals import not_found, require
from studio.runs.artifacts import artifact_store
from studio.runs.models import Artifact, ArtifactUpload
from studio.runs.policies import may_store_artifact
from studio.teams.queries import team as team_by_slug
from studio.teams.viewer import Viewer
from studio.writing import writing


def store_artifact(viewer: Viewer, *, team: str, source: BinaryIO) -> tuple[Digest, int]:
    """Digest and size. Kept for 24 hours unless a run uses it. Raises `NotFound`, `Forbidden`."""
    owner = team_by_slug(viewer, team)
    if owner is None:
        raise not_found("team")
    require(may_store_artifact(viewer, owner.pk))
    # Outside the transaction: it takes as long as it takes, and counts for nothing until a row names it.
    digest, size = artifact_store().put(source)
    with writing():
        artifact, _ = Artifact.objects.get_or_create(digest=digest, defaults={"bytes": size})
        ArtifactUpload.objects.update_or_create(
            team=owner, artifact=artifact, defaults={"actor": viewer.actor}
        )
        append_entry(
            viewer,
            "store_artifact",
            object=digest,
            object_id=digest,
            team=owner.pk,
            after={"bytes": size},
        )
    return digest, size
