"""Waiting for what another thread or process does."""

import time
from collections.abc import Callable


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 15
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)
