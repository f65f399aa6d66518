"""Following runs through a real server: many viewers, cut connections, permissions that change."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import pytest
from asgiref.sync import sync_to_async
from django.db import transaction
from websockets.exceptions import ConnectionClosed

from contracts.canonical import digest_of
from studio.ids import uuid7
from studio.live import operations
from studio.live import socket as door
from studio.runs.actions.start_runs import start_runs
from studio.runs.announcements import announce
from studio.runs.models import Document, Event, LogLine, Run
from studio.teams.actions.create_token import create_token
from studio.teams.actions.remove_member import remove_member
from studio.teams.actions.revoke_token import revoke_token
from studio.teams.actions.sign_out import sign_out
from studio.teams.models import Team
from studio.teams.viewer import viewer_for
from tests.studio.cast import Person, gid
from tests.studio.live.conftest import LiveServer, Socket
from tests.studio.runs.asking import asking_graph

FEED = """subscription($run: ID!, $after: Int!) { runFeed(run: $run, after: $after) {
  kind from to head at snapshot events { seq type v at data } } }"""
LOGS = """subscription($run: ID!, $after: Int!, $node: String) {
  runLogs(run: $run, after: $after, node: $node) {
  kind from to head lines { line node index attempt level message fields } } }"""
AT = "2026-01-31T09:00:00.003Z"


@sync_to_async
def new_run(team: Team, events: int = 0) -> Run:
    plan, _ = Document.objects.get_or_create(digest=digest_of({}), defaults={"kind": "plan", "data": {}})
    run = Run.objects.create(
        id=uuid7(), team=team, title="Test", environment="dev", plan=plan, created_at=datetime.now(UTC)
    )
    if events:
        _append(run, events)
    return run


@sync_to_async
def append(run: Run, count: int, *, end: bool = False) -> None:
    _append(run, count, end=end)


def _append(run: Run, count: int, *, end: bool = False) -> None:
    """Events as an engine would write them: rows and the run's head in one transaction, then the news."""
    with transaction.atomic():
        last = run.last_seq
        rows = [_row(run, seq) for seq in range(last + 1, last + count + 1)]
        if end:
            rows[-1].type, rows[-1].data = "run_finished", '{"status":"succeeded"}'
        Event.objects.bulk_create(rows)
        run.last_seq += count
        run.status = "succeeded" if end else "running"
        run.finished_at = datetime.now(UTC) if end else None
        run.save(update_fields=["last_seq", "status", "finished_at"])
    announce(str(run.pk), run.last_seq, run.status)


def _row(run: Run, seq: int) -> Event:
    kind, data = "invocation_completed", f'{{"node":"n{seq}","outputs":{{}}}}'
    if seq == 1:
        kind = "run_created"
        data = f'{{"run":"{run.pk}","plan":"{run.plan_id}","admitted_at":"{AT}"}}'
    return Event(run=run, seq=seq, epoch=1, type=kind, v=1, at=AT, data=data)


async def frame(socket: Socket) -> dict[str, Any]:
    heard = await socket.hear()
    assert heard["type"] == "next", heard
    (value,) = heard["payload"]["data"].values()
    return value


async def read_all(socket: Socket, after: int = 0, *, stop_at: int | None = None) -> list[int]:
    """The numbers of the events until the feed completes, or until one is `stop_at`."""
    seen: list[int] = []
    while True:
        heard = await socket.hear()
        if heard["type"] == "complete":
            return seen
        assert heard["type"] == "next", heard
        value = heard["payload"]["data"]["runFeed"]
        if value["kind"] == "EVENTS":
            assert value["from"] == after + 1
            assert len(value["events"]) <= 500
            seen.extend(event["seq"] for event in value["events"])
        after = value["to"]
        if stop_at is not None and after >= stop_at:
            return seen


