"""What modules say: numbered, bounded, and never in the way."""

import threading
import time
from typing import Any

import pytest

from executors.protocol import LogLine as Said
from studio.catalog.models import ModuleVersion
from studio.graphs.actions.create_graph import create_graph
from studio.runs import frames, logs
from studio.runs.logs import LogStore
from studio.runs.models import LogLine, Run
from tests.studio.cast import Person, counting_graph, gid
from tests.support.studio import running_engine, settled


@pytest.fixture
def run(transactional_db: None, author: Person, released: ModuleVersion) -> Run:
    graph = create_graph(author.viewer, team="text", title="Count", document=counting_graph()).graph
    done = author.do("startRun", "run { id }", graph=gid(graph), inputs={"text": "to be"})
    assert done["__typename"] == "StartRunDone", done
    return Run.objects.get()


def line(run: Run, message: str, **changes: object) -> Said:
    given = {"node": "count", "index": (), "attempt": 1, "level": "info", "fields": {}} | changes
    return Said(run=str(run.pk), message=message, **given)  # type: ignore[arg-type]


def kept(run: Run) -> list[tuple[int, str]]:
    return list(LogLine.objects.filter(run=run).order_by("line").values_list("line", "message"))


def test_lines_are_numbered_in_the_order_they_were_said(run: Run) -> None:
    for start in (0, 3):
        store = LogStore()
        for number in range(start, start + 3):
            store(line(run, str(number)))
        store.close()
    assert kept(run) == [(number + 1, str(number)) for number in range(6)]


def test_the_oldest_lines_of_a_run_are_dropped(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "LINES_KEPT", 20)
    monkeypatch.setattr(logs, "SLACK", 10)
    store = LogStore()
    for number in range(100):
        store(line(run, str(number)))
    store.close()
    assert [number for number, _ in kept(run)] == list(range(81, 101))


def test_too_many_unwritten_lines_are_dropped_and_it_is_said(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "MAX_UNWRITTEN", 5)
    monkeypatch.setattr(logs, "WRITE_SECONDS", 1.0)
    store = LogStore()
    for number in range(8):
        store(line(run, str(number)))
    store.close()
    messages = [message for _, message in kept(run)]
    assert messages[0].startswith("3 lines before this one were dropped")
    assert messages[1:] == ["3", "4", "5", "6", "7"]


def test_a_line_is_cut_and_a_deleted_run_is_passed_over(run: Run) -> None:
    store = LogStore()
    store(line(run, "x" * 100_000, fields={"big": "y" * 100_000}, index=(1, 2)))
    store(Said(run="01a20504-7e8b-774d-ba9b-2bbbcb88de38", node="n", index=(), attempt=1, level="info",
               message="nobody", fields={}))  # fmt: skip
    store.close()
    row = LogLine.objects.get()
    assert (len(row.message), row.index, list(row.fields)) == (logs.MAX_TEXT, "1,2", ["left_out"])


def test_a_line_that_cannot_be_written_does_not_end_the_log(run: Run) -> None:
    store = LogStore()
    store(line(run, "half of a pair: \ud800"))
    while store._waiting:
        time.sleep(0.01)
    store(line(run, "after"))
    store.close()
    assert [message for _, message in kept(run)] == ["after"]


def test_a_line_written_while_lines_are_read_is_left_to_the_next_reading(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LogStore()
    store(line(run, "first"))
    store.close()
    read = frames._lines

    def late(*arguments: Any, **options: Any) -> Any:
        store = LogStore()
        store(line(run, "late"))
        store.close()
        return read(*arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(frames, "_lines", late)
        frame = frames.log_frame(run.pk, 0)
    later = frames.log_frame(run.pk, frame["to"])
    assert [line["message"] for line in (*frame["lines"], *later["lines"])] == ["first", "late"]


def test_what_a_module_logs_is_kept_with_its_run(run: Run) -> None:
    heard = threading.Event()
    logs.listeners.append(lambda _run: heard.set())
    try:
        with running_engine():
            assert settled(run).status == "succeeded", run.error
            assert heard.wait(10)
    finally:
        logs.listeners.pop()
    row = LogLine.objects.get(run=run)
    assert (row.node, row.message, row.level, row.fields) == ("count", "counted", "info", {"words": 2})
