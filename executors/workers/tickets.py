"""A call on its way through a worker, and what it came to where it gave no result."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from msgspec import Struct

from executors.workers.boxes import Boxes

Cause = Literal[
    "wall", "cpu", "memory", "scratch", "output", "log", "crashed", "protocol", "walls", "cancelled", "input"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A call that ended without a result of its own."""

    cause: Cause
    message: str


class Ticket(Struct, kw_only=True, eq=False):
    """One call on its way through a worker. `descriptors` are opened when its turn comes, and closed once sent.

    `large` goes into the worker's inbox. When it is finished, `boxes` has what lies in the outbox.
    """

    payload: bytes
    seconds: float
    cpu_seconds: float
    finish: Callable[["Ticket", bytes | Broken], None]
    tell: Callable[["Ticket", int, dict[str, Any]], None]
    ask: Callable[["Ticket", dict[str, Any], Callable[[bytes], None]], None]
    descriptors: Callable[[], list[int]] | None = None
    large: tuple[bytes, ...] = ()
    opened: list[int] = []
    boxes: Boxes | None = None
    number: int = 0
    submitted_at: float = 0.0
    began_at: float = 0.0
    log_bytes: int = 0
    cpu_at_start: float | None = None
    deadline: float = 0.0
    is_abandoned: bool = False
    is_asking: bool = False
    refusals: int = 0
    result: bytes | None = None

    @property
    def travels_alone(self) -> bool:
        """Descriptors in flight are a scarce resource of the kernel, and there is one inbox."""
        return self.descriptors is not None or bool(self.large)

    def can_begin(self) -> bool:
        """Open what travels with it. False where that cannot be had: it is finished."""
        try:
            self.opened = [] if self.descriptors is None else self.descriptors()
        except OSError as error:
            message = f"What the call is given could not be opened: {error.strerror}."
            self.finish(self, Broken(cause="input", message=message))
            return False
        return True