async def test_a_finished_run_is_told_and_completed(server: LiveServer, author: Person) -> None:
    run = await new_run(author.team)
    await append(run, 20, end=True)
    async with server.ready_socket(author.user) as socket:
        await socket.subscribe(FEED, run=gid(run), after=0)
        assert await read_all(socket) == list(range(1, 21))
        await socket.subscribe(FEED, id="2", run=gid(run), after=20)
        assert (await frame(socket))["kind"] == "IDLE"
        assert (await socket.hear())["type"] == "complete"


async def test_a_long_run_begins_with_its_view(server: LiveServer, author: Person) -> None:
    run = await new_run(author.team, events=600)
    async with server.ready_socket(author.user) as socket:
        await socket.subscribe(FEED, run=gid(run), after=0)
        first = await frame(socket)
        assert (first["kind"], first["from"], first["to"], first["head"]) == ("SNAPSHOT", 1, 600, 600)
        assert first["snapshot"]["seq"] == 600
        assert first["snapshot"]["nodes"]["n600"]["state"] == "succeeded"
        await append(run, 1)
        then = await frame(socket)
        assert (then["kind"], [event["seq"] for event in then["events"]]) == ("EVENTS", [601])


async def test_a_cursor_within_the_journal_goes_on_without_a_view(server: LiveServer, author: Person) -> None:
    run = await new_run(author.team, events=1_700)
    async with server.ready_socket(author.user) as socket:
        await socket.subscribe(FEED, run=gid(run), after=3)
        assert await read_all(socket, after=3, stop_at=1_700) == list(range(4, 1_701))


@pytest.mark.parametrize("after", [9, 5_100])
async def test_a_cursor_that_cannot_go_on_is_reset(server: LiveServer, author: Person, after: int) -> None:
    run = await new_run(author.team, events=5_050 if after == 9 else 5)
    async with server.ready_socket(author.user) as socket:
        await socket.subscribe(FEED, run=gid(run), after=after)
        assert (await frame(socket))["kind"] == "SNAPSHOT"


async def test_a_queued_run_is_shown_as_queued_and_then_goes_on(server: LiveServer, author: Person) -> None:
    run = await new_run(author.team)
    async with server.ready_socket(author.user) as socket:
        await socket.subscribe(FEED, run=gid(run), after=0)
        queued = await frame(socket)
        assert (queued["kind"], queued["to"], queued["snapshot"]["status"]) == ("SNAPSHOT", 0, "queued")
        await append(run, 3)
        assert [event["seq"] for event in (await frame(socket))["events"]] == [1, 2, 3]


async def test_silence_is_idle_within_three_seconds(server: LiveServer, author: Person) -> None:
    run = await new_run(author.team, events=1)
    async with server.ready_socket(author.user) as socket:
        await socket.subscribe(FEED, run=gid(run), after=1)
        assert (await frame(socket))["kind"] == "IDLE"
        idle = await asyncio.wait_for(frame(socket), 3)
        assert (idle["kind"], idle["to"], idle["events"]) == ("IDLE", 1, [])


async def test_events_that_come_together_arrive_together(server: LiveServer, author: Person) -> None:
    run = await new_run(author.team, events=1)
    async with server.ready_socket(author.user) as socket:
        await socket.subscribe(FEED, run=gid(run), after=1)
        await frame(socket)
        for _ in range(40):
            await append(run, 1)
        await append(run, 1, end=True)
        frames = 0
        seen: list[int] = []
        while (heard := await socket.hear())["type"] == "next":
            frames += 1
            seen.extend(event["seq"] for event in heard["payload"]["data"]["runFeed"]["events"])
        assert seen == list(range(2, 43))
        assert frames < 41


def _watched_renderings() -> Any:
    render = operations.Operation.render
    return mock.patch.object(operations.Operation, "render", autospec=True, side_effect=render)


