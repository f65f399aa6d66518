"""The one way out to the network: for modules, webhooks and notifications.

Owns:      which addresses may be reached, and one HTTP exchange at a time.
Promises:  a name is resolved once and its pinned address is connected to; if any of its addresses is not
           public the request is refused, unless its host is on the list of private hosts; every redirect is
           judged again; environment proxies are not looked at.
"""

import asyncio
import ipaddress
import re
import socket
import ssl
import zlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

_SECONDS: Final = 10.0
_BODY_BYTES: Final = 10 << 20
_HEAD_BYTES: Final = 64 << 10
_REDIRECTS: Final = 3
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_OURS: Final = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "te", "upgrade"}
)
_DROPPED_ELSEWHERE: Final = frozenset({"authorization", "cookie", "proxy-authorization"})
_PORTS: Final = {"http": 80, "https": 443}
_DIGITS: Final = {10: re.compile("[0-9]{1,18}"), 16: re.compile("[0-9a-fA-F]{1,15}")}
# What `ipaddress` of Python 3.11 takes for global: site-local addresses, and translation for local use.
_NEVER_PUBLIC: Final = tuple(map(ipaddress.ip_network, ("fec0::/10", "64:ff9b:1::/48", "::/128", "::1/128")))
_IPV4_IN_LAST_BITS: Final = tuple(
    map(ipaddress.ip_network, ("::/96", "64:ff9b::/96", "::ffff:0:0:0/96", "::ffff:0:0/96"))
)
Resolve = Callable[[str, int], Awaitable[list[str]]]


class EgressRefused(Exception):
    """The request may not be sent; the text says why."""


class EgressUnavailable(Exception):
    """Nothing usable came back."""


class EgressTooLarge(EgressUnavailable):
    """More came back than the client takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """`headers` by lower-case name, `body` decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def resolve_name(host: str, port: int) -> list[str]:
    """Every address of a name. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def is_public(address: str) -> bool:
    """Whether an address is global, once IPv4 addresses inside IPv6 ones have been taken out."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if any(parsed in network for network in _NEVER_PUBLIC):
        return False
    return all(part.is_global and not part.is_multicast for part in _unwrapped(parsed))


def _unwrapped(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address.sixtofour is not None:
        return [address, address.sixtofour]
    if address.teredo is not None:
        return [address, *address.teredo]
    if any(address in network for network in _IPV4_IN_LAST_BITS):
        return [ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)]
    return [address]


@dataclass(frozen=True, slots=True, kw_only=True)
class Egress:
    """`private_hosts` (`host:port`) may have addresses that are not public."""

    private_hosts: frozenset[str] = frozenset()
    resolve: Resolve = resolve_name
    seconds: float = _SECONDS
    body_bytes: int = _BODY_BYTES

    async def send(
        self, request: Request, *, allowed: Iterable[str] | None, seconds: float | None = None
    ) -> Response:
        """One exchange, redirects followed. `allowed` lists `host:port`; None allows every public host.

        `seconds` replaces the client's own deadline.

        Raises `EgressRefused` and `EgressUnavailable`.
        """
        hosts = None if allowed is None else frozenset(allowed)
        try:
            async with asyncio.timeout(seconds or self.seconds):
                return await self._follow(request, hosts)
        except TimeoutError as error:
            raise EgressUnavailable(f"no answer within {seconds or self.seconds:g} s") from error

    async def _follow(self, request: Request, allowed: frozenset[str] | None) -> Response:
        for _ in range(_REDIRECTS + 1):
            response = await self._exchange(request, allowed)
            location = response.headers.get("location")
            if response.status not in (301, 302, 303, 307, 308) or location is None:
                return response
            try:
                request = _redirected(request, response.status, urljoin(request.url, location))
            except ValueError as error:
                raise EgressUnavailable("a redirect to what is no URL") from error
        raise EgressUnavailable(f"more than {_REDIRECTS} redirects")

    async def _exchange(self, request: Request, allowed: frozenset[str] | None) -> Response:
        url, host, port = _judged_url(request, allowed)
        address = await self._pinned_address(host, port)
        context = ssl.create_default_context() if url.scheme == "https" else None
        try:
            reader, writer = await asyncio.open_connection(
                address, port, ssl=context, server_hostname=host if context else None, limit=_HEAD_BYTES
            )
        except OSError as error:
            raise EgressUnavailable(f"no connection: {error.strerror or type(error).__name__}") from error
        try:
            writer.write(_head_of(request, url, host, port) + request.body)
            await writer.drain()
            return await _read_response(reader, request.method, self.body_bytes)
        except asyncio.IncompleteReadError as error:
            raise EgressUnavailable("an unreadable answer: it ends before its end") from error
        except asyncio.LimitOverrunError as error:
            raise EgressUnavailable(
                f"an unreadable answer: a head or a line of more than {_HEAD_BYTES} bytes"
            ) from error
        except (OSError, ValueError, zlib.error) as error:
            raise EgressUnavailable(f"an unreadable answer: {error}") from error
        finally:
            # A polite end would wait for a peer that may have been left because it does not answer.
            writer.transport.abort()

    async def _pinned_address(self, host: str, port: int) -> str:
        try:
            addresses = await self.resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise EgressUnavailable(f"{host} has no address") from error
        if not addresses:
            raise EgressUnavailable(f"{host} has no address")
        if f"{host}:{port}" not in self.private_hosts and not all(map(is_public, addresses)):
            raise EgressRefused(f"{host} has an address that is not public")
        return addresses[0]


