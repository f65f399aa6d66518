"""The door for commands on this machine: a unix socket in the data folder.

While the server runs it is the only process that writes to the SQLite database: two would risk its log.
A command that has to write asks it here.

Promises:  whoever can open the socket may write to the data folder anyway: it is the owner's alone.
Never:     is reachable over the network.
"""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from asgiref.sync import sync_to_async

Answer = Callable[[dict[str, Any]], dict[str, Any]]

NAME: Final = "control.sock"
TIMEOUT_SECONDS: Final = 10.0
MAX_REQUEST_BYTES: Final = 4096


class NotRunning(Exception):
    """No server uses this data folder."""


def ask_server(data: Path, request: dict[str, Any]) -> dict[str, Any]:
    """The server's answer. Raises `NotRunning`."""
    try:
        with socket.socket(socket.AF_UNIX) as door:
            door.settimeout(TIMEOUT_SECONDS)
            door.connect(str(data / NAME))
            door.sendall(json.dumps(request).encode() + b"\n")
            with door.makefile("rb") as answer:
                found: dict[str, Any] = json.loads(answer.readline())
    except (FileNotFoundError, ConnectionRefusedError, ConnectionResetError) as error:
        raise NotRunning from error
    return found


@asynccontextmanager
async def control_door(data: Path, answer: Answer) -> AsyncIterator[None]:
    """Answers requests for as long as the context lasts; `answer` is called on a thread."""
    path = data / NAME
    path.unlink(missing_ok=True)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, TimeoutError, asyncio.IncompleteReadError):
            async with asyncio.timeout(TIMEOUT_SECONDS):
                request = json.loads(await reader.readuntil(b"\n"))
                writer.write(json.dumps(await sync_to_async(answer)(request)).encode() + b"\n")
                await writer.drain()
        writer.close()

    server = await asyncio.start_unix_server(serve, path, limit=MAX_REQUEST_BYTES)
    path.chmod(0o600)
    try:
        yield
    finally:
        server.close()
        path.unlink(missing_ok=True)
