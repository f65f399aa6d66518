"""Start a run of a graph: of a revision, of its draft, or of a document that is tried without being saved."""

from typing import Unpack

from studio.runs.models import Run
from studio.runs.ordering import Asked, ordered
from studio.runs.policies import may_start_run
from studio.runs.starting import start
from studio.teams.viewer import Viewer


def start_run(viewer: Viewer, **asked: Unpack[Asked]) -> Run:
    """Raises `NotFound`, `Forbidden`, `Conflict` (the run to take over from goes on), and `Invalid` or
    `ProblemsError` with everything that is in the way.
    """
    return start(viewer, ordered(viewer, asked, may_start_run))
