"""Start a run of a graph for each of a list of inputs, all of them or none."""

from collections.abc import Mapping, Sequence
from typing import Unpack

from contracts.canonical import JSON
from studio.runs.models import Run
from studio.runs.ordering import Together, checked_each, ordered
from studio.runs.policies import may_start_run
from studio.runs.starting import start_each
from studio.teams.viewer import Viewer


def start_runs(viewer: Viewer, *, each: Sequence[Mapping[str, JSON]], **asked: Unpack[Together]) -> list[Run]:
    """`each`: 1 to 1,000 mappings of inputs. The runs, in that order; an item that is wrong is named by
    `/each/<index>/<input>`.

    Raises `NotFound`, `Forbidden`, `Limited` (the queue has no room for them all), `Conflict` (the run to take
    over from goes on, or the key stands for another request), and `Invalid` or `ProblemsError` with everything
    that is in the way.
    """
    order = ordered(viewer, asked, may_start_run)
    return start_each(viewer, order, checked_each(each, asked.get("idempotency_key")))
