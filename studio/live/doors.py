"""The doors of sockets, by path."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from studio.live.collab.socket import collab_door
from studio.live.socket import live_socket

Door = Callable[
    [dict[str, Any], Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]
]

_DOORS: Final[dict[str, Door]] = {"/graphql": live_socket}
_ROOMS: Final = "/collab/"


async def sockets(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The ASGI application of every websocket; an unknown path is refused before it opens."""
    path: str = scope["path"]
    door = collab_door if path.startswith(_ROOMS) else _DOORS.get(path)
    if door is None:
        await receive()
        await send({"type": "websocket.close", "code": 4404})
        return
    await door(scope, receive, send)
