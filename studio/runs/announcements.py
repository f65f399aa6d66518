"""News of runs for whoever listens: a run id and how far its journal has come, never what happened.

Owns:      the listeners of this process.
Promises:  after a commit each listener is called once with (run, seq, status), on the engine's thread.
Never:     carries data: a listener reads the journal. A lost call must do no harm.
"""

from collections.abc import Callable

Listener = Callable[[str, int, str], None]

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """`listener(run, seq, status)` must return at once and may not raise."""
    _listeners.append(listener)


def announce(run: str, seq: int, status: str) -> None:
    for listener in tuple(_listeners):
        listener(run, seq, status)
