"""Presence: what each page tells of itself (cursor, selection, drag), relayed and never kept.

The messages of y-protocols: a count, then for each client its id, a clock and its state as JSON text.
"""

from collections.abc import Mapping
from typing import Final

from pycrdt import Decoder, Encoder, create_awareness_message

MAX_CLIENTS: Final = 64
GONE: Final = "null"
States = dict[int, tuple[int, str]]  # client → clock, state


def read_states(payload: bytes) -> States:
    """Raises `ValueError` for what is no such message."""
    decoder = Decoder(payload)
    try:
        count = decoder.read_var_uint()
        if count > MAX_CLIENTS:
            raise ValueError(f"{count} clients in one message")
        states: States = {}
        for _ in range(count):
            client, clock = decoder.read_var_uint(), decoder.read_var_uint()
            states[client] = (clock, decoder.read_var_string())
    except (IndexError, RuntimeError, UnicodeDecodeError) as error:
        raise ValueError(str(error)) from error
    return states


def states_message(states: Mapping[int, tuple[int, str]]) -> bytes:
    encoder = Encoder()
    encoder.write_var_uint(len(states))
    for client, (clock, state) in states.items():
        encoder.write_var_uint(client)
        encoder.write_var_uint(clock)
        text = state.encode()
        encoder.write_var_uint(len(text))
        encoder.stream.append(text)
    return create_awareness_message(encoder.to_bytes())


def farewell(states: States) -> States:
    """What tells the others that these clients are gone."""
    return {client: (clock + 1, GONE) for client, (clock, state) in states.items() if state != GONE}
