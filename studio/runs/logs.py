"""What modules say while they run: kept apart from the journal, bounded, numbered per run.

Owns:      the lines that are not written yet, their numbers, and how many are kept.
Promises:  taking a line never waits; lines of a run are written in the order they were said, within moments.
Never:     holds a run up: with too much to write the oldest unwritten lines are dropped, and a line says so.
"""

import logging
import threading
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import connection, connections
from django.db.models import Max

from executors.protocol import LogLine as Said
from studio.runs.models import LogLine, Run
from studio.writing import writing

WRITE_SECONDS: Final = 0.1
MAX_UNWRITTEN: Final = 20_000
LINES_KEPT: Final = 10_000
SLACK: Final = 1_000
MAX_TEXT: Final = 8_192
RUNS_KNOWN: Final = 2_000

# Called with a run's id after lines of it were written; must return at once and may not raise.
listeners: Final[list[Callable[[str], None]]] = []
_log = logging.getLogger(__name__)
_Waiting = tuple[datetime, Said]


class LogStore:
    """The `LogSink` of this installation, with a thread that writes. `close` writes what is left."""

    def __init__(self) -> None:
        self._waiting: deque[_Waiting] = deque()
        self._dropped: defaultdict[str, int] = defaultdict(int)
        self._numbers: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()
        self._has_lines = threading.Event()
        self._is_closed = threading.Event()
        self._thread = threading.Thread(target=self._write_on, name="logs", daemon=True)
        self._thread.start()

    def __call__(self, line: Said, /) -> None:
        with self._lock:
            self._waiting.append((datetime.now(UTC), line))
            if len(self._waiting) > MAX_UNWRITTEN:
                _, dropped = self._waiting.popleft()
                self._dropped[dropped.run] += 1
        self._has_lines.set()

    def close(self) -> None:
        self._is_closed.set()
        self._has_lines.set()
        self._thread.join()

    def _write_on(self) -> None:
        try:
            while not self._is_closed.is_set():
                self._has_lines.wait()
                self._is_closed.wait(WRITE_SECONDS)
                self._has_lines.clear()
                self._write_all()
            self._write_all()  # what was said while the last were written
        finally:
            connections.close_all()

    def _write_all(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, deque()
            dropped, self._dropped = self._dropped, defaultdict(int)
        by_run: defaultdict[str, list[_Waiting]] = defaultdict(list)
        for item in waiting:
            by_run[item[1].run].append(item)
        for run, items in by_run.items():
            try:
                self._write(run, items, dropped[run])
            except Exception:  # noqa: BLE001 - the next lines are other people's, whatever these were
                _log.exception("%s log lines of run %s are lost", len(items), run)
                self._numbers.pop(run, None)
                continue
            for listener in listeners:
                listener(run)

    def _write(self, run: str, items: Sequence[_Waiting], dropped: int) -> None:
        with writing():
            if not Run.objects.filter(pk=run).exists():
                return
            number = self._number(run)
            if dropped:
                at, said = items[0]
                number += 1
                LogLine.objects.create(**_dropped_line(run, number, at, said, dropped))
            rows = [_row(run, number + place, at, said) for place, (at, said) in enumerate(items, start=1)]
            LogLine.objects.bulk_create(rows, batch_size=500)
            before, number = number, number + len(rows)
            if before // SLACK != number // SLACK:
                LogLine.objects.filter(run_id=UUID(run), line__lte=number - LINES_KEPT).delete()
        self._remember(run, number)

    def _remember(self, run: str, number: int) -> None:
        self._numbers[run] = number
        self._numbers.move_to_end(run)
        if len(self._numbers) > RUNS_KNOWN:
            self._numbers.popitem(last=False)

    def _number(self, run: str) -> int:
        """The last number of a run. Where several processes write lines of a run, they take turns."""
        if connection.vendor != "postgresql":
            return self._numbers.get(run) or self._last(run)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [run])
        return self._last(run)

    def _last(self, run: str) -> int:
        return LogLine.objects.filter(run_id=UUID(run)).aggregate(last=Max("line"))["last"] or 0


def _row(run: str, number: int, at: datetime, said: Said) -> LogLine:
    fields = dict(said.fields)
    if len(msgspec.json.encode(fields)) > MAX_TEXT:
        fields = {"left_out": f"fields of more than {MAX_TEXT} bytes"}
    return LogLine(
        run_id=UUID(run),
        line=number,
        at=_instant(at),
        node=said.node,
        index=",".join(map(str, said.index)),
        attempt=said.attempt,
        level=said.level,
        message=said.message[:MAX_TEXT],
        fields=fields,
    )


def _dropped_line(run: str, number: int, at: datetime, said: Said, count: int) -> dict[str, Any]:
    message = f"{count} lines before this one were dropped: more was said than can be written."
    place = {"run_id": UUID(run), "line": number, "at": _instant(at), "node": said.node}
    return {**place, "attempt": said.attempt, "level": "warning", "message": message}


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
