"""The messages of graphql-transport-ws and the codes a socket is closed with.

Owns:      reading what a client sent, writing what the server says.
Promises:  whatever a client sends is a message or a `Close` with the code the protocol asks for.
Never:     knows GraphQL, users or the network.
"""

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

SUBPROTOCOL: Final = "graphql-transport-ws"
MAX_INBOUND_BYTES: Final = 64 << 10
MAX_REASON_BYTES: Final = 123
Id = Annotated[str, Meta(min_length=1, max_length=128)]


class Close(Exception):
    """Ends the socket with a close code; the reason is cut to what a close frame may hold."""

    def __init__(self, code: int, reason: str) -> None:
        self.code = code
        self.reason = reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore")
        super().__init__(f"{code}: {reason}")


def slow() -> Close:
    return Close(4008, "Too slow: subscribe again after your cursor")


def malformed(why: str) -> Close:
    return Close(4400, f"Invalid message: {why}")


def unauthorised() -> Close:
    return Close(4401, "Unauthorized")


def forbidden(why: str) -> Close:
    return Close(4403, f"Forbidden: {why}")


def start_anew() -> Close:
    """A code that clients take for "connect again", unlike 4403."""
    return Close(1012, "Your roles changed, connect again")


def wrong_subprotocol() -> Close:
    return Close(4406, "Subprotocol not acceptable")


def late_init() -> Close:
    return Close(4408, "Connection initialisation timeout")


def taken_id(operation: str) -> Close:
    return Close(4409, f"Subscriber for {operation} already exists")


def second_init() -> Close:
    return Close(4429, "Too many initialisation requests")


def too_many(what: str) -> Close:
    return Close(4429, f"Too many {what}")


class Init(Struct, frozen=True, tag_field="type", tag="connection_init"):
    payload: dict[str, Any] | None = None


class Ping(Struct, frozen=True, tag_field="type", tag="ping"):
    payload: dict[str, Any] | None = None


class Pong(Struct, frozen=True, tag_field="type", tag="pong"):
    payload: dict[str, Any] | None = None


class Request(Struct, frozen=True, rename="camel"):
    """What to execute, as GraphQL over HTTP says it too."""

    query: str
    operation_name: str | None = None
    variables: dict[str, Any] | None = None
    extensions: dict[str, Any] | None = None


class Subscribe(Struct, frozen=True, tag_field="type", tag="subscribe"):
    id: Id
    payload: Request


class Complete(Struct, frozen=True, tag_field="type", tag="complete"):
    id: Id


Message = Init | Ping | Pong | Subscribe | Complete
_decoder = msgspec.json.Decoder(Message)


def read_message(text: str) -> Message:
    """Raises `Close` 4400 for anything that is not a message of the protocol."""
    if len(text) > MAX_INBOUND_BYTES:
        raise malformed(f"longer than {MAX_INBOUND_BYTES} bytes")
    try:
        message: Message = _decoder.decode(text)
    except (ValueError, RecursionError) as error:
        raise malformed(str(error)) from error
    return message


def acknowledgement() -> str:
    return '{"type":"connection_ack"}'


def pong(ping: Ping) -> str:
    return _text({"type": "pong"} if ping.payload is None else {"type": "pong", "payload": ping.payload})


def next_frame(operation: str, payload: str) -> str:
    """`payload` is JSON already: many sockets share one execution."""
    return f'{{"id":{_text(operation)},"type":"next","payload":{payload}}}'


def error_frame(operation: str, errors: list[dict[str, Any]]) -> str:
    return _text({"id": operation, "type": "error", "payload": errors})


def complete_frame(operation: str) -> str:
    return _text({"id": operation, "type": "complete"})


def _text(document: Any) -> str:
    return msgspec.json.encode(document).decode()
