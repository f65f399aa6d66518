"""The room of one graph: its document, who is in it, and when it is written down.

Owns:      the order of updates, fan-out, freezing the draft, compaction when the last one leaves.
Promises:  an update is kept before anybody else sees it; the draft follows within seconds of the last edit.
Never:     answers anybody but the asker, and never lets one slow page hold up the others.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final, Protocol
from uuid import UUID

from pycrdt import Doc, create_update_message, handle_sync_message

from contracts.canonical import JSON
from contracts.problems import ProblemsError
from studio.live.collab import store
from studio.live.collab.awareness import MAX_CLIENTS, States, farewell, read_states, states_message
from studio.live.collab.shape import freeze, pour
from studio.live.doorbell import Rings, doorbell
from studio.live.reading import read
from studio.teams.viewer import Viewer

QUIET_SECONDS: Final = 0.8
PATIENCE_SECONDS: Final = 5.0
LOOK_SECONDS: Final = 30.0
PAUSE_SECONDS: Final = 2.0
MAX_STATE_BYTES: Final = 32 << 20
EMPTY_UPDATE: Final = b"\x00\x00"

_rooms: "dict[UUID, Room]" = {}
_log = logging.getLogger(__name__)


class Full(Exception):
    """The document has grown beyond what a room keeps."""


class Member(Protocol):
    """A page in the room."""

    viewer: Viewer
    presence: States

    def push(self, message: bytes) -> None:
        """Send in the background; must not wait."""
        ...


@asynccontextmanager
async def entered(graph: UUID, member: Member) -> "AsyncIterator[Room]":
    """Be in the room of a graph. Raises `Draft.DoesNotExist` where there is no such graph any more."""
    room = _rooms.get(graph)
    if room is None:
        room = _rooms[graph] = Room(graph)
    room.members.append(member)
    try:
        await room.ready()
        yield room
    finally:
        room.members.remove(member)
        room.relay_presence(member, farewell(member.presence))
        await asyncio.shield(asyncio.ensure_future(_leave(room)))


async def _leave(room: "Room") -> None:
    if not room.members:
        await room.write_down()
    # Somebody may have come while it was written down.
    if not room.members and _rooms.get(room.graph) is room:
        del _rooms[room.graph]
        room.close()


class Room:
    def __init__(self, graph: UUID) -> None:
        self.graph = graph
        self.doc: Doc = Doc()
        self.members: list[Member] = []
        self._version = 0
        self._bytes = 0
        self._editor: Viewer | None = None
        self._is_changed = asyncio.Event()
        self._order = asyncio.Lock()
        self._opening: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def ready(self) -> None:
        """Once the document is there; loaded by whoever comes first."""
        if self._opening is None:
            self._opening = asyncio.ensure_future(self._open())
        await asyncio.shield(self._opening)

    async def _open(self) -> None:
        kept, document, version, is_past = await read(store.load, self.graph)
        self.doc.apply_update(kept)
        self._bytes = len(kept)
        if is_past:
            await self._take_over(document, version)
        self._version = version
        self._tasks = [asyncio.ensure_future(self._follow()), asyncio.ensure_future(self._freeze_often())]

    async def update(self, member: Member, update: bytes) -> None:
        """Take in what a member changed. Raises `ValueError` for what is no update, and `Full`."""
        if update == EMPTY_UPDATE:
            return
        if self._bytes + len(update) > MAX_STATE_BYTES:
            raise Full
        Doc().apply_update(update)
        async with self._order:
            await self._keep(update)
            self._editor = member.viewer
            self._tell(create_update_message(update), besides=member)
        self._is_changed.set()

    async def _keep(self, update: bytes) -> None:
        """In this order: what cannot be kept is seen by nobody."""
        await read(store.append, self.graph, update)
        self._bytes += len(update)
        self.doc.apply_update(update)

    async def answer(self, question: bytes) -> bytes:
        """The reply to a sync step 1; everything that was sent before the question is kept by then."""
        async with self._order:
            reply = handle_sync_message(question, self.doc)
        assert reply is not None
        return reply

    def take_presence(self, member: Member, payload: bytes) -> None:
        """Raises `ValueError`, also for more clients than one page can be."""
        states = read_states(payload)
        if len(member.presence.keys() | states.keys()) > MAX_CLIENTS:
            raise ValueError(f"one page tells of more than {MAX_CLIENTS} clients")
        member.presence |= states
        self.relay_presence(member, states)

    def relay_presence(self, member: Member, states: States) -> None:
        if states:
            self._tell(states_message(states), besides=member)

    def presences(self, *, besides: Member) -> States:
        """What the others last told of themselves."""
        known: States = {}
        for member in self.members:
            if member is not besides:
                known |= member.presence
        return known

    def _tell(self, message: bytes, *, besides: Member | None = None) -> None:
        for member in self.members:
            if member is not besides:
                member.push(message)

    async def _follow(self) -> None:
        """Take over a draft that was saved past the room: by a command, a restored revision, another server."""
        with doorbell.listening("change") as rings:
            while True:
                await self._survive(lambda: self._look(rings))

    async def _look(self, rings: Rings) -> None:
        topics = await rings.wait(LOOK_SECONDS)
        if topics and not any(str(self.graph) in topic for topic in topics):
            return
        found = await read(store.draft_of, self.graph)
        if found is not None and found[1] != self._version:
            await self._take_over(*found)

    async def _take_over(self, document: JSON, version: int) -> None:
        async with self._order:
            before, update = self.doc.get_state(), EMPTY_UPDATE
            poured: Doc = Doc()
            poured.apply_update(self.doc.get_update())
            try:
                pour(poured, document)
                update = poured.get_update(before)
            except ProblemsError as error:
                _log.warning("The draft of %s cannot be edited together: %s", self.graph, error)
            if update != EMPTY_UPDATE:
                await self._keep(update)
                self._tell(create_update_message(update))
            self._version = version

    async def _survive(self, step: Callable[[], Awaitable[None]]) -> None:
        """What failed once, as when the database is away, is done again after a pause."""
        try:
            await step()
        except Exception:  # noqa: BLE001 - it is logged, and done again
            _log.exception("The room of %s goes on in a moment", self.graph)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _freeze_often(self) -> None:
        """When nobody has changed anything for a moment, and every few seconds while somebody does."""
        clock = asyncio.get_running_loop().time
        while True:
            await self._is_changed.wait()
            until = clock() + PATIENCE_SECONDS
            while self._is_changed.is_set() and clock() < until:
                self._is_changed.clear()
                await asyncio.sleep(QUIET_SECONDS)
            await self._survive(self._freeze)

    async def _freeze(self) -> None:
        self._is_changed.clear()
        if self._editor is None:
            return
        try:
            document = await read(_frozen, self.doc.get_update())
            if document is not None:
                kept = await read(store.keep_draft, self._editor, self.graph, document, self._version)
                self._version = kept or self._version
        except Exception:
            self._is_changed.set()
            raise

    async def write_down(self) -> None:
        """The draft, and the updates in one: nobody is here any more."""
        if self._opening is None or not self._opening.done() or self._opening.exception() is not None:
            return
        async with self._order:
            await self._freeze()
            await read(store.compact, self.graph, self._version)

    def close(self) -> None:
        for task in (self._opening, *self._tasks):
            if task is not None:
                task.cancel()


def _frozen(update: bytes) -> JSON | None:
    """Off the loop, on a document of its own: a large graph takes a while. None while it is no graph."""
    doc: Doc = Doc()
    doc.apply_update(update)
    try:
        return freeze(doc)
    except ProblemsError:
        return None
