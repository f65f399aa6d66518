"""The circuit breaker of one version at one queue.

Owns:      when calls are held back because the ground fails under them, and when one may try again.
Promises:  pure; more than half of twenty, or five in a row, open it; one probe decides whether it closes.
Never:     counts what a module does by itself: declared errors and time-outs are its own affair.
"""

from collections import deque
from dataclasses import dataclass, field
from itertools import repeat
from typing import Final, Literal

from executors.protocol import Failed, Outcome

INFRASTRUCTURE: Final = frozenset(("system.crashed", "system.unavailable"))
LAST_CALLS: Final = 20
IN_A_ROW: Final = 5
FIRST_MS: Final = 30_000
LONGEST_MS: Final = 600_000


@dataclass(slots=True, eq=False)
class Breaker:
    """Instants in milliseconds. `until` is None while it is closed."""

    until: int | None = None
    is_probing: bool = False
    pause_ms: int = FIRST_MS
    in_a_row: int = 0
    last: deque[bool] = field(default_factory=lambda: deque(maxlen=LAST_CALLS))

    def room(self, now: int) -> int | None:
        """How many calls may go: None for any number."""
        if self.until is None:
            return None
        return 1 if now >= self.until and not self.is_probing else 0

    def note(self, outcome: Outcome, now: int, *, is_probe: bool) -> Literal["opened", "closed"] | None:
        """Take an outcome in; says when the breaker turned. While it is open only the probe counts."""
        has_failed = isinstance(outcome, Failed) and outcome.error.name in INFRASTRUCTURE
        if is_probe:
            return self._note_probe(now, has_failed=has_failed)
        if self.until is not None:
            return None
        self.last.append(has_failed)
        self.in_a_row = self.in_a_row + 1 if has_failed else 0
        half = has_failed and len(self.last) == LAST_CALLS and sum(self.last) * 2 > LAST_CALLS
        if self.in_a_row < IN_A_ROW and not half:
            return None
        self.until = now + self.pause_ms
        return "opened"

    def note_successes(self, count: int) -> None:
        """As many calls that went well, none of them a probe."""
        if self.until is None:
            self.last.extend(repeat(False, min(count, LAST_CALLS)))
            self.in_a_row = 0

    def _note_probe(self, now: int, *, has_failed: bool) -> Literal["opened", "closed"]:
        self.is_probing = False
        if has_failed:
            self.pause_ms = min(self.pause_ms * 2, LONGEST_MS)
            self.until = now + self.pause_ms
            return "opened"
        self.until = None
        self.pause_ms = FIRST_MS
        self.in_a_row = 0
        self.last.clear()
        return "closed"
