"""The server: one process with the pages, the API, the sockets and the engine; in a cluster without the last.

Owns:      starting in order, serving, and stopping so that everything is where it was promised to be.
Promises:  a second server on the same data folder is refused; Ctrl-C and SIGTERM end it cleanly.
Never:     serves before the database is migrated and the engine runs.
"""

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import uvicorn
import uvloop
from django.db import connection
from uvicorn.config import Config

from studio.deployment import Deployment
from studio.refusals import Refused
from studio.runs.engine_thread import EngineThread
from studio.runs.parts import engine_parts
from studio.sqlite.checkpoints import Checkpointer
from studio.web.control import control_door
from studio.web.sign_in import sign_in_path

GRACE_SECONDS: Final = 5
# The largest frame of any socket: those of co-editing. The others refuse what is longer than theirs.
MAX_FRAME_BYTES: Final = 1 << 20


class _Server(uvicorn.Server):
    """Leaves signals to us: as it comes it raises them again after serving, before we have cleaned up."""

    def __init__(self, config: Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(place: Deployment, bound: socket.socket, *, ready: Callable[[], None]) -> None:
    """Serves until a signal ends it; `ready` is called when requests are answered and the engine runs."""
    with _checkpointed(), _engine(place), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(place, bound, ready))


def serve_web(bound: socket.socket, *, ready: Callable[[], None]) -> None:
    """Serves without an engine until a signal ends it: a web process of a cluster."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve_web(bound, ready))


async def _serve_web(bound: socket.socket, ready: Callable[[], None]) -> None:
    server = new_server(ready)
    _stop_on_signals(server)
    await server.serve(sockets=[bound])


@contextmanager
def _checkpointed() -> Iterator[None]:
    if connection.vendor != "sqlite":
        yield
        return
    checkpointer = Checkpointer(Path(connection.settings_dict["NAME"]))
    checkpointer.start()
    try:
        yield
    finally:
        checkpointer.stop()


@contextmanager
def _engine(place: Deployment) -> Iterator[None]:
    """Stopped after the last request: until then somebody may be told that a run was started."""
    engine = EngineThread(engine_parts(place, is_alone=True))
    engine.start()
    try:
        yield
    finally:
        engine.stop()


async def _serve(place: Deployment, bound: socket.socket, ready: Callable[[], None]) -> None:
    server = new_server(ready)
    _stop_on_signals(server)
    async with control_door(place.data, lambda request: _control(address_of(bound), request)):
        await server.serve(sockets=[bound])


def _stop_on_signals(server: uvicorn.Server) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _stop, server)


def new_server(ready: Callable[[], None]) -> uvicorn.Server:
    """The web server, to be served on one loop; `ready` is called there."""
    from studio.asgi import application

    return _Server(
        Config(
            application,
            loop="none",
            http="httptools",
            # The maintained form of the same library; it hands a full write buffer back as a wait.
            ws="websockets-sansio",
            ws_max_size=MAX_FRAME_BYTES,
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        ),
        ready,
    )


def address_of(bound: socket.socket) -> str:
    """Where a browser on this machine finds the server."""
    host, port = bound.getsockname()[:2]
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104  only compared with
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def _stop(server: uvicorn.Server) -> None:
    """The first signal lets requests end; the second does not wait."""
    server.force_exit = server.should_exit
    server.should_exit = True


def _control(address: str, request: dict[str, Any]) -> dict[str, Any]:
    if request.get("command") != "sign_in_link":
        return {"error": f"The server knows no command {request.get('command')!r}."}
    try:
        _, path = sign_in_path(str(request.get("as")))
    except Refused as refused:
        return {"error": str(refused)}
    return {"url": address + path}
