"""The one-process server killed fifty times at random, while runs go on: each run ends, with correct outputs.

LAMINA_KILLS says how often (default 50), LAMINA_KILL_SEED repeats the moments of an earlier run.
"""

import json
import os
import random
import secrets
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
import services

from tests.faults.embedded import words_of
from tests.support.paths import ROOT

KILLS = int(os.environ.get("LAMINA_KILLS", "50"))
SEED = int(os.environ.get("LAMINA_KILL_SEED") or secrets.randbelow(1 << 32))
LONGEST_LIFE = 1.2
TOO_EARLY = 0.2  # this share of the servers dies while it is starting

pytestmark = pytest.mark.slow


class Servers:
    """Servers one after the other on one data folder."""

    def __init__(self, data: Path) -> None:
        self.environment = os.environ | {"LAMINA_DATA": str(data), "LAMINA_PORT": str(services.free_port())}
        self.command("prepare", "--no-demo")
        self.log = (data / "servers.log").open("w")
        self._forker = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.embedded"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )

    def command(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, word: str) -> int:
        assert self._forker.stdin is not None
        self._forker.stdin.write(f"{word}\n")
        self._forker.stdin.flush()
        return int(self.heard("forked").partition(" ")[2])

    def heard(self, word: str) -> str:
        """The next line that begins with a word."""
        assert self._forker.stdout is not None
        for line in self._forker.stdout:
            if line.startswith(word):
                return line.strip()
        raise AssertionError(Path(self.log.name).read_text()[-4000:])

    def kill(self, process: int, number: int = signal.SIGKILL) -> None:
        os.kill(process, number)
        self.heard("over")

    def close(self) -> None:
        assert self._forker.stdin is not None
        assert self._forker.stdout is not None
        self._forker.stdin.close()
        self._forker.wait(30)
        self._forker.stdout.close()
        self.log.close()


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    made = Servers(tmp_path)
    yield made
    made.close()


def test_a_server_that_is_killed_again_and_again_loses_nothing(
    servers: Servers, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    dice, starts = random.Random(SEED), []
    for _ in range(KILLS):
        began = time.monotonic()
        process = servers.start("busy")
        if dice.random() < TOO_EARLY:
            time.sleep(dice.uniform(0, 0.4))
        else:
            servers.heard("ready")
            starts.append(time.monotonic() - began)
            time.sleep(dice.uniform(0, LONGEST_LIFE))
        servers.kill(process)
    process = servers.start("last")
    servers.heard("settled")
    servers.kill(process, signal.SIGTERM)

    with sqlite3.connect(tmp_path / "lamina.sqlite3") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        runs = database.execute("SELECT admission_key, status, outputs, epoch, id FROM runs_run").fetchall()
    database.close()
    with capsys.disabled():
        print(
            f"\n{KILLS} kills (LAMINA_KILL_SEED={SEED}), {len(runs)} runs, {sum(run[3] > 1 for run in runs)} "
            f"claimed again; ready after {median(starts):.2f} s (median), {max(starts):.2f} s (worst)"
        )
    wrong = [run for run in runs if not _is_right(*run[:3])]
    assert not wrong, f"LAMINA_KILL_SEED={SEED}: {wrong}"
    assert len(runs) > KILLS // 2
    assert sum(epoch > 1 for _, _, _, epoch, _ in runs) > KILLS // 4, "the kills came when nothing went on"
    assert servers.command("audit_journal").strip() == f"{len(runs)} journals hold."


def _is_right(key: str, status: str, outputs: str | None) -> bool:
    values = {name: envelope["value"] for name, envelope in json.loads(outputs or "{}").items()}
    count = words_of(int(key))
    return (status, values) == ("succeeded", {"total": count, "totals": [1] * count})
