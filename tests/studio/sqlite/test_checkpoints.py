"""The write-ahead log: its room, its checkpoints, and that neither costs a row."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.sqlite import checkpoints
from studio.sqlite.checkpoints import Checkpointer
from studio.sqlite.writing import writer_lock
from tests.support.waiting import until


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(checkpoints, "INTERVAL_SECONDS", 0.02)
    path = tmp_path / "d.sqlite3"
    with writer_lock():
        connection = connected(path)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT)")
        connection.close()
    return path


@pytest.fixture
def checkpointer(database: Path) -> Iterator[Checkpointer]:
    made = Checkpointer(database)
    made.start()
    yield made
    made.stop()


def connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA wal_autocheckpoint=0")
    return connection


def log_of(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def has_room(path: Path) -> bool:
    return log_of(path).exists() and log_of(path).stat().st_size >= checkpoints.ROOM_BYTES


def fill(connection: sqlite3.Connection, first: int, count: int) -> None:
    for number in range(first, first + count):
        with writer_lock():
            connection.execute("INSERT INTO t VALUES (?, ?)", (number, "x" * 500))


def test_the_log_has_room_before_anything_is_written(database, checkpointer):
    until(lambda: has_room(database))


def test_a_commit_makes_the_log_no_longer(database, checkpointer):
    until(lambda: has_room(database))
    size = log_of(database).stat().st_size
    fill(connection := connected(database), 0, 100)
    assert log_of(database).stat().st_size == size
    connection.close()


def test_writers_that_meet_the_making_of_room_lose_nothing(database, checkpointer):
    fill(connection := connected(database), 0, 300)
    until(lambda: has_room(database))
    assert connection.execute("SELECT count(*), sum(n) FROM t").fetchone() == (300, sum(range(300)))
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_what_was_committed_is_there_after_a_crash(database, checkpointer, tmp_path):
    until(lambda: has_room(database))
    fill(connection := connected(database), 0, 50)
    crashed = tmp_path / "crashed.sqlite3"
    with writer_lock():
        shutil.copyfile(database, crashed)
        shutil.copyfile(log_of(database), log_of(crashed))
    connection.close()
    left = connected(crashed)
    assert left.execute("SELECT count(*), sum(n) FROM t").fetchone() == (50, sum(range(50)))
    assert left.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    left.close()


def test_a_log_that_has_grown_long_is_cut_back_to_its_room(database, checkpointer, monkeypatch):
    monkeypatch.setattr(checkpoints, "TRUNCATE_BYTES", checkpoints.ROOM_BYTES)
    connection = connected(database)
    with writer_lock():
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO t VALUES (?, ?)", ((n, "x" * 4000) for n in range(4000)))
        connection.execute("COMMIT")
    until(lambda: log_of(database).stat().st_size == checkpoints.ROOM_BYTES)
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (4000,)
    connection.close()


def test_nothing_is_checkpointed_while_nothing_is_written(database, monkeypatch):
    rounds: list[bool] = []
    real = Checkpointer._checkpoint
    monkeypatch.setattr(
        Checkpointer, "_checkpoint", lambda self, connection: (rounds.append(True), real(self, connection))
    )
    looks: list[bool] = []
    look = Checkpointer._written_at
    monkeypatch.setattr(Checkpointer, "_written_at", lambda self: (looks.append(True), look(self))[1])
    made = Checkpointer(database)
    made.start()
    until(lambda: len(looks) > 5)
    count = len(rounds)
    already = len(looks)
    until(lambda: len(looks) > already + 5)
    assert len(rounds) == count
    fill(connection := connected(database), 0, 1)
    until(lambda: len(rounds) > count)
    connection.close()
    made.stop()
