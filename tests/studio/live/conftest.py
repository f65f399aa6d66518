"""A real server for sockets: uvicorn on a thread of its own, on a port of its own."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import websockets.asyncio.client as client
from django.conf import settings
from django.test import Client

from studio.teams.models import User
from studio.web.listener import bind_port
from studio.web.server import new_server


class LiveServer:
    """`port` answers once `start` has returned."""

    def __init__(self) -> None:
        self._bound = bind_port("127.0.0.1", 8155)
        self.port = self._bound.getsockname()[1]
        self._ready = threading.Event()
        self.server = new_server(self._ready.set)
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self.server.serve(sockets=[self._bound])), daemon=True
        )

    def start(self) -> "LiveServer":
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def stop(self) -> None:
        self.server.should_exit = self.server.force_exit = True
        self._thread.join(10)

    @asynccontextmanager
    async def socket(self, user: User | None = None, **options: Any) -> AsyncIterator["Socket"]:
        """A socket of a signed-in user (or of nobody), not yet initialised."""
        headers = {"Cookie": await asyncio.to_thread(session_cookie, user)} if user else {}
        options.setdefault("subprotocols", ["graphql-transport-ws"])
        extra = headers | options.pop("headers", {})
        url = f"ws://127.0.0.1:{self.port}/graphql"
        async with client.connect(url, additional_headers=extra, **options) as connection:
            yield Socket(connection)

    @asynccontextmanager
    async def ready_socket(self, user: User, **options: Any) -> AsyncIterator["Socket"]:
        async with self.socket(user, **options) as socket:
            await socket.say({"type": "connection_init"})
            assert await socket.hear() == {"type": "connection_ack"}
            yield socket


class Socket:
    def __init__(self, connection: client.ClientConnection) -> None:
        self.connection = connection

    async def say(self, message: Any) -> None:
        await self.connection.send(message if isinstance(message, str | bytes) else json.dumps(message))

    async def hear(self, seconds: float = 10) -> dict[str, Any]:
        async with asyncio.timeout(seconds):
            heard: dict[str, Any] = json.loads(await self.connection.recv())
        return heard

    async def subscribe(self, query: str, id: str = "1", **variables: Any) -> None:
        await self.say({"id": id, "type": "subscribe", "payload": {"query": query, "variables": variables}})

    async def closed(self, seconds: float = 10) -> tuple[int | None, str | None]:
        """The code and reason that the server closes with."""
        async with asyncio.timeout(seconds):
            await self.connection.wait_closed()
        return self.connection.close_code, self.connection.close_reason


def session_cookie(user: User) -> str:
    signed_in = Client()
    signed_in.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={signed_in.session.session_key}"


@pytest.fixture(scope="session")
def running_server(django_db_setup: None) -> Iterator[LiveServer]:
    server = LiveServer().start()
    yield server
    server.stop()


@pytest.fixture
def server(transactional_db: None, running_server: LiveServer) -> LiveServer:
    return running_server
