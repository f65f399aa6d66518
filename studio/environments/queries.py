"""Environments are the installation's: every signed-in viewer sees them."""

from uuid import UUID

from studio.environments.models import Environment
from studio.teams.viewer import Viewer


def environments(viewer: Viewer) -> list[Environment]:
    return [] if viewer.is_anonymous else list(Environment.objects.all())


def environment(viewer: Viewer, id: UUID) -> Environment | None:
    return None if viewer.is_anonymous else Environment.objects.filter(pk=id).first()