async def test_many_viewers_share_one_execution(server: LiveServer, author: Person) -> None:
    run = await new_run(author.team, events=1)
    async with AsyncExitStack() as stack:
        stack.enter_context(mock.patch.object(door, "MAX_SOCKETS_PER_USER", 100))
        rendered = stack.enter_context(_watched_renderings())

        sockets = [await stack.enter_async_context(server.ready_socket(author.user)) for _ in range(60)]
        for socket in sockets:
            await socket.subscribe(FEED, run=gid(run), after=1)
            await frame(socket)
        before = rendered.call_count
        for _ in range(5):
            await append(run, 4)
            await asyncio.sleep(0.15)
        await append(run, 1, end=True)
        told = await asyncio.gather(*(read_all(socket, after=1) for socket in sockets))
        assert all(seen == list(range(2, 23)) for seen in told)
        # Six turns with news at most, and the idle ones between: far from sixty times each.
        assert rendered.call_count - before <= 20


async def test_a_cut_connection_goes_on_without_a_gap(server: LiveServer, author: Person) -> None:
    run = await new_run(author.team, events=5)
    stop = asyncio.Event()

    async def write() -> None:
        while not stop.is_set():
            await append(run, 7)
            await asyncio.sleep(0.01)
        await append(run, 1, end=True)

    writing = asyncio.create_task(write())
    seen: list[int] = []
    for _ in range(4):
        async with server.ready_socket(author.user) as socket:
            await socket.subscribe(FEED, run=gid(run), after=len(seen))
            seen += await read_all(socket, after=len(seen), stop_at=len(seen) + 30)
            socket.connection.transport.abort()
    stop.set()
    async with server.ready_socket(author.user) as socket:
        await socket.subscribe(FEED, run=gid(run), after=len(seen))
        seen += await read_all(socket, after=len(seen))
    await writing
    assert seen == list(range(1, run.last_seq + 1))


async def test_the_outsider_may_not_follow(server: LiveServer, author: Person, outsider: Person) -> None:
    run = await new_run(author.team, events=1)
    async with server.ready_socket(outsider.user) as socket:
        for document in (FEED, LOGS):
            await socket.subscribe(document, run=gid(run), after=0)
            heard = await socket.hear()
            assert heard["type"] == "error"
            assert "no such run" in heard["payload"][0]["message"]


async def test_a_member_who_is_removed_has_to_start_anew(
    server: LiveServer, author: Person, owner: Person
) -> None:
    run = await new_run(author.team, events=1)
    async with server.ready_socket(author.user) as socket:
        await socket.subscribe(FEED, run=gid(run), after=1)
        await frame(socket)
        await sync_to_async(lambda: remove_member(owner.viewer, team=author.team.pk, user=author.user.pk))()
        assert (await socket.closed())[0] == 1012
    async with server.ready_socket(author.user) as socket:
        await socket.subscribe(FEED, run=gid(run), after=1)
        assert (await socket.hear())["type"] == "error"


async def test_signing_out_closes_what_is_open(server: LiveServer, author: Person) -> None:
    async with server.ready_socket(author.user) as socket:
        cookie = socket.connection.request.headers["Cookie"]
        key = cookie.partition("=")[2]
        await sync_to_async(lambda: sign_out(viewer_for(author.user, session=key)))()
        assert (await socket.closed())[0] == 4403


async def test_a_ticket_opens_one_socket(server: LiveServer, author: Person) -> None:
    def ticket() -> str:
        answer = author.client.post("/tickets")
        assert answer.status_code == 201
        text: str = answer.json()["ticket"]
        return text

    given = await sync_to_async(ticket)()
    async with server.socket() as socket:
        await socket.say({"type": "connection_init", "payload": {"ticket": given}})
        assert await socket.hear() == {"type": "connection_ack"}
    async with server.socket() as socket:
        await socket.say({"type": "connection_init", "payload": {"ticket": given}})
        assert (await socket.closed())[0] == 4403


async def test_a_revoked_token_closes_its_sockets(server: LiveServer, author: Person) -> None:
    token, secret = await sync_to_async(
        lambda: create_token(author.viewer, title="t", scopes=["viewer"], days=1)
    )()
    async with server.socket(headers={"Authorization": f"Bearer {secret}"}) as socket:
        await socket.say({"type": "connection_init"})
        assert await socket.hear() == {"type": "connection_ack"}
        await sync_to_async(lambda: revoke_token(author.viewer, token=token.pk))()
        assert (await socket.closed())[0] == 4403


