"""One live socket: graphql-transport-ws, from the handshake to the close code.

Owns:      the order of messages, the limits of a socket, and its tasks.
Promises:  a client that breaks a rule is closed with the code of that rule; a slow one with 4008.
Never:     reads the database itself, and never queues frames: a frame is sent or the socket is closed.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final
from urllib.parse import urlsplit

from studio.api.failures import failure_of
from studio.deployment import deployment
from studio.live import protocol
from studio.live.credentials import Credentials, RightsChanged, Unwelcome, read_credentials
from studio.live.doorbell import doorbell
from studio.live.operations import Rejected, open_operation
from studio.live.protocol import Close

INIT_SECONDS: Final = 5.0
SEND_SECONDS: Final = 5.0
FAREWELL_SECONDS: Final = 10.0
RECHECK_SECONDS: Final = 60.0
MAX_OPERATIONS: Final = 20
MAX_SOCKETS_PER_USER: Final = 10
MESSAGES_PER_SECOND: Final = 20

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_log = logging.getLogger(__name__)
_sockets: Counter[str] = Counter()


class Left(Exception):
    """The client is gone."""


async def live_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application of the door `/graphql` for websockets."""
    assert (await receive())["type"] == "websocket.connect"
    if not is_own_origin(scope):
        await send({"type": "websocket.close", "code": 4403})
        return
    offered = protocol.SUBPROTOCOL in scope.get("subprotocols", ())
    await send({"type": "websocket.accept", "subprotocol": protocol.SUBPROTOCOL if offered else None})
    try:
        if not offered:
            raise protocol.wrong_subprotocol()
        await _Socket(scope, receive, send).run()
    except Left:
        return
    except Close as close:
        await say_goodbye(send, close)


async def say_goodbye(send: Send, close: Close) -> None:
    """A reader that takes nothing any more does not take this either: the connection is then dropped."""
    try:
        async with asyncio.timeout(FAREWELL_SECONDS):
            await send({"type": "websocket.close", "code": close.code, "reason": close.reason})
    except TimeoutError:
        _log.info("A socket did not take its close frame (%s)", close)


def is_own_origin(scope: Scope) -> bool:
    """Browsers send the page's origin: it must be this host or one that the operator named."""
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    origin = headers.get(b"origin")
    if origin is None:
        return True
    return origin in deployment().origins or (
        bool(headers.get(b"host")) and urlsplit(origin).netloc == headers[b"host"]
    )


class _Socket:
    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._credentials: Credentials | None = None
        self._is_initialising = False
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._tasks = asyncio.TaskGroup()

    async def run(self) -> None:
        """Raises `Close` with what to tell the client, or `Left`."""
        try:
            async with self._tasks:
                self._tasks.create_task(self._close_without_init())
                async for message in self._inbound():
                    await self._take(message)
        except* (Close, Left) as ends:
            closes = ends.subgroup(Close)
            raise Left if closes is None else first_close(closes) from None
        finally:
            if self._credentials is not None:
                _sockets[self._credentials.user] -= 1

    async def _inbound(self) -> AsyncIterator[protocol.Message]:
        """Messages at the allowed pace."""
        pace = Pace(MESSAGES_PER_SECOND)
        while True:
            event = await self._receive()
            if event["type"] == "websocket.disconnect":
                raise Left
            pace.spend()
            if event.get("text") is None:
                raise protocol.malformed("binary")
            yield protocol.read_message(event["text"])

    async def _take(self, message: protocol.Message) -> None:
        match message:
            case protocol.Init():
                await self._initialise(message)
            case protocol.Ping():
                await self._say(protocol.pong(message))
            case protocol.Pong():
                pass
            case protocol.Subscribe():
                self._subscribe(message)
            case protocol.Complete():
                task = self._operations.pop(message.id, None)
                if task is not None:
                    task.cancel()

    async def _initialise(self, message: protocol.Init) -> None:
        if self._is_initialising:
            raise protocol.second_init()
        self._is_initialising = True
        try:
            credentials = await read_credentials(self._scope, message.payload or {})
        except Unwelcome as unwelcome:
            raise protocol.forbidden(str(unwelcome)) from None
        if _sockets[credentials.user] >= MAX_SOCKETS_PER_USER:
            raise protocol.too_many("sockets")
        _sockets[credentials.user] += 1
        self._credentials = credentials
        self._tasks.create_task(recheck(credentials))
        await self._say(protocol.acknowledgement())

    async def _close_without_init(self) -> None:
        await asyncio.sleep(INIT_SECONDS)
        if not self._is_initialising:
            raise protocol.late_init()

    def _subscribe(self, message: protocol.Subscribe) -> None:
        if self._credentials is None:
            raise protocol.unauthorised()
        if message.id in self._operations:
            raise protocol.taken_id(message.id)
        if len(self._operations) >= MAX_OPERATIONS:
            raise protocol.too_many("operations")
        work = self._operate(message.id, message.payload, self._credentials)
        self._operations[message.id] = self._tasks.create_task(work)

    async def _operate(self, operation: str, request: protocol.Request, credentials: Credentials) -> None:
        try:
            async with open_operation(request, credentials) as payloads:
                async for payload in payloads:
                    await self._emit(operation, protocol.next_frame(operation, payload))
            await self._emit(operation, protocol.complete_frame(operation))
        except Rejected as rejected:
            await self._emit(operation, protocol.error_frame(operation, rejected.errors))
        except (Close, Left):
            raise
        except Exception as error:  # noqa: BLE001  the boundary: failure_of logs it and masks it
            await self._emit(operation, protocol.error_frame(operation, [failure_of(error)]))
        finally:
            if self._operations.get(operation) is asyncio.current_task():
                del self._operations[operation]

    async def _emit(self, operation: str, text: str) -> None:
        """Nothing is said for an operation that was completed, or whose id is another's by now."""
        if self._operations.get(operation) is asyncio.current_task():
            await self._say(text)

    async def _say(self, text: str) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._send({"type": "websocket.send", "text": text})
        except TimeoutError:
            raise protocol.slow() from None
        except OSError:
            raise Left from None


class Pace:
    """How fast a client may send: `per_second`, and as many at once. Who is faster is closed."""

    def __init__(self, per_second: int) -> None:
        self._clock = asyncio.get_running_loop().time
        self._per_second = per_second
        self._allowance, self._last = float(per_second), self._clock()

    def spend(self) -> None:
        """Take one message. Raises `Close`."""
        now = self._clock()
        gained = (now - self._last) * self._per_second
        self._allowance = min(self._allowance + gained, self._per_second) - 1
        self._last = now
        if self._allowance < 0:
            raise protocol.too_many("messages")


async def recheck(credentials: Credentials) -> None:
    """Every minute, and when it rings for this user: is this still who it was, with the same rights?"""
    with doorbell.listening(f"user.{credentials.user}") as rings:
        while True:
            await rings.wait(RECHECK_SECONDS)
            try:
                await credentials.renew()
            except Unwelcome as unwelcome:
                raise protocol.forbidden(str(unwelcome)) from None
            except RightsChanged:
                raise protocol.start_anew() from None


def first_close(group: BaseExceptionGroup[Close]) -> Close:
    for error in group.exceptions:
        return first_close(error) if isinstance(error, BaseExceptionGroup) else error
    raise AssertionError("a group holds at least one exception")
