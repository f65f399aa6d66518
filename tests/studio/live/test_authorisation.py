"""Who may subscribe to what. What is added to the schema without a line here fails."""

import asyncio
from typing import Any, Final

import pytest
from asgiref.sync import sync_to_async

from studio.announcements import announce
from studio.api.schema import schema
from studio.ids import uuid7
from studio.runs.models import Run
from studio.teams.actions.create_token import create_token
from tests.studio.api.world import new_run
from tests.studio.cast import Person, gid, person
from tests.studio.live.conftest import LiveServer, Socket

# What members get of each; the outsider gets an error instead.
SUBSCRIPTIONS: Final = {
    "runFeed": 'runFeed(run: "{run}", after: 0) { kind }',
    "runLogs": 'runLogs(run: "{run}", after: 0) { kind }',
    "changes": 'changes(team: "text") { kind }',
}


def test_every_subscription_has_a_line() -> None:
    assert schema.graphql_schema.subscription_type is not None
    assert schema.graphql_schema.subscription_type.fields.keys() == SUBSCRIPTIONS.keys()


@pytest.fixture
def run(transactional_db: None, author: Person) -> Run:
    return new_run(author)


async def first_answer(socket: Socket, id: str, document: str, run: Run) -> str:
    """`next` or `error`, whichever comes first, while the team has news."""
    await socket.subscribe(f"subscription {{ {document} }}", id=id)
    while True:
        await sync_to_async(announce)("graph", uuid7(), run.team_id)
        try:
            heard = await socket.hear(0.2)
        except TimeoutError:
            continue
        if heard.get("id") == id:
            await socket.say({"id": id, "type": "complete"})
            kind: str = heard["type"]
            return kind


async def answers(socket: Socket, run: Run) -> dict[str, str]:
    await socket.say({"type": "connection_init"})
    assert await socket.hear() == {"type": "connection_ack"}
    async with asyncio.timeout(20):
        return {
            field: await first_answer(socket, field, document.replace("{run}", gid(run)), run)
            for field, document in SUBSCRIPTIONS.items()
        }


@pytest.mark.parametrize("role", ["viewer", "author", "reviewer", "operator", "maintainer", "admin"])
async def test_members_may(server: LiveServer, run: Run, role: str) -> None:
    member = await sync_to_async(person)("member", run.team, role)
    async with server.socket(member.user) as socket:
        assert await answers(socket, run) == dict.fromkeys(SUBSCRIPTIONS, "next")


@pytest.mark.parametrize("scope", ["viewer", "author"])
async def test_tokens_of_members_may(server: LiveServer, author: Person, run: Run, scope: str) -> None:
    secret = await sync_to_async(token_of)(author, scope)
    async with server.socket(headers={"Authorization": f"Bearer {secret}"}) as socket:
        assert await answers(socket, run) == dict.fromkeys(SUBSCRIPTIONS, "next")


async def test_the_outsider_may_not(server: LiveServer, outsider: Person, run: Run) -> None:
    async with server.socket(outsider.user) as socket:
        assert await answers(socket, run) == dict.fromkeys(SUBSCRIPTIONS, "error")


async def test_a_token_of_the_outsider_may_not(server: LiveServer, outsider: Person, run: Run) -> None:
    secret = await sync_to_async(token_of)(outsider, "admin")
    async with server.socket(headers={"Authorization": f"Bearer {secret}"}) as socket:
        assert await answers(socket, run) == dict.fromkeys(SUBSCRIPTIONS, "error")


async def test_nobody_signed_in_subscribes_to_nothing(server: LiveServer, run: Run) -> None:
    async with server.socket() as socket:
        await socket.say({"type": "connection_init"})
        assert (await socket.closed())[0] == 4403


def token_of(who: Person, scope: str) -> Any:
    return create_token(who.viewer, title="T", scopes=[scope], days=1)[1]
