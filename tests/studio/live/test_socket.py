"""The transport: each rule of graphql-transport-ws and the code that a socket is closed with."""

import asyncio
from unittest import mock

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from studio.live import protocol
from studio.live import socket as door
from tests.studio.cast import Person
from tests.studio.live.conftest import LiveServer

CHANGES = "subscription { changes { kind id } }"


async def test_init_is_acknowledged(server: LiveServer, author: Person) -> None:
    async with server.ready_socket(author.user):
        pass


async def test_a_ping_is_answered_with_its_payload(server: LiveServer) -> None:
    async with server.socket() as socket:
        await socket.say({"type": "ping", "payload": {"n": 1}})
        assert await socket.hear() == {"type": "pong", "payload": {"n": 1}}


async def test_another_subprotocol_is_closed_with_4406(server: LiveServer) -> None:
    async with server.socket(subprotocols=None) as socket:
        assert await socket.closed() == (4406, "Subprotocol not acceptable")


async def test_silence_is_closed_with_4408(server: LiveServer) -> None:
    with mock.patch.object(door, "INIT_SECONDS", 0.05):
        async with server.socket() as socket:
            assert await socket.closed() == (4408, "Connection initialisation timeout")


async def test_a_client_that_leaves_while_it_is_told_to_go_is_no_fault() -> None:
    said: list[str] = []

    async def receive() -> dict[str, str]:
        if not said:
            said.append("connected")
            return {"type": "websocket.connect"}
        try:
            return await asyncio.Event().wait() or {}
        except asyncio.CancelledError:  # as it is told to go
            return {"type": "websocket.disconnect"}

    async def send(message: dict[str, object]) -> None:
        said.append(str(message["type"]))

    scope = {"headers": [], "subprotocols": [protocol.SUBPROTOCOL], "session": {}}
    with mock.patch.object(door, "INIT_SECONDS", 0.01):
        await door.live_socket(scope, receive, send)

    assert said == ["connected", "websocket.accept", "websocket.close"]


async def test_a_second_init_is_closed_with_4429(server: LiveServer, author: Person) -> None:
    async with server.ready_socket(author.user) as socket:
        await socket.say({"type": "connection_init"})
        assert await socket.closed() == (4429, "Too many initialisation requests")


async def test_subscribing_before_the_acknowledgement_is_closed_with_4401(server: LiveServer) -> None:
    async with server.socket() as socket:
        await socket.subscribe(CHANGES)
        assert await socket.closed() == (4401, "Unauthorized")


async def test_nobody_signed_in_is_closed_with_4403(server: LiveServer) -> None:
    async with server.socket() as socket:
        await socket.say({"type": "connection_init"})
        assert (await socket.closed())[0] == 4403


async def test_a_used_id_is_closed_with_4409(server: LiveServer, author: Person) -> None:
    async with server.ready_socket(author.user) as socket:
        await socket.subscribe(CHANGES)
        await socket.subscribe(CHANGES)
        assert await socket.closed() == (4409, "Subscriber for 1 already exists")


async def test_an_id_is_free_again_after_complete(server: LiveServer, author: Person) -> None:
    async with server.ready_socket(author.user) as socket:
        await socket.subscribe(CHANGES)
        await socket.say({"id": "1", "type": "complete"})
        await socket.subscribe(CHANGES)
        await socket.say({"type": "ping"})
        assert await socket.hear() == {"type": "pong"}


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "{}", '{"type":"hello"}', '{"type":"subscribe","id":"1"}',
     '{"type":"subscribe","id":"","payload":{"query":"{a}"}}', '{"type":"subscribe","id":"1","payload":{}}',
     '{"type":"complete"}', '{"type":"ping","payload":1}', "[" * 20_000, b"\x00"],
)  # fmt: skip
async def test_what_is_no_message_is_closed_with_4400(server: LiveServer, text: str | bytes) -> None:
    async with server.socket() as socket:
        await socket.say(text)
        code, reason = await socket.closed()
        assert code == 4400
        assert reason is not None
        assert reason.startswith("Invalid message")


async def test_a_message_beyond_64_kib_is_closed_with_4400(server: LiveServer) -> None:
    async with server.socket() as socket:
        await socket.say({"type": "ping", "payload": {"x": "y" * 70_000}})
        assert (await socket.closed())[0] == 4400


async def test_a_flood_of_messages_is_closed_with_4429(server: LiveServer) -> None:
    async with server.socket() as socket:
        for _ in range(100):
            await socket.connection.send('{"type":"pong"}')
        assert (await socket.closed())[0] == 4429


async def test_too_many_operations_are_closed_with_4429(server: LiveServer, author: Person) -> None:
    with mock.patch.object(door, "MAX_OPERATIONS", 2):
        async with server.ready_socket(author.user) as socket:
            for id in ("1", "2", "3"):
                await socket.subscribe(CHANGES, id=id)
            assert await socket.closed() == (4429, "Too many operations")


async def test_too_many_sockets_of_a_user_are_closed_with_4429(server: LiveServer, author: Person) -> None:
    with mock.patch.object(door, "MAX_SOCKETS_PER_USER", 1):
        async with server.ready_socket(author.user), server.socket(author.user) as second:
            await second.say({"type": "connection_init"})
            assert await second.closed() == (4429, "Too many sockets")
        async with server.ready_socket(author.user):
            pass


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("subscription { changes { kind } ", "Syntax"),
        ("subscription { nothing }", "Cannot query"),
        ("{ viewer { id } }", "POST queries"),
        ("mutation { signOut { __typename } }", "POST queries"),
        ("subscription { changes { kind } more: changes { id } }", "one"),
        ("subscription { ...A } fragment A on Subscription { changes { kind } }", "directly"),
        ("subscription { __typename }", ""),
        ('subscription { runFeed(run: "UnVuOjE", after: 0) { kind } }', "no such run"),
        ("subscription { runFeed(after: 0) { kind } }", "run"),
    ],
)
async def test_a_refused_operation_is_an_error_and_the_socket_stays(
    server: LiveServer, author: Person, query: str, says: str
) -> None:
    async with server.ready_socket(author.user) as socket:
        await socket.subscribe(query)
        heard = await socket.hear()
        assert (heard["type"], heard["id"]) == ("error", "1")
        assert says in heard["payload"][0]["message"]
        await socket.say({"type": "ping"})
        assert await socket.hear() == {"type": "pong"}


async def test_a_page_of_another_origin_is_refused(server: LiveServer, author: Person) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with server.socket(author.user, origin="https://evil.example"):
            pass
    assert refused.value.response.status_code == 403


async def test_a_page_of_this_origin_is_welcome(server: LiveServer, author: Person) -> None:
    async with server.ready_socket(author.user, origin=f"http://127.0.0.1:{server.port}"):
        pass


async def test_an_unknown_path_is_refused(server: LiveServer) -> None:
    with pytest.raises(InvalidStatus):
        async with connect(f"ws://127.0.0.1:{server.port}/elsewhere"):
            pass
