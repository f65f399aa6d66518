"""The way out: which addresses it refuses, and how it follows a redirect."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest

from executors.egress import Egress, EgressRefused, EgressUnavailable, Request, is_public
from tests.executors.workshop import Workshop, given, module

PRIVATE = [
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
    "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2002:a9fe:a9fe::",
    "2001:0:7f00:1::", "2001:db8::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1",
    "ff02::1", "ff0e::1", "100::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
async def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["93.184.216.34", address]

    with pytest.raises(EgressRefused, match="not public"):
        await Egress(resolve=resolve).send(Request(method="GET", url="http://example.org/"), allowed=None)


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://localhost/",
        "http://localhost./",
    ],
)
async def test_spellings_of_this_machine_are_refused(url: str) -> None:
    with pytest.raises((EgressRefused, EgressUnavailable)):
        await Egress().send(Request(method="GET", url=url), allowed=None)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://example.org/", "not http or https"),
        ("file:///etc/passwd", "not http or https"),
        ("http:///path", "not http or https"),
        ("http://user:word@example.org/", "user name"),
        ("http://example.org:99999/", "no valid URL"),
        ("http://exa mple.org/", "characters"),
        ("http://example.org\\@127.0.0.1/", "characters"),
        ("http://other.org/", "not among the hosts"),
        ("http://example.org:81/", "not among the hosts"),
        ("https://example.org/", "not among the hosts"),
    ],
)
async def test_a_url_is_judged_before_anything_is_resolved(url: str, words: str) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        raise AssertionError("must not be asked")

    with pytest.raises(EgressRefused, match=words):
        await Egress(resolve=resolve).send(Request(method="GET", url=url), allowed=["example.org:80"])


@pytest.mark.parametrize("header", ["x\r\ny", "a b", "ü"])
async def test_a_header_cannot_smuggle_another(header: str, service: "Service") -> None:
    request = Request(method="GET", url=service.url(), headers={header: "1"})
    with pytest.raises(EgressRefused):
        await service.egress.send(request, allowed=None)
    value = Request(method="GET", url=service.url(), headers={"x": "1\r\nhost: evil"})
    with pytest.raises(EgressRefused):
        await service.egress.send(value, allowed=None)


@dataclass
class Service:
    """A local server that answers from what a test gives it."""

    port: int = 0
    answer: Callable[[str], bytes] = lambda path: b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
    heads: list[str] = field(default_factory=list)
    resolved: list[str] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "service.test") -> str:
        return f"http://{host}:{self.port}{path}"

    @property
    def egress(self) -> Egress:
        async def resolve(host: str, port: int) -> list[str]:
            self.resolved.append(host)
            return ["127.0.0.1"]

        return Egress(private_hosts=frozenset({f"service.test:{self.port}"}), resolve=resolve, seconds=5)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        writer.write(self.answer(head.split(" ")[1]))
        writer.close()


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    made = Service()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()
    await server.wait_closed()


def redirect(to: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n".encode()


async def test_a_name_is_resolved_once_and_its_address_pinned(service: Service) -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])

    async def rebinding(host: str, port: int) -> list[str]:
        return next(answers)

    egress = Egress(private_hosts=frozenset({f"service.test:{service.port}"}), resolve=rebinding)
    response = await egress.send(Request(method="GET", url=service.url()), allowed=None)

    assert (response.status, response.body) == (200, b"ok")
    assert next(answers) == ["10.0.0.1"]


async def test_a_redirect_to_an_address_that_is_not_public_is_refused(service: Service) -> None:
    service.answer = lambda path: redirect(f"http://inside.test:{service.port}/")
    with pytest.raises(EgressRefused, match=r"inside\.test has an address"):
        await service.egress.send(Request(method="GET", url=service.url()), allowed=None)


async def test_a_redirect_to_a_host_that_is_not_declared_is_refused(service: Service) -> None:
    service.answer = lambda path: redirect("http://elsewhere.test/")
    with pytest.raises(EgressRefused, match="not among the hosts"):
        await service.egress.send(
            Request(method="GET", url=service.url()), allowed=[f"service.test:{service.port}"]
        )


async def test_three_redirects_are_followed_and_no_more(service: Service) -> None:
    service.answer = lambda path: (
        redirect(f"/{int(path[1:]) - 1}") if path != "/0" else b"HTTP/1.1 204 No\r\n\r\n"
    )
    assert (
        await service.egress.send(Request(method="GET", url=service.url("/3")), allowed=None)
    ).status == 204
    with pytest.raises(EgressUnavailable, match="redirects"):
        await service.egress.send(Request(method="GET", url=service.url("/4")), allowed=None)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffff\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\nnot gzip",
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n" + gzip.compress(bytes(11 << 20)),
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n" + gzip.compress(b"hello")[:-1],
        b"HTTP/1.1 302 Found\r\nlocation: http://[\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"x" * (70 << 10),
        b"",
    ],
)
async def test_an_unreadable_or_oversized_answer_is_no_answer(service: Service, answer: bytes) -> None:
    service.answer = lambda path: answer
    with pytest.raises(EgressUnavailable):
        await service.egress.send(Request(method="GET", url=service.url()), allowed=None)


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "a..example", ".example"])
async def test_a_name_that_no_host_can_have_has_no_address(host: str) -> None:
    with pytest.raises(EgressUnavailable, match="has no address"):
        await Egress().send(Request(method="GET", url=f"http://{host}/"), allowed=None)


async def test_chunks_and_gzip_are_taken_apart(service: Service) -> None:
    packed = gzip.compress(b"hello")
    chunks = b"".join(b"1\r\n%b\r\n" % packed[at : at + 1] for at in range(len(packed))) + b"0\r\n\r\n"
    service.answer = lambda path: (
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-encoding: gzip\r\n\r\n" + chunks
    )
    response = await service.egress.send(Request(method="GET", url=service.url()), allowed=None)

    assert response.body == b"hello"


async def test_a_module_reaches_the_hosts_that_it_declares_and_no_others(
    service: Service, tmp_path_factory: pytest.TempPathFactory
) -> None:
    source = """
from lamina import CapabilityRefused
def run(inputs, context):
    response = context.http("post", inputs["x"], {"x-test": "1"}, "body")
    try:
        context.http("GET", "http://elsewhere.test/")
    except CapabilityRefused as error:
        return {"y": [response.status, response.body.decode(), str(error)]}
"""
    packed = module(source, capabilities={"network": [f"service.test:{service.port}"]})
    workshop = Workshop(tmp_path_factory.mktemp("module"), options={"egress": service.egress})
    try:
        status, body, error = given(await workshop.run(packed, {"x": service.url()}))
    finally:
        await workshop.close()

    assert (status, body) == (200, "ok")
    assert "not among the hosts that the contract declares" in error
    assert service.heads[0].startswith("POST / HTTP/1.1\r\nhost: service.test:")
    assert "x-test: 1" in service.heads[0]
