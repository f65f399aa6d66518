"""Hostile services behind the http strategy: each answer ends its call in words, and no other."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from executors.egress import Egress
from executors.protocol import Failed
from executors.trial import Packed
from tests.executors.workshop import Workshop, failure, given, module

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b'{"y":1}'
WALL = ("system.timeout", "wall")
OUTPUT = ("system.limit", "output")
REFUSED = ("system.capability", None)
CONTRACT = ("system.contract", None)
NO_ANSWER = ("system.unavailable", None)


def answer(body: bytes, *lines: str, status: int = 200) -> bytes:
    head = [f"HTTP/1.1 {status} Told", f"content-length: {len(body)}", *lines]
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body


def redirect(to: str) -> bytes:
    return answer(b"", f"location: {to}", status=307)


def zipped(data: bytes) -> bytes:
    return answer(data, "content-encoding: gzip")


def says(told: bytes) -> Answer:
    async def tell(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(told)

    return tell


def repeats(start: bytes, part: bytes, *, pause: float = 0.0) -> Answer:
    async def tell(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)

    return tell


async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


CHUNKS = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
ATTEMPTS: dict[str, tuple[Answer, tuple[str, str | None], str]] = {
    "say nothing": (say_nothing, WALL, "longer than"),
    "drip": (repeats(answer(b"")[:-2], b"a", pause=0.05), WALL, "longer than"),
    "chunks without end": (repeats(CHUNKS, b"1\r\nx\r\n" * 100, pause=0.01), WALL, "longer than"),
    "always continue": (repeats(b"", b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.01), WALL, "longer than"),
    "a body without end": (repeats(b"HTTP/1.1 200 OK\r\n\r\n", b" " * 65536), OUTPUT, "more than"),
    "2 GiB": (says(b"HTTP/1.1 200 OK\r\ncontent-length: 2147483648\r\n\r\n"), OUTPUT, "more than"),
    "a huge chunk": (says(CHUNKS + b"ffffffffff\r\n"), OUTPUT, "more than"),
    "a bomb": (says(zipped(gzip.compress(bytes(20 << 20)))), OUTPUT, "more than"),
    "headers without end": (repeats(b"HTTP/1.1 200 OK\r\n", b"a: b\r\n" * 99), NO_ANSWER, "more than"),
    "half of gzip": (says(zipped(gzip.compress(OK)[:-4])), NO_ANSWER, "without its end"),
    "another checksum": (says(zipped(gzip.compress(OK)[:-8] + bytes(8))), NO_ANSWER, "unreadable"),
    "a length below 0": (says(b"HTTP/1.1 200 OK\r\ncontent-length: -7\r\n\r\n" + OK), NO_ANSWER, "no number"),
    "two lengths": (says(answer(OK, "content-length: 3")), NO_ANSWER, "a length that is no number"),
    "a chunk below 0": (says(CHUNKS + b"-7\r\n" + OK), NO_ANSWER, "no number"),
    "no whole answer": (says(answer(OK)[:-2]), NO_ANSWER, "ends before its end"),
    "a status below 0": (says(b"HTTP/1.1 -20 OK\r\n\r\n"), NO_ANSWER, "a status that is no number"),
    "to a broken address": (says(redirect("http://[")), NO_ANSWER, "no URL"),
    "to itself": (says(redirect("")), NO_ANSWER, "redirects"),
    "to the metadata": (says(redirect("http://169.254.169.254/latest/")), REFUSED, "may not be called"),
    "to another port": (says(redirect("http://127.0.0.1:1/")), REFUSED, "may not be called"),
    "to a file": (says(redirect("file:///etc/passwd")), REFUSED, "may not be called"),
    "no UTF-8": (says(answer(b'{"y":"\xff"}')), CONTRACT, "no JSON"),
    "half of a pair": (says(answer(b'{"y":"\\ud800"}')), CONTRACT, "no JSON"),
    "too deep": (says(answer(b'{"y":' + b"[" * 9_999 + b"]" * 9_999 + b"}")), CONTRACT, "no JSON"),
    "not a number": (says(answer(b'{"y":NaN}')), CONTRACT, "no JSON"),
    "a NUL": (says(answer(b'{"y":"\\u0000"}')), CONTRACT, "NUL"),
    "a page": (says(answer(b"<html>", "content-type: text/html")), CONTRACT, "no JSON"),
    "a name of the platform": (
        says(answer(b'{"name":"system.timeout"}', status=422)),
        ("system.undeclared", None),
        "a name of the platform",
    ),
}


class Service:
    """What stands at each path answers the calls, and whoever asks for the description."""

    def __init__(self) -> None:
        self.calls: dict[str, Answer] = {}
        self.descriptions: dict[str, Answer] = {}
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            path = (await reader.readuntil(b"\r\n\r\n")).decode().split(" ")[1]
            place = path.removesuffix("/openapi.json")
            if place != path:
                await self.descriptions.get(place, says(answer(b"", status=404)))(reader, writer)
            else:
                await self.calls.get(place, says(answer(OK)))(reader, writer)
        except ConnectionError:
            return
        finally:
            writer.close()

    def packed(self, place: str, seconds: float = 5) -> Packed:
        return at(f"127.0.0.1:{self.port}", place, limits={"wall_seconds": seconds})


def at(host: str, place: str, **fields: Any) -> Packed:
    """A module that is carried out by the service of a host (with its port)."""
    return module(
        b"",
        runtime="http",
        entry=f"http://{host}{place}",
        entry_file="unused.txt",
        strategies=["http"],
        capabilities={"network": [host]},
        **fields,
    )


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    made = Service()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()


@pytest.fixture
async def workshop(tmp_path: Path, service: Service) -> AsyncIterator[Workshop]:
    egress = Egress(private_hosts=frozenset({f"127.0.0.1:{service.port}"}))
    made = Workshop(tmp_path, trust="unreviewed", options={"egress": egress})
    yield made
    await made.close()


async def test_whatever_a_service_answers_is_told_in_words(workshop: Workshop, service: Service) -> None:
    service.calls = {f"/{number}": attempt for number, (attempt, *_) in enumerate(ATTEMPTS.values())}
    expected = {name: told for name, (_, told, _) in ATTEMPTS.items()}
    packed = [
        service.packed(place, 1 if told == WALL else 30)
        for place, told in zip(service.calls, expected.values(), strict=True)
    ]

    outcomes = await asyncio.gather(*(workshop.run(each, {"x": 1}, strategy="http") for each in packed))

    assert dict(zip(ATTEMPTS, map(failure, outcomes), strict=True)) == expected
    for outcome, (_, _, words) in zip(outcomes, ATTEMPTS.values(), strict=True):
        assert isinstance(outcome, Failed)
        assert words in outcome.error.message


async def test_a_description_that_cannot_be_read_proves_nothing(workshop: Workshop, service: Service) -> None:
    service.descriptions = {f"/{number}": attempt for number, (attempt, *_) in enumerate(ATTEMPTS.values())}
    packed = [service.packed(place) for place in service.descriptions]

    outcomes = await asyncio.gather(*(workshop.run(each, {"x": 1}, strategy="http") for each in packed))

    assert [given(outcome) for outcome in outcomes] == [1] * len(packed)


async def test_a_description_that_does_not_come_leaves_time_for_the_call(
    workshop: Workshop, service: Service
) -> None:
    told = []

    async def describe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        told.append("nobody waits for the description any more")

    async def call(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        told.append("called")
        writer.write(answer(OK))

    service.descriptions, service.calls = {"/run": describe}, {"/run": call}

    assert given(await workshop.run(service.packed("/run", 1), {"x": 1}, strategy="http")) == 1
    assert told == ["called"]


INSIDE = ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "fd00::1"]


async def test_a_name_that_leads_inside_is_not_called(tmp_path: Path) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["93.184.216.34", INSIDE[int(host.partition(".")[0])]]

    workshop = Workshop(tmp_path, trust="unreviewed", options={"egress": Egress(resolve=resolve)})
    try:
        for number in range(len(INSIDE)):
            packed = at(f"{number}.test:80", "/run")
            assert failure(await workshop.run(packed, {"x": 1}, strategy="http")) == REFUSED
    finally:
        await workshop.close()