@sync_to_async
def write_lines(run: Run, lines: Sequence[tuple[int, str]]) -> None:
    LogLine.objects.bulk_create(
        LogLine(run=run, line=line, at=AT, node=node, attempt=1, level="info", message=f"line {line}")
        for line, node in lines
    )
    announce(str(run.pk), run.last_seq, run.status)


async def test_logs_are_followed_and_narrowed_to_a_node(server: LiveServer, author: Person) -> None:
    run = await new_run(author.team, events=2)
    await write_lines(run, [(1, "a"), (2, "b"), (3, "a")])
    async with server.ready_socket(author.user) as socket:
        await socket.subscribe(LOGS, run=gid(run), after=1, node="a")
        first = await frame(socket)
        assert ([line["line"] for line in first["lines"]], first["to"]) == ([3], 3)
        await write_lines(run, [(4, "b"), (5, "a")])
        while (then := await frame(socket))["kind"] == "IDLE":
            pass
        assert [line["message"] for line in then["lines"]] == ["line 5"]
        await append(run, 1, end=True)
        while (heard := await socket.hear())["type"] == "next":
            pass
        assert heard["type"] == "complete"


async def test_dropped_lines_are_said(server: LiveServer, author: Person) -> None:
    run = await new_run(author.team, events=2)
    await write_lines(run, [(8, "a"), (9, "a")])
    async with server.ready_socket(author.user) as socket:
        await socket.subscribe(LOGS, run=gid(run), after=2)
        first = await frame(socket)
        assert (first["kind"], first["from"], first["to"]) == ("SNAPSHOT", 8, 9)


async def test_lists_are_told_what_changed(server: LiveServer, author: Person, outsider: Person) -> None:
    changes = "subscription { changes { kind id } }"
    run = await new_run(author.team)
    foreign = await new_run(outsider.team)
    async with server.ready_socket(author.user) as socket:
        await socket.subscribe(changes)
        await socket.subscribe('subscription { changes(team: "elsewhere") { kind } }', id="2")
        assert (await socket.hear())["type"] == "error"
        await append(foreign, 1)
        await append(run, 1)
        assert await frame(socket) == {"kind": "run", "id": gid(run)}


async def test_lists_are_told_that_many_runs_were_started(
    server: LiveServer, author: Person, outsider: Person
) -> None:
    graph = await sync_to_async(asking_graph)(author)
    async with server.ready_socket(author.user) as mine, server.ready_socket(outsider.user) as others:
        for socket in (mine, others):
            await socket.subscribe("subscription { changes { kind id } }")
        await sync_to_async(lambda: start_runs(author.viewer, graph=graph.pk, each=[{"n": 1}, {"n": 2}]))()
        assert await frame(mine) == {"kind": "run", "id": ""}
        run = await new_run(outsider.team)
        await append(run, 1)
        assert await frame(others) == {"kind": "run", "id": gid(run)}


async def test_a_reader_that_does_not_read_is_closed_with_4008(server: LiveServer, author: Person) -> None:
    run = await new_run(author.team, events=2)
    big = '{"node":"n","outputs":{"o":{"media":"json","bytes":1,"value":"' + "x" * 40_000 + '"}}}'
    with mock.patch.object(door, "SEND_SECONDS", 0.2):
        async with server.ready_socket(author.user, max_queue=1, max_size=None) as socket:
            await sync_to_async(Event.objects.filter(run=run).update)(data=big)
            await append(run, 400)
            await sync_to_async(Event.objects.filter(run=run, seq__gt=1).update)(data=big)
            await socket.subscribe(FEED, run=gid(run), after=1)
            await asyncio.sleep(1.5)
            with pytest.raises(ConnectionClosed, match="4008"):
                await read_all(socket, after=1)
