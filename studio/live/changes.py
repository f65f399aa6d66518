"""The feed of lists: which run, graph, version or review to read again.

Promises:  a thing that changed many times is named once a frame; nothing of other teams is named.
Never:     falls behind: where many things of a kind changed at once, one frame with an empty id stands for
           all of them.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterable
from functools import lru_cache
from typing import Final
from uuid import UUID

from studio.api.nodes import global_id
from studio.live.doorbell import doorbell
from studio.live.frame import Frame
from studio.live.hub import PACE_SECONDS
from studio.live.reading import read
from studio.refusals import not_found
from studio.runs.queries import team_of_run
from studio.teams.models import Team
from studio.teams.viewer import Viewer

MANY: Final = 3
QUIET_SECONDS: Final = 3600.0
TYPES: Final = {"run": "Run", "graph": "Graph", "version": "ModuleVersion", "review": "Review"}


async def changes(viewer: Viewer, *, team: str | None = None) -> AsyncGenerator[Frame]:
    """`team` narrows to one team of the viewer by its slug. Raises `NotFound` for any other."""
    teams = frozenset(viewer.teams) if team is None else await read(_only, viewer, team)
    with doorbell.listening("change") as rings:
        while True:
            for kind, id in _named(await _visible(await rings.wait(QUIET_SECONDS), teams)):
                yield _frame(kind, id)
                await asyncio.sleep(PACE_SECONDS)


def _only(viewer: Viewer, slug: str) -> frozenset[UUID]:
    found = Team.objects.filter(slug=slug, pk__in=viewer.teams).values_list("pk", flat=True)
    if not found:
        raise not_found("team")
    return frozenset(found)


async def _visible(topics: Iterable[str], teams: frozenset[UUID]) -> dict[str, list[str]]:
    """Ids by kind. Without a team a change is everybody's; that of a run that the engine rings for is looked
    up."""
    found: dict[str, list[str]] = defaultdict(list)
    for topic in topics:
        _, kind, id, team = topic.split(".")
        owner = UUID(team) if team else await read(team_of_run, UUID(id)) if kind == "run" else None
        if owner is None or owner in teams:
            found[kind].append(id)
    return found


def _named(ids: dict[str, list[str]]) -> Iterable[tuple[str, str]]:
    for kind, changed in ids.items():
        if len(changed) > MANY or "" in changed:
            yield kind, ""
        else:
            yield from ((kind, id) for id in changed)


@lru_cache(maxsize=512)
def _frame(kind: str, id: str) -> Frame:
    return Frame({"kind": kind, "id": global_id(TYPES.get(kind, kind), id) if id else ""})
