"""One page's socket into a room: the sync protocol of Yjs, and presence.

Owns:      the door `/collab/<graph>`, the limits of such a socket, and its tasks.
Promises:  who may only look receives everything and changes nothing.
Never:     takes a frame above a megabyte, or queues without bound for a page that does not read.
"""

import asyncio
from typing import Final
from uuid import UUID

from pycrdt import Decoder, YMessageType, YSyncMessageType, create_sync_message

from studio.graphs.models import Draft, Graph
from studio.live import protocol
from studio.live.collab import store
from studio.live.collab.awareness import States, states_message
from studio.live.collab.room import Full, Room, entered
from studio.live.credentials import Credentials, Unwelcome, read_credentials
from studio.live.protocol import Close
from studio.live.reading import read
from studio.live.socket import (
    Left,
    Pace,
    Receive,
    Scope,
    Send,
    first_close,
    is_own_origin,
    recheck,
    say_goodbye,
)
from studio.teams.viewer import Viewer

MAX_FRAME_BYTES: Final = 1 << 20
MAX_PRESENCE_BYTES: Final = 16 << 10
MAX_PUSHED: Final = 512
MESSAGES_PER_SECOND: Final = 100
SEND_SECONDS: Final = 5.0


async def collab_socket(scope: Scope, receive: Receive, send: Send, graph: UUID) -> None:
    """The ASGI application of a room's door."""
    assert (await receive())["type"] == "websocket.connect"
    if not is_own_origin(scope):
        await send({"type": "websocket.close", "code": 4403})
        return
    await send({"type": "websocket.accept"})
    try:
        await _serve(scope, receive, send, graph)
    except Left:
        return
    except Close as close:
        await say_goodbye(send, close)


async def _serve(scope: Scope, receive: Receive, send: Send, graph: UUID) -> None:
    try:
        credentials = await read_credentials(scope, {})
    except Unwelcome:
        raise protocol.unauthorised() from None
    is_visible, is_editor = await read(store.may_enter, credentials.viewer, graph)
    if not is_visible:
        raise Close(4404, "There is no such graph, or you may not see it")
    page = _Page(credentials, receive, send, is_editor=is_editor)
    try:
        async with entered(graph, page) as room:
            await page.run(room)
    except Draft.DoesNotExist:
        raise deleted() from None


def deleted() -> Close:
    return Close(4404, "The graph was deleted")


class _Page:
    def __init__(self, credentials: Credentials, receive: Receive, send: Send, *, is_editor: bool) -> None:
        self.viewer: Viewer = credentials.viewer
        self.presence: States = {}
        self._credentials, self._receive, self._send = credentials, receive, send
        self._is_editor = is_editor
        self._pushed: asyncio.Queue[bytes] = asyncio.Queue()

    def push(self, message: bytes) -> None:
        self._pushed.put_nowait(message)

    async def run(self, room: Room) -> None:
        """Raises `Close` or `Left`."""
        if self._is_editor:
            self.push(create_sync_message(room.doc))
        if others := room.presences(besides=self):
            self.push(states_message(others))
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._write())
                tasks.create_task(recheck(self._credentials))
                await self._read(room)
        except* Close as closes:
            raise first_close(closes) from None
        except* Left as lefts:
            raise Left from lefts

    async def _read(self, room: Room) -> None:
        pace = Pace(MESSAGES_PER_SECOND)
        while True:
            event = await self._receive()
            if event["type"] == "websocket.disconnect":
                raise Left
            pace.spend()
            frame: bytes | None = event.get("bytes")
            if not frame or len(frame) > MAX_FRAME_BYTES:
                raise protocol.malformed("not a binary frame of at most a megabyte")
            try:
                await self._take(room, frame)
            except (ValueError, IndexError, RuntimeError) as error:
                raise protocol.malformed(str(error)) from error
            except Full:
                raise Close(4413, "The document is too large") from None
            except Graph.DoesNotExist:
                raise deleted() from None

    async def _take(self, room: Room, frame: bytes) -> None:
        decoder = Decoder(frame)
        kind = decoder.read_var_uint()
        if kind == YMessageType.AWARENESS:
            payload = decoder.read_message() or b""
            if self._is_editor and len(payload) <= MAX_PRESENCE_BYTES:
                room.take_presence(self, payload)
        elif kind == YMessageType.SYNC:
            step = decoder.read_var_uint()
            if step == YSyncMessageType.SYNC_STEP1:
                self.push(await room.answer(frame[1:]))
            elif self._is_editor:
                await room.update(self, decoder.read_message() or b"")

    async def _write(self) -> None:
        while True:
            message = await self._pushed.get()
            if self._pushed.qsize() > MAX_PUSHED:
                raise protocol.slow()
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await self._send({"type": "websocket.send", "bytes": message})
            except TimeoutError:
                raise protocol.slow() from None
            except OSError:
                raise Left from None


def graph_of(path: str) -> UUID | None:
    """The graph of a path `/collab/<uuid>`."""
    prefix, _, text = path.rpartition("/")
    try:
        return UUID(text) if prefix == "/collab" else None
    except ValueError:
        return None


async def collab_door(scope: Scope, receive: Receive, send: Send) -> None:
    """Refuses a path that names no graph before the socket opens."""
    graph = graph_of(scope["path"])
    if graph is None:
        await receive()
        await send({"type": "websocket.close", "code": 4404})
        return
    await collab_socket(scope, receive, send, graph)
