"""A worker that does not hear any more is worse than one that is gone: this notices, and ends it.

Owns:      a message that the worker sends to itself through the broker, and counting those that do not come.
Promises:  a worker that is idle and misses three in a row gives up, so that whoever started it starts another;
           a broker that is away is waited for.
Never:     counts while there is work (whoever is at work has heard), or before the first one has come.
"""

import logging
import threading
from collections.abc import Callable
from typing import Final

log = logging.getLogger(__name__)
SECONDS: Final = 30.0
MISSED_ALLOWED: Final = 3


class Canary:
    """`send` may fail and may block for ever; `is_at_work` says whether anything was heard since it was asked;
    `begins` is called once, when the first has come and deafness can be told.
    """

    def __init__(
        self,
        *,
        send: Callable[[], None],
        is_at_work: Callable[[], bool],
        give_up: Callable[[], None],
        begins: Callable[[], None],
        seconds: float = SECONDS,
    ) -> None:
        self._send = send
        self._is_at_work = is_at_work
        self._give_up = give_up
        self._begins = begins
        self._seconds = seconds
        self._missed = 0
        self._has_heard_one = False
        self._sending: threading.Thread | None = None
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="canary", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._is_over.set()
        self._thread.join()

    def heard(self) -> None:
        """A canary has come. Any thread."""
        if not self._has_heard_one:
            self._begins()
        self._has_heard_one = True
        self._missed = 0

    def _run(self) -> None:
        while not self._is_over.wait(self._seconds):
            if self._is_at_work():
                self._missed = 0
            elif self._missed >= MISSED_ALLOWED:
                log.error("This worker has missed %s messages of its own: it hears nothing.", self._missed)
                self._give_up()
                return
            else:
                self._let_one_fly()

    def _let_one_fly(self) -> None:
        self._missed += self._has_heard_one
        if self._sending is None or not self._sending.is_alive():
            self._sending = threading.Thread(target=self._try_to_send, name="canary-sender", daemon=True)
            self._sending.start()

    def _try_to_send(self) -> None:
        try:
            self._send()
        except Exception as error:  # noqa: BLE001  whatever the broker raises: it is away, which is not deafness
            log.warning("The broker did not take a canary: %s", error)
            self._missed = 0