def _judged_url(request: Request, allowed: frozenset[str] | None) -> tuple[SplitResult, str, int]:
    if request.method not in _METHODS:
        raise EgressRefused(f"{request.method!r} is no method that may be used")
    try:
        url = urlsplit(request.url)
        port = url.port or _PORTS.get(url.scheme, 0)
    except ValueError as error:
        raise EgressRefused(f"no valid URL: {error}") from error
    host = (url.hostname or "").rstrip(".")
    if url.scheme not in _PORTS or not host or not port:
        raise EgressRefused("the URL is not http or https with a host")
    if any(ord(character) <= 32 or ord(character) == 127 for character in request.url) or "\\" in request.url:
        raise EgressRefused("the URL holds characters that do not belong there")
    if url.username is not None or url.password is not None:
        raise EgressRefused("the URL holds a user name")
    if allowed is not None and f"{host}:{port}" not in allowed:
        raise EgressRefused(f"{host}:{port} is not among the hosts that the contract declares")
    return url, host, port


def _redirected(request: Request, status: int, url: str) -> Request:
    is_same_origin = urlsplit(url)[:2] == urlsplit(request.url)[:2]
    headers = {
        name: value
        for name, value in request.headers.items()
        if is_same_origin or name.lower() not in _DROPPED_ELSEWHERE
    }
    if status in (307, 308) or request.method in ("GET", "HEAD"):
        return Request(method=request.method, url=url, headers=headers, body=request.body)
    headers = {name: value for name, value in headers.items() if name.lower() != "content-type"}
    return Request(method="GET", url=url, headers=headers)


def _head_of(request: Request, url: SplitResult, host: str, port: int) -> bytes:
    shown = f"[{host}]" if ":" in host else host
    lines = {
        "host": shown if port == _PORTS[url.scheme] else f"{shown}:{port}",
        "connection": "close",
        "accept-encoding": "gzip",
        "user-agent": "lamina",
    }
    for name, value in request.headers.items():
        if not name.isascii() or not name.replace("-", "").isalnum() or "\r" in value or "\n" in value:
            raise EgressRefused(f"the header {name!r} is malformed")
        if name.lower() not in _OURS:
            lines[name.lower()] = value
    if request.body or request.method in ("POST", "PUT", "PATCH"):
        lines["content-length"] = str(len(request.body))
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    head = f"{request.method} {path} HTTP/1.1\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    try:
        return (head + "\r\n").encode("latin-1")
    except UnicodeEncodeError as error:
        raise EgressRefused("the URL or a header holds characters that must be escaped") from error


async def _read_response(reader: asyncio.StreamReader, method: str, cap: int) -> Response:
    while True:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status_line, *lines = head.rstrip("\r\n").split("\r\n")
        version, _, rest = status_line.partition(" ")
        if not version.startswith("HTTP/1."):
            raise ValueError("it is not HTTP/1")
        status = _number(rest[:3], 10, "status")
        if status >= 200:
            break
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise ValueError("a header without a colon")
        key = name.strip().lower()
        headers[key] = f"{headers[key]}, {value.strip()}" if key in headers else value.strip()
    if method == "HEAD" or status in (204, 304):
        return Response(status=status, headers=headers, body=b"")
    body = await _read_body(reader, headers, cap)
    if headers.get("content-encoding", "").lower() == "gzip":
        body = _inflated(body, cap)
    return Response(status=status, headers=headers, body=body)


async def _read_body(reader: asyncio.StreamReader, headers: Mapping[str, str], cap: int) -> bytes:
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return await _read_chunks(reader, cap)
    if "content-length" in headers:
        size = _number(headers["content-length"], 10, "length")
        if size > cap:
            raise _too_large(cap)
        return await reader.readexactly(size)
    body = bytearray()
    while chunk := await reader.read(1 << 16):
        body += chunk
        if len(body) > cap:
            raise _too_large(cap)
    return bytes(body)


async def _read_chunks(reader: asyncio.StreamReader, cap: int) -> bytes:
    body = bytearray()
    while True:
        line = (await reader.readuntil(b"\r\n")).decode("latin-1")
        size = _number(line.split(";")[0].strip(), 16, "length of a chunk")
        if len(body) + size > cap:
            raise _too_large(cap)
        if size == 0:
            return bytes(body)
        body += await reader.readexactly(size)
        if await reader.readexactly(2) != b"\r\n":
            raise ValueError("a chunk without its end")


def _inflated(body: bytes, cap: int) -> bytes:
    inflater = zlib.decompressobj(wbits=31)
    plain = inflater.decompress(body, cap + 1)
    if len(plain) > cap or inflater.unconsumed_tail:
        raise _too_large(cap)
    if not inflater.eof:
        raise ValueError("compressed data without its end")
    return plain


def _number(text: str, base: int, what: str) -> int:
    """Digits alone: Python reads signs, spaces and underscores too."""
    if not _DIGITS[base].fullmatch(text):
        raise ValueError(f"a {what} that is no number")
    return int(text, base)


def _too_large(cap: int) -> EgressTooLarge:
    return EgressTooLarge(f"an answer of more than {cap} bytes")
