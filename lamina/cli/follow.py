"""Follow a run over graphql-transport-ws until it ends.

Promises:  every event and log line is told once and in order, however often the connection is cut: each new
           subscription begins after the highest number that was told.
Never:     gives up while the server may come back; says when it does not answer.
"""

import json
import random
import time
from typing import Any, Final, Protocol

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from lamina.cli.credentials import Login
from lamina.cli.failure import UNREACHABLE, Failure

FEED: Final = (
    "subscription($run: ID!, $after: Int!) { runFeed(run: $run, after: $after)"
    " { kind from to head at snapshot events { seq type v at data } } }"
)
LOGS: Final = (
    "subscription($run: ID!, $after: Int!) { runLogs(run: $run, after: $after)"
    " { kind from to head at lines { line at node index attempt level message fields } } }"
)
SILENCE_SECONDS: Final = 10.0
PATIENCE_SECONDS: Final = 120.0
MAX_FRAME_BYTES: Final = 64 << 20
# The server closes with these for what will be no better next time.
HOPELESS: Final = frozenset({4400, 4401, 4406})


class Listener(Protocol):
    """Told what happens, in order."""

    def take_view(self, view: dict[str, Any]) -> None: ...

    def take_events(self, events: list[dict[str, Any]]) -> None: ...

    def take_lines(self, lines: list[dict[str, Any]]) -> None: ...

    def say(self, text: str) -> None: ...


class _Cursors:
    def __init__(self) -> None:
        self.seq = self.line = 0
        self.open = {"feed", "logs"}


def follow(login: Login, run: str, listener: Listener) -> None:
    """Returns when the run has ended and everything was told. Raises `Failure`."""
    cursors = _Cursors()
    lost_at: float | None = None
    while cursors.open:
        try:
            with _connected(login) as socket:
                _subscribe(socket, run, cursors)
                lost_at = None
                _listen(socket, cursors, listener)
        except ConnectionClosed as closed:
            if closed.rcvd is not None and closed.rcvd.code in HOPELESS:
                raise Failure(f"The server refuses to go on: {closed.rcvd.reason}") from None
        except (OSError, InvalidHandshake, TimeoutError):
            pass
        if cursors.open:
            now = time.monotonic()
            lost_at = lost_at or now
            if now - lost_at > PATIENCE_SECONDS:
                message = f"{login.url} has not answered for {PATIENCE_SECONDS:.0f} s. The run may go on."
                raise Failure(message, exit_code=UNREACHABLE)
            listener.say("connection lost, trying again")
            time.sleep(random.uniform(0.2, min(5.0, 0.5 + now - lost_at)))  # noqa: S311  no secret


def _connected(login: Login) -> ClientConnection:
    return connect(
        "ws" + login.url.removeprefix("http") + "/graphql",
        additional_headers={"Authorization": f"Bearer {login.token}"},
        subprotocols=[Subprotocol("graphql-transport-ws")],
        compression=None,
        max_size=MAX_FRAME_BYTES,
    )


def _subscribe(socket: ClientConnection, run: str, cursors: _Cursors) -> None:
    socket.send(json.dumps({"type": "connection_init"}))
    socket.recv(SILENCE_SECONDS)
    for id, document, after in (("feed", FEED, cursors.seq), ("logs", LOGS, cursors.line)):
        if id in cursors.open:
            payload = {"query": document, "variables": {"run": run, "after": after}}
            socket.send(json.dumps({"id": id, "type": "subscribe", "payload": payload}))


def _listen(socket: ClientConnection, cursors: _Cursors, listener: Listener) -> None:
    """Until both subscriptions are complete. The server is never silent for long: silence is loss."""
    while cursors.open:
        message = json.loads(socket.recv(SILENCE_SECONDS))
        match message["type"]:
            case "next":
                _take(message["payload"], cursors, listener)
            case "complete":
                cursors.open.discard(message["id"])
            case "error":
                raise Failure(message["payload"][0]["message"])
            case "ping":
                socket.send('{"type":"pong"}')


def _take(payload: dict[str, Any], cursors: _Cursors, listener: Listener) -> None:
    if payload.get("errors"):
        raise Failure(payload["errors"][0]["message"])
    data = payload["data"]
    if frame := data.get("runFeed"):
        if frame["kind"] == "SNAPSHOT":
            listener.take_view(frame["snapshot"])
        listener.take_events([event for event in frame["events"] if event["seq"] > cursors.seq])
        cursors.seq = frame["to"]
    elif frame := data.get("runLogs"):
        listener.take_lines([line for line in frame["lines"] if line["line"] > cursors.line])
        cursors.line = frame["to"]
