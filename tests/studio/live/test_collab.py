"""Editing together through a real server, and the two ways between the shared document and a graph."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any
from unittest import mock
from uuid import UUID

import pytest
import websockets.asyncio.client as client
from asgiref.sync import sync_to_async
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import (
    Decoder,
    Doc,
    Map,
    Text,
    create_awareness_message,
    create_sync_message,
    create_update_message,
    handle_sync_message,
)
from websockets.exceptions import ConnectionClosed, InvalidStatus

from contracts.canonical import parse_json
from contracts.graph import graph_document, parse_graph
from studio.graphs.actions.delete_graph import delete_graph
from studio.graphs.actions.save_draft import save_draft
from studio.graphs.models import Draft, Graph
from studio.live.collab import room as rooms
from studio.live.collab import store
from studio.live.collab.awareness import MAX_CLIENTS, States, read_states, states_message
from studio.live.collab.shape import freeze, pour
from studio.live.models import RoomUpdate
from studio.teams.models import User
from tests.studio.cast import Person, counting_graph
from tests.studio.live.conftest import LiveServer, session_cookie
from tests.support.paths import VECTORS

GRAPH = parse_json((VECTORS / "graph.json").read_bytes())


def test_freezing_what_was_poured_gives_the_same_graph() -> None:
    doc: Doc = Doc()
    pour(doc, GRAPH)
    assert graph_document(parse_graph(freeze(doc))) == graph_document(parse_graph(GRAPH))


def test_pouring_again_changes_nothing() -> None:
    doc: Doc = Doc()
    pour(doc, GRAPH)
    before = doc.get_state()
    pour(doc, GRAPH)
    assert doc.get_update(before) == rooms.EMPTY_UPDATE


def test_what_others_left_dangling_is_left_out() -> None:
    doc: Doc = Doc()
    pour(doc, GRAPH)
    del doc.get("nodes", type=Map)["gate"]
    frozen = freeze(doc)
    assert "gate" not in frozen["nodes"]
    assert not [edge for edge in frozen["edges"] if "gate" in edge]
    parse_graph(frozen)


def test_groups_lose_members_that_are_gone_and_go_with_the_last() -> None:
    doc: Doc = Doc()
    groups = {
        "outer": {"title": "Outer", "members": ["inner"]},
        "inner": {"title": "Inner", "members": ["gate"], "collapsed": True, "colour": "blue"},
        "other": {"title": "Other", "members": ["gate", "count"]},
    }
    pour(doc, {**GRAPH, "layout": {"groups": groups}})
    assert freeze(doc)["layout"]["groups"] == groups
    del doc.get("nodes", type=Map)["gate"]
    assert freeze(doc)["layout"]["groups"] == {"other": {"title": "Other", "members": ["count"]}}


@given(
    st.dictionaries(st.integers(0, 2**32), st.tuples(st.integers(0, 2**40), st.text(max_size=40)), max_size=5)
)
@settings(max_examples=50)
def test_presence_survives_the_wire(states: dict[int, tuple[int, str]]) -> None:
    message = states_message(states)
    decoder = Decoder(message)
    assert decoder.read_var_uint() == 1
    assert read_states(decoder.read_message() or b"") == states


@given(st.binary(max_size=60))
@settings(max_examples=200)
def test_any_bytes_are_presence_or_refused(payload: bytes) -> None:
    with suppress(ValueError):
        read_states(payload)


class Page:
    """A browser page: a document of its own, kept in step over a socket."""

    def __init__(self, connection: client.ClientConnection, doc: Doc) -> None:
        self.connection, self.doc = connection, doc
        self.presence: dict[int, tuple[int, str]] = {}
        self.answers = 0
        self._listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        with suppress(ConnectionClosed):
            await self._take_frames()

    async def _take_frames(self) -> None:
        async for frame in self.connection:
            assert isinstance(frame, bytes)
            if frame[0] == 1:
                decoder = Decoder(frame[1:])
                self.presence |= read_states(decoder.read_message() or b"")
            elif (reply := handle_sync_message(frame[1:], self.doc)) is not None:
                await self.connection.send(reply)
            elif frame[1] == 1:
                self.answers += 1

    async def edit(self, change: Callable[[Doc], None]) -> None:
        before = self.doc.get_state()
        with self.doc.transaction():
            change(self.doc)
        await self.connection.send(create_update_message(self.doc.get_update(before)))

    async def ask(self) -> None:
        """Returns when everything that was sent is kept."""
        answers = self.answers
        await self.connection.send(create_sync_message(self.doc))
        await until(lambda: self.answers > answers)


async def until(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def page(server: LiveServer, user: User, graph: Graph, doc: Doc | None = None) -> AsyncIterator[Page]:
    cookie = await sync_to_async(session_cookie)(user)
    url = f"ws://127.0.0.1:{server.port}/collab/{graph.pk}"
    async with client.connect(url, additional_headers={"Cookie": cookie}, max_size=None) as connection:
        found = Page(connection, doc or Doc())
        await found.ask()
        yield found


def titles(doc: Doc) -> dict[str, str]:
    nodes: dict[str, Any] = doc.get("nodes", type=Map).to_py() or {}
    return {id: node["title"] for id, node in nodes.items()}


def retitle(id: str, title: str) -> Callable[[Doc], None]:
    def change(doc: Doc) -> None:
        doc.get("nodes", type=Map)[id]["title"] = title

    return change


@sync_to_async
def draft(graph: Graph) -> Any:
    return Draft.objects.get(graph=graph).document


async def test_what_one_changes_the_other_sees_and_the_draft_keeps(
    server: LiveServer, author: Person, owner: Person, counting: Graph
) -> None:
    async with page(server, author.user, counting) as one, page(server, owner.user, counting) as two:
        assert titles(one.doc) == {"text": "", "count": "", "out": ""}
        await one.edit(retitle("count", "Words"))
        await until(lambda: titles(two.doc)["count"] == "Words")
        await two.edit(retitle("text", "Text"))
        await until(lambda: titles(one.doc)["text"] == "Text")
        async with asyncio.timeout(10):
            while (await draft(counting))["nodes"]["text"].get("title") != "Text":
                await asyncio.sleep(0.05)
    kept = await draft(counting)
    assert kept["nodes"]["count"]["title"] == "Words"


async def test_an_edit_is_kept_when_the_question_is_answered(
    server: LiveServer, author: Person, counting: Graph
) -> None:
    async with page(server, author.user, counting) as one:
        before = await sync_to_async(RoomUpdate.objects.filter(graph=counting).count)()
        await one.edit(retitle("count", "Kept"))
        await one.ask()
        assert await sync_to_async(RoomUpdate.objects.filter(graph=counting).count)() == before + 1


async def test_the_last_one_leaves_one_row_and_the_draft(
    server: LiveServer, author: Person, counting: Graph
) -> None:
    async with page(server, author.user, counting) as one:
        for title in ("a", "b", "c"):
            await one.edit(retitle("count", title))
        await one.ask()
    async with asyncio.timeout(10):
        while counting.pk in rooms._rooms:
            await asyncio.sleep(0.01)
    assert await sync_to_async(RoomUpdate.objects.filter(graph=counting).count)() == 1
    assert (await draft(counting))["nodes"]["count"]["title"] == "c"
    async with page(server, author.user, counting) as again:
        assert titles(again.doc)["count"] == "c"


async def test_edits_without_a_connection_are_asked_for(
    server: LiveServer, author: Person, owner: Person, counting: Graph
) -> None:
    async with page(server, author.user, counting) as one:
        kept = one.doc
    with kept.transaction():
        kept.get("nodes", type=Map)["out"]["title"] = "Offline"
    async with page(server, owner.user, counting) as other, page(server, author.user, counting, kept):
        await until(lambda: titles(other.doc)["out"] == "Offline")


async def test_who_may_only_look_changes_nothing(
    server: LiveServer, author: Person, watcher: Person, counting: Graph
) -> None:
    async with page(server, author.user, counting) as one, page(server, watcher.user, counting) as looking:
        await looking.edit(retitle("count", "Mine"))
        await looking.connection.send(create_awareness_message(b"\x01\x05\x01\x02{}"))
        await looking.ask()
        await one.edit(retitle("text", "Seen"))
        await until(lambda: titles(looking.doc)["text"] == "Seen")
        assert titles(one.doc)["count"] == ""
        assert one.presence == {}


async def test_a_draft_saved_past_the_room_reaches_it(
    server: LiveServer, author: Person, counting: Graph
) -> None:
    document = counting_graph(title="From a command")
    async with page(server, author.user, counting) as one:
        await sync_to_async(lambda: save_draft(author.viewer, counting.pk, document=document))()
        await until(lambda: one.doc.get("meta", type=Map).get("title") == "From a command")
    async with asyncio.timeout(10):
        while counting.pk in rooms._rooms:
            await asyncio.sleep(0.01)
    later = counting_graph(title="While nobody was there")
    await sync_to_async(lambda: save_draft(author.viewer, counting.pk, document=later))()
    async with page(server, author.user, counting) as again:
        assert again.doc.get("meta", type=Map).get("title") == "While nobody was there"


async def test_people_see_each_other_come_and_go(
    server: LiveServer, author: Person, owner: Person, counting: Graph
) -> None:
    async with page(server, author.user, counting) as one:
        await one.connection.send(states_message({7: (1, '{"person":"one"}')}))
        await one.ask()
        async with page(server, owner.user, counting) as two:
            await until(lambda: two.presence.get(7) == (1, '{"person":"one"}'))
            await two.connection.send(states_message({9: (4, '{"person":"two"}')}))
            await until(lambda: one.presence.get(9) == (4, '{"person":"two"}'))
        await until(lambda: one.presence.get(9) == (5, "null"))


@pytest.mark.parametrize(
    "frame", [b"\x00\x02\x05abcde", b"\x00\x02\x7f", b"\x00", b"\x01\x03\x02\x01\x01", "text"]
)
async def test_what_is_no_message_is_closed_with_4400(
    server: LiveServer, author: Person, counting: Graph, frame: bytes | str
) -> None:
    async with page(server, author.user, counting) as one:
        await one.connection.send(frame)
        await one.connection.wait_closed()
        assert one.connection.close_code == 4400


async def test_a_document_that_grows_too_large_is_refused(
    server: LiveServer, author: Person, counting: Graph
) -> None:
    with mock.patch.object(rooms, "MAX_STATE_BYTES", 5_000):
        async with page(server, author.user, counting) as one:
            await one.edit(retitle("count", "x" * 6_000))
            await one.connection.wait_closed()
            assert one.connection.close_code == 4413


async def test_the_outsider_nobody_and_a_deleted_graph_are_refused(
    server: LiveServer, author: Person, outsider: Person, counting: Graph
) -> None:
    url = f"ws://127.0.0.1:{server.port}/collab/{counting.pk}"
    async with client.connect(url) as connection:
        await connection.wait_closed()
        assert connection.close_code == 4401
    cookie = await sync_to_async(session_cookie)(outsider.user)
    async with client.connect(url, additional_headers={"Cookie": cookie}) as connection:
        await connection.wait_closed()
        assert connection.close_code == 4404
    with pytest.raises(InvalidStatus):
        async with client.connect(f"ws://127.0.0.1:{server.port}/collab/nothing"):
            pass
    async with page(server, author.user, counting) as one:
        await sync_to_async(lambda: delete_graph(author.viewer, counting.pk))()
        await one.edit(retitle("count", "Late"))
        await one.connection.wait_closed()
        assert one.connection.close_code == 4404


class Watching:
    """Somebody in a room, without a socket."""

    def __init__(self, person: Person) -> None:
        self.viewer = person.viewer
        self.presence: States = {}
        self.pushed: list[bytes] = []

    def push(self, message: bytes) -> None:
        self.pushed.append(message)


@sync_to_async
def watching(person: Person) -> Watching:
    return Watching(person)


async def test_what_cannot_be_kept_is_seen_by_nobody(author: Person, counting: Graph) -> None:
    room, one, two = rooms.Room(counting.pk), await watching(author), await watching(author)
    room.members += [one, two]
    edited: Doc = Doc()
    pour(edited, GRAPH)
    with mock.patch.object(store, "append", side_effect=OSError("the disk is full")):
        with pytest.raises(OSError, match="full"):
            await room.update(one, edited.get_update())
        with pytest.raises(OSError, match="full"):
            await room._take_over(GRAPH, 7)
    assert room.doc.get_update() == rooms.EMPTY_UPDATE
    assert (two.pushed, room._version) == ([], 0)


async def test_nonsense_is_not_kept(author: Person, counting: Graph) -> None:
    room, one = rooms.Room(counting.pk), await watching(author)
    with mock.patch.object(store, "append") as append, pytest.raises(ValueError, match="decod"):
        await room.update(one, b"\x05abcde")
    append.assert_not_called()


async def test_what_another_server_kept_survives_the_last_one_leaving(
    server: LiveServer, author: Person, counting: Graph
) -> None:
    async with page(server, author.user, counting) as one:
        elsewhere: Doc = Doc()
        elsewhere.apply_update(one.doc.get_update())
        before = elsewhere.get_state()
        retitle("out", "Elsewhere")(elsewhere)
        update = elsewhere.get_update(before)
        await sync_to_async(store.append)(counting.pk, update)
        await one.edit(retitle("count", "Here"))
        await one.ask()
    async with asyncio.timeout(10):
        while counting.pk in rooms._rooms:
            await asyncio.sleep(0.01)
    async with page(server, author.user, counting) as again:
        assert titles(again.doc) == {"text": "", "count": "Here", "out": "Elsewhere"}


async def test_a_kept_update_that_cannot_be_read_keeps_nobody_out(
    server: LiveServer, author: Person, counting: Graph, caplog: pytest.LogCaptureFixture
) -> None:
    await sync_to_async(store.append)(counting.pk, b"\x05abcde")
    async with page(server, author.user, counting) as one:
        await one.edit(retitle("out", "Kept"))
        await one.ask()
    async with asyncio.timeout(10):
        while counting.pk in rooms._rooms:
            await asyncio.sleep(0.01)
    async with page(server, author.user, counting) as again:
        assert titles(again.doc)["out"] == "Kept"
    assert "cannot be read and is left out" in caplog.text


@pytest.mark.django_db
def test_compaction_loses_nothing_that_was_built_on_an_update_that_cannot_be_read(counting: Graph) -> None:
    doc: Doc = Doc()
    updates: list[bytes] = []
    doc.observe(lambda event: updates.append(event.update))
    text = doc.get("title", type=Text)
    for word in ("one ", "two ", "three"):
        text += word
    store.append(counting.pk, updates[0])
    store.append(counting.pk, b"\x05abcde")
    store.append(counting.pk, updates[2])
    store.compact(counting.pk, 1)
    RoomUpdate.objects.filter(graph=counting, data=b"\x05abcde").update(data=updates[1])
    store.compact(counting.pk, 1)
    again: Doc = Doc()
    again.apply_update(store.load(counting.pk)[0])
    assert str(again.get("title", type=Text)) == "one two three"
    assert RoomUpdate.objects.filter(graph=counting).count() == 1


async def test_a_room_goes_on_after_the_database_was_away(
    server: LiveServer, author: Person, counting: Graph
) -> None:
    def failing(function: Callable[..., Any]) -> Callable[..., Any]:
        failures = iter([OSError("away")])

        def once(*args: Any) -> Any:
            if error := next(failures, None):
                raise error
            return function(*args)

        return once

    with (
        mock.patch.object(rooms, "PAUSE_SECONDS", 0.01),
        mock.patch.object(rooms, "LOOK_SECONDS", 0.05),
        mock.patch.object(store, "draft_of", failing(store.draft_of)),
        mock.patch.object(store, "keep_draft", failing(store.keep_draft)),
    ):
        async with page(server, author.user, counting) as one:
            await one.edit(retitle("count", "Words"))
            async with asyncio.timeout(10):
                while (await draft(counting))["nodes"]["count"].get("title") != "Words":
                    await asyncio.sleep(0.05)
            document = counting_graph(title="From a command")
            await sync_to_async(lambda: save_draft(author.viewer, counting.pk, document=document))()
            await until(lambda: one.doc.get("meta", type=Map).get("title") == "From a command")


async def test_a_room_that_was_left_while_it_opened_stays_closed(author: Person, counting: Graph) -> None:
    may_load = threading.Event()
    load = store.load

    def slowly(graph: UUID) -> Any:
        may_load.wait(10)
        return load(graph)

    with mock.patch.object(store, "load", slowly):
        room = rooms.Room(counting.pk)
        opening = asyncio.ensure_future(room.ready())
        await asyncio.sleep(0.05)
        room.close()
        may_load.set()
        with suppress(asyncio.CancelledError):
            await opening
    await asyncio.sleep(0.05)
    assert room._tasks == []


def test_a_page_tells_of_so_many_clients_and_no_more(author: Person, counting: Graph) -> None:
    room, one = rooms.Room(counting.pk), Watching(author)
    for client_id in range(MAX_CLIENTS):
        room.take_presence(one, presence_payload(client_id))
    room.take_presence(one, presence_payload(0))
    with pytest.raises(ValueError, match="more than 64 clients"):
        room.take_presence(one, presence_payload(MAX_CLIENTS))
    assert len(one.presence) == MAX_CLIENTS


def presence_payload(client_id: int) -> bytes:
    decoder = Decoder(states_message({client_id: (1, "{}")}))
    decoder.read_var_uint()
    return decoder.read_message() or b""
