"""What can be subscribed to: one feed per field of `Subscription`.

Owns:      opening a feed for a viewer, and what makes two viewers share one.
Promises:  whoever may not see a thing gets `NotFound` before its first frame.
Never:     holds back the news of a run: everyone who may see a run may see all of it, so one read serves all.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any, Final
from uuid import UUID

from studio.api.nodes import key_of
from studio.live.changes import changes
from studio.live.frame import Frame
from studio.live.hub import follow
from studio.live.reading import read
from studio.runs.frames import log_frame, run_frame
from studio.runs.queries import require_run
from studio.teams.viewer import Viewer

Feed = Callable[..., AsyncGenerator[Frame]]


async def run_feed(viewer: Viewer, *, run: str, after: int) -> AsyncGenerator[Frame]:
    id = await _visible(viewer, run)

    def beyond(cursor: int, *, is_first: bool) -> Awaitable[dict[str, Any]]:
        return read(run_frame, id, cursor, is_first=is_first)

    async with aclosing(follow(("run", id), f"run.{id}", beyond, after)) as frames:
        async for frame in frames:
            yield frame


async def run_logs(
    viewer: Viewer, *, run: str, after: int, node: str | None = None, index: Sequence[int] | None = None
) -> AsyncGenerator[Frame]:
    id = await _visible(viewer, run)
    place = None if index is None else tuple(index)

    def beyond(cursor: int, *, is_first: bool) -> Awaitable[dict[str, Any]]:
        return read(log_frame, id, cursor, is_first=is_first, node=node, index=place)

    async with aclosing(follow(("logs", id, node, place), f"run.{id}", beyond, after)) as frames:
        async for frame in frames:
            yield frame


async def _visible(viewer: Viewer, run: str) -> UUID:
    found = await read(require_run, viewer, key_of(run, "Run"))
    return found.pk


FEEDS: Final[dict[str, Feed]] = {"runFeed": run_feed, "runLogs": run_logs, "changes": changes}
