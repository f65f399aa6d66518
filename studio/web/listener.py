"""The socket the server listens on: the wanted port, or the next one that is free.

Promises:  the socket is bound when it is returned, so nobody can take the port in between.
Never:     listens on another host than it was told.
"""

import errno
import socket
from typing import Final

TRIES: Final = 50
BACKLOG: Final = 2048
# A reader that stopped reading for this long is cut off by the kernel: no close frame would reach it.
STUCK_MILLISECONDS: Final = 30_000


class NoFreePort(Exception):
    """Every port that was tried is taken."""

    code = "no_free_port"

    def __init__(self, host: str, first: int, last: int) -> None:
        self.host, self.first, self.last = host, first, last
        super().__init__(f"Ports {first} to {last} on {host} are taken. Set LAMINA_PORT to a free one.")


def bind_port(host: str, port: int) -> socket.socket:
    """A listening socket on `port`, else on the next free one. Raises `NoFreePort`."""
    last = min(port + TRIES - 1, 65_535)
    for candidate in range(port, last + 1):
        bound = _bound(host, candidate)
        if bound is not None:
            return bound
    raise NoFreePort(host, port, last)


def bind_exactly(host: str, port: int) -> socket.socket:
    """A listening socket on `port` and no other: a proxy expects it there. Raises `NoFreePort`."""
    bound = _bound(host, port)
    if bound is None:
        raise NoFreePort(host, port, port)
    return bound


def _bound(host: str, port: int) -> socket.socket | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STUCK_MILLISECONDS)
    try:
        bound.bind((host, port))
        # Two sockets may be bound to a port, but only one may listen.
        bound.listen(BACKLOG)
    except OSError as error:
        bound.close()
        if error.errno != errno.EADDRINUSE:
            raise
        return None
    return bound
